"""What the coordinator does about a pattern that stands in several centres, and what the clock finds later.

The rows are public and hold codes, dates and counts; what somebody wrote as a reason is kept in the office's
own audit trail, encrypted.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from uuid6 import uuid7

from bancheng.centres.scope import current_centre
from bancheng.errors import Conflict, Invalid, NotFound
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import require
from bancheng.overview import rates
from bancheng.overview.city import counting, workflow
from bancheng.overview.city.workflow import WATCH_DAYS
from bancheng.overview.models import CityProblem, Link, MeasureKind, MeasureMark, ProblemState, Verdict
from bancheng.privacy import audit
from bancheng.timekeeping import clock

PERMISSION: Final = "city_problem.manage"
FROM_WITHIN: Final = timedelta(days=365)
"""House rule: a measure begins at most a year before or after the problem was taken up."""


def take_up(
    *, actor: Actor, item: str, cause: str, centres: Sequence[str], link: Link, reason: str = ""
) -> CityProblem:
    """Take up a pattern (立项) under the next number of the year. Call it inside the office.

    Raises NotAllowed, and Conflict where the pattern is taken up already.
    """
    require(actor, PERMISSION)
    with transaction.atomic():
        number = _next_number()
        if CityProblem.objects.filter(item=item, cause=cause).exclude(state=ProblemState.DISMISSED).exists():
            raise Conflict("这一事项和根因已经在市级立项，请在原问题上办理。", code="taken_up")
        made = CityProblem.objects.create(
            number=number,
            item=item,
            cause=cause,
            centres=sorted(centres),
            link=link,
            opened_on=clock.today(),
        )
        _note(made, actor, "take_up", reason, centres=made.centres, link=link)
    return made


def amend(
    *, problem_id: UUID, actor: Actor, centres: Sequence[str], link: Link, reason: str = ""
) -> CityProblem:
    """Correct which centres it concerns and who can remove the cause (更正范围)."""
    with _doing("amend", problem_id, actor, reason) as act:
        act.problem.centres, act.problem.link = sorted(centres), link
        act.said = {"centres": act.problem.centres, "link": link}
    return act.problem


def set_measure(
    *, problem_id: UUID, actor: Actor, kind: MeasureKind, from_on: date, reason: str = ""
) -> CityProblem:
    """Decide what the city does about it (定措施) and from when; it is marked on everybody's trend.

    `from_on` may lie ahead. Raises as the others, and Invalid for a day more than a year off.
    """
    with _doing("set_measure", problem_id, actor, reason) as act:
        if abs(from_on - act.problem.opened_on) > FROM_WITHIN:
            raise Invalid({"from_on": ["起始日期应在立项日期前后一年之内。"]})
        act.problem.measure, act.problem.from_on, act.problem.routine_on = kind, from_on, None
        _forget_findings(act.problem)
        MeasureMark.objects.create(
            id=uuid7(),
            problem=act.problem.pk,
            centre="",
            kind=kind,
            item=act.problem.item,
            cause=act.problem.cause,
            from_on=from_on,
        )
        act.said = {"kind": kind, "from_on": from_on}
    return act.problem


def end_measure(*, problem_id: UUID, actor: Actor, reason: str) -> CityProblem:
    """Stop the measure (停止措施): one that has not begun is taken off the trends, else its end is marked."""
    with _doing("end_measure", problem_id, actor, reason) as act:
        _end_marks(act.problem)
        act.problem.measure, act.problem.from_on = "", None
    return act.problem


def make_routine(*, problem_id: UUID, actor: Actor, reason: str = "") -> CityProblem:
    """Call the measure routine (转为常态); it is watched from here. Not before `workflow.TRIAL_DAYS`."""
    with _doing("make_routine", problem_id, actor, reason) as act:
        act.problem.routine_on = clock.today()
    return act.problem


def reopen(*, problem_id: UUID, actor: Actor, reason: str) -> CityProblem:
    """Take it up again (重新立项) because it came back, or nothing became better."""
    with _doing("reopen", problem_id, actor, reason) as act:
        _take_up_again(act.problem)
    return act.problem


def dismiss(*, problem_id: UUID, actor: Actor, reason: str) -> CityProblem:
    """Put it down again (撤销立项); the pattern may then be taken up anew."""
    with _doing("dismiss", problem_id, actor, reason) as act:
        pass
    return act.problem


def watch_due() -> list[UUID]:
    """Those that are to be watched today: routine for `WATCH_DAYS`, or so long since the last look."""
    before = clock.today() - timedelta(days=WATCH_DAYS)
    routine = CityProblem.objects.filter(state=workflow.WATCHED_FROM)
    return [
        problem.pk for problem in routine if (problem.verdict_on or problem.routine_on or before) <= before
    ]


def watch(*, problem_id: UUID) -> CityProblem:
    """Compare the last WATCH_DAYS with as many before the measure (跟踪评估). The machine does it.

    Fewer for certain: 已见效. Not fewer: taken up again. Where the counts cannot tell it stays routine, says
    so, and is looked at once more after the same time. Asked twice on a day, the second does nothing.
    """
    with transaction.atomic():
        problem = _locked(problem_id)
        if problem.pk not in watch_due():
            return problem
        before, after = counting.before_and_since(problem, until=clock.today())
        found = rates.recurrence(before, after).verdict
        problem.before, problem.after = before, after
        problem.verdict, problem.verdict_on = found, clock.today()
        if found == Verdict.WORKED:
            problem.state = ProblemState.MET
        elif found == Verdict.RETURNED:
            problem.state = ProblemState.OPEN
            _take_up_again(problem)
        problem.save()
        actor = Actor.system("系统", current_centre().code)
        _note(problem, actor, "watch", "", before=before, after=after, verdict=found)
    return problem


# --- The one shape of an act ---------------------------------------------------------------------------


@dataclass
class _Act:
    problem: CityProblem
    said: dict[str, Any] = field(default_factory=dict)


@contextmanager
def _doing(name: str, problem_id: UUID, actor: Actor, reason: str) -> Iterator[_Act]:
    """Lock the row, check, and on leaving move its state and write down who did it; of two one is refused.

    Raises NotAllowed, NotFound, Conflict.
    """
    require(actor, PERMISSION)
    with transaction.atomic():
        act = _Act(_locked(problem_id))
        if said := workflow.why_not(act.problem, name):
            raise Conflict(said, code="not_now")
        yield act
        act.problem.state = workflow.TABLE[name].target or act.problem.state
        act.problem.save()
        _note(act.problem, actor, name, reason, **act.said)


def _locked(problem_id: UUID) -> CityProblem:
    try:
        return CityProblem.objects.select_for_update().get(pk=problem_id)
    except CityProblem.DoesNotExist:
        raise NotFound("没有这个市级问题。") from None


def _note(problem: CityProblem, actor: Actor, name: str, reason: str, **said: Any) -> None:
    audit.record(
        actor=actor, act=f"city_problem.{name}", subject=problem, reason=reason, number=problem.number, **said
    )


def _next_number() -> str:
    """张社市问〔2026〕1号, without a gap: rows are never deleted, and writers wait here for each other."""
    year = clock.today().year
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('city problem numbers', 0))")
    prefix = f"{current_centre().abbreviation}社市问〔{year}〕"
    return f"{prefix}{CityProblem.objects.filter(number__startswith=prefix).count() + 1}号"


def _take_up_again(problem: CityProblem) -> None:
    """What was found stays to be read until another measure is set."""
    _end_marks(problem)
    problem.measure, problem.from_on, problem.routine_on = "", None, None
    problem.reopened += 1


def _forget_findings(problem: CityProblem) -> None:
    problem.before = problem.after = None
    problem.verdict, problem.verdict_on = "", None


def _end_marks(problem: CityProblem) -> None:
    today, marks = clock.today(), MeasureMark.objects.filter(problem=problem.pk, ended_on=None)
    marks.filter(from_on__gt=today).delete()
    marks.update(ended_on=today)
