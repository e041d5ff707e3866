"""What is done about a problem: measures, on trial, ended, made routine."""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from bancheng.errors import Conflict, Invalid
from bancheng.identity.actors import Actor
from bancheng.identity.models import Staff
from bancheng.overview.models import MeasureKind
from bancheng.timekeeping import clock
from tenants.improvement.acting import acting
from tenants.improvement.models import Measure, Problem, Watch
from tenants.improvement.workflow import living
from tenants.notices.actions import notify_of
from tenants.notices.kinds import NoticeKind

WATCHED_AFTER: Final = (90, 180)
"""Calendar days after a problem became routine; the last one settles whether it has been met."""
LIGHTENED: Final = {"steps": "环节", "days": "工作日", "materials": "材料", "trips": "跑动次数"}
"""What a measure may make less of: each is a pair of fields, `<name>_before` and `<name>_after`."""


def set_measure(
    *,
    problem_id: UUID,
    actor: Actor,
    kind: MeasureKind,
    text: str,
    owner: UUID,
    due_on: date,
    steps_before: int,
    steps_after: int,
    days_before: int,
    days_after: int,
    materials_before: int,
    materials_after: int,
    trips_before: int,
    trips_after: int,
) -> Measure:
    """Decide on a measure (定措施) and tell who answers for it. `days_…` are working days of whoever comes.

    Raises Invalid by field: for an owner who does not work here, a day that has passed, a figure that grows,
    and where nothing becomes less.
    """
    figures = {
        "steps_before": steps_before,
        "steps_after": steps_after,
        "days_before": days_before,
        "days_after": days_after,
        "materials_before": materials_before,
        "materials_after": materials_after,
        "trips_before": trips_before,
        "trips_after": trips_after,
    }
    with acting("set_measure", problem_id=problem_id, actor=actor) as act:
        if wrong := _wrong_figures(figures) | _wrong_owner(owner) | _wrong_day(due_on):
            raise Invalid(wrong)
        measure = Measure.objects.create(
            problem=act.problem,
            round=act.problem.round,
            kind=kind,
            text=text,
            owner_id=owner,
            due_on=due_on,
            set_at=clock.now(),
            set_by_id=actor.staff_id,
            **figures,
        )
        act.note = f"{MeasureKind(kind).label}：{text}"
        notify_of(
            thing=act.problem.pk,
            number=act.problem.number,
            kind=NoticeKind.MEASURE_SET,
            key=str(measure.pk),
            staff=(owner,),
        )
    return measure


def try_out(*, problem_id: UUID, actor: Actor, measure: UUID, from_on: date) -> Measure:
    """Put a measure on trial (试行) from a day on; from then on it stands on the trend.

    Raises Conflict for one that is not waiting for it, Invalid for a day before the round began or after
    today: what has not begun is not on trial.
    """
    with acting("try_out", problem_id=problem_id, actor=actor) as act:
        tried = _one(act.problem, measure)
        if tried.from_on is not None:
            raise Conflict("这项措施已经试行。", code="on_trial_already")
        begun = act.problem.round_at
        if begun is not None and from_on < clock.local(begun).date():
            raise Invalid({"from_on": [f"试行日期不能早于立项日期{clock.local(begun):%Y-%m-%d}。"]})
        if from_on > clock.today():
            raise Invalid({"from_on": ["试行日期不能晚于今天；到那一天再登记。"]})
        tried.from_on = from_on
        tried.save(update_fields=["from_on"])
        act.note = f"{tried.get_kind_display()}自{from_on}起试行。"
    return tried


def end_measure(*, problem_id: UUID, actor: Actor, measure: UUID, reason: str) -> Measure:
    """Give a measure up (停止), on trial or before it; the problem goes back to where the others stand."""
    with acting("end_measure", problem_id=problem_id, actor=actor) as act:
        ended = _one(act.problem, measure)
        ended.ended_on, ended.ended_reason = clock.today(), reason
        ended.save(update_fields=["ended_on", "ended_reason"])
        act.note = f"{ended.get_kind_display()}：{reason}"
    return ended


def make_routine(*, problem_id: UUID, actor: Actor, guide_version: str, guide_change: str) -> Problem:
    """Make what is on trial the rule (转为常态) with a new version of the guide; the watches begin."""
    with acting("make_routine", problem_id=problem_id, actor=actor) as act:
        problem, today = act.problem, clock.today()
        living(problem).update(routine_on=today)
        problem.routine_at = clock.now()
        problem.guide_version, problem.guide_change = guide_version, guide_change
        Watch.objects.bulk_create(
            Watch(problem=problem, round=problem.round, days=days, due_on=today + timedelta(days=days))
            for days in WATCHED_AFTER
        )
        act.note = f"办事指南{guide_version}：{guide_change}"
    return act.problem


def _wrong_figures(figures: dict[str, int]) -> dict[str, list[str]]:
    """By field, what is wrong with the figures before and after a measure: none may grow, one must shrink."""
    wrong = {
        f"{name}_after": [f"现{word}不能多于原{word}。"]
        for name, word in LIGHTENED.items()
        if figures[f"{name}_after"] > figures[f"{name}_before"]
    }
    lighter = any(figures[f"{name}_after"] < figures[f"{name}_before"] for name in LIGHTENED)
    if not wrong and not lighter:
        words = "、".join(LIGHTENED.values())
        return {"": [f"{words}至少有一项要比原来少，否则群众没有少跑少交，请核对。"]}
    return wrong


def _wrong_owner(owner: UUID) -> dict[str, list[str]]:
    if Staff.objects.filter(pk=owner, is_active=True).exists():
        return {}
    return {"owner": ["请从列表中选择责任人。"]}


def _wrong_day(due_on: date) -> dict[str, list[str]]:
    return {"due_on": ["完成期限不能早于今天。"]} if due_on < clock.today() else {}


def _one(problem: Problem, measure: UUID) -> Measure:
    """A measure of the present round that was not ended. Raises Conflict."""
    found = living(problem).filter(pk=measure).first()
    if found is None:
        raise Conflict("这项措施已经停止，或者不是这个问题的，请刷新页面。", code="no_such_measure")
    return found
