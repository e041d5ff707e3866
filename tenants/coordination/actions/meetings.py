"""Meetings (会商): called, written down, and their decisions carried out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from bancheng.errors import Invalid
from bancheng.identity.actors import Actor
from bancheng.identity.roles import DEPARTMENT_ROLES, Role
from bancheng.timekeeping import clock
from tenants.coordination import selectors
from tenants.coordination.actions.joint import department_of
from tenants.coordination.models import Decision, Meeting
from tenants.matters.acting import Act, acting
from tenants.matters.models import Matter
from tenants.notices.actions import notify
from tenants.notices.kinds import NoticeKind

FARTHEST_DAYS = 365
"""A meeting is called for within a year; anything later is a slip of the pen."""


@dataclass(frozen=True)
class Decided:
    """One decision: what is done, by whom, until when."""

    what: str
    who: str
    until: date | None = None


def call_meeting(
    *,
    matter_id: UUID,
    actor: Actor,
    at: datetime,
    place: str,
    question: str,
    departments: Sequence[str] = (),
    offices: str = "",
) -> Matter:
    """Call a meeting (召集会商) of departments by code and of other offices by name; those here are told.

    Raises Invalid on a moment that has passed or is too far off, and where nobody is asked to come.
    """
    with acting("call_meeting", matter_id=matter_id, actor=actor) as act:
        moment = clock.now()
        if not moment <= at <= moment + timedelta(days=FARTHEST_DAYS):
            raise Invalid({"at": ["会商时间须在现在之后、一年之内。"]})
        if not departments and not offices:
            raise Invalid({"departments": ["请选择参加部门，或填写其他参加单位。"]})
        codes = [department_of(code, "departments").pk for code in dict.fromkeys(departments)]
        meeting = Meeting.objects.create(
            matter=act.matter,
            at=at,
            place=place,
            departments=codes,
            offices=offices,
            question=question,
            called_at=moment,
            called_by_id=actor.staff_id,
        )
        _invite(act.matter, meeting)
        act.note = f"地点：{place}\n议题：{question}"
        act.data = {"at": clock.local(at).strftime("%Y-%m-%d %H:%M"), "departments": codes}
    return act.matter


def record_minutes(
    *,
    matter_id: UUID,
    actor: Actor,
    meeting: UUID,
    attended: str,
    minutes: str,
    decisions: Sequence[Decided] = (),
    goes_first: Sequence[UUID] = (),
) -> Matter:
    """Write the minutes (会商纪要) of a meeting, with its decisions.

    `goes_first` are prerequisites that it settled: the office that wanted the paper acts first, without it.
    Raises Invalid for a meeting that has its minutes or is on a day to come, and for a prerequisite that is
    not open.
    """
    with acting("record_minutes", matter_id=matter_id, actor=actor) as act:
        held = _to_be_recorded(act.matter, meeting)
        held.attended, held.minutes = attended, minutes
        held.recorded_at, held.recorded_by_id = clock.now(), actor.staff_id
        held.save(update_fields=["attended", "minutes", "recorded_at", "recorded_by"])
        Decision.objects.bulk_create(
            Decision(meeting=held, position=place, what=each.what, who=each.who, until=each.until)
            for place, each in enumerate(decisions, start=1)
        )
        settled = _settle(act, held, goes_first)
        act.note = "\n".join([minutes, *(f"决定：{d.what}（{d.who}）" for d in decisions), *settled])
        act.data = {"decisions": len(decisions), "settled": len(settled)}
    return act.matter


def carry_out_decision(*, matter_id: UUID, actor: Actor, decision: UUID, result: str) -> Matter:
    """Take note that a decision was carried out (决定已落实), and how. Raises Invalid for no such."""
    with acting("carry_out_decision", matter_id=matter_id, actor=actor) as act:
        row = selectors.open_decisions(act.matter).filter(pk=decision).first()
        if row is None:
            raise Invalid({"decision": ["没有这项未落实的决定，请刷新页面。"]})
        row.done_at, row.done_by_id, row.result = clock.now(), actor.staff_id, result
        row.save(update_fields=["done_at", "done_by", "result"])
        act.note = f"{row.what}：{result}"
    return act.matter


def _invite(matter: Matter, meeting: Meeting) -> None:
    """Whoever works on the matter here; a department that has no part in it is told by the window."""
    told = {"matter": matter, "kind": NoticeKind.MEETING, "key": f"meeting:{meeting.pk}"}
    notify(**told, roles=(Role.WINDOW_LEAD,), staff=(matter.handler_id,))  # type: ignore[arg-type]  # as named above
    for code in set(meeting.departments) & {matter.department_id, *matter.supporting}:
        notify(**told, department=code, roles=tuple(DEPARTMENT_ROLES))  # type: ignore[arg-type]  # as named above


def _to_be_recorded(matter: Matter, meeting_id: UUID) -> Meeting:
    meeting = selectors.meetings_to_record(matter).filter(pk=meeting_id).first()
    if meeting is None:
        raise Invalid({"meeting": ["没有这次待记纪要的会商，可能已有人记过，请刷新页面。"]})
    if clock.local(meeting.at).date() > clock.today():
        raise Invalid({"meeting": ["会商日期还没有到，当天起才能记纪要。"]})
    return meeting


def _settle(act: Act, meeting: Meeting, ids: Sequence[UUID]) -> list[str]:
    rows = list(selectors.open_prerequisites(act.matter).filter(pk__in=ids))
    if len(rows) != len(set(ids)):
        raise Invalid({"goes_first": ["有一项前置条件已经解决，请刷新页面后重选。"]})
    said = []
    for row in rows:
        row.settled_at, row.settled_by_id, row.meeting = clock.now(), act.actor.staff_id, meeting
        row.how = f"会商决定由{row.wanting}先办，不再等{row.giving}的{row.paper}。"
        row.save(update_fields=["settled_at", "settled_by", "meeting", "how"])
        said.append(row.how)
    return said
