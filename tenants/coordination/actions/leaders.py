"""What leaders do, and the system on the rungs of the ladder: escalate, take over, supervise, instruct."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from bancheng.centres.scope import current_centre
from bancheng.errors import Conflict, Invalid
from bancheng.identity.actors import Actor
from bancheng.identity.models import Staff
from bancheng.identity.roles import DEPARTMENT_ROLES, Role
from bancheng.timekeeping import clock
from bancheng.timekeeping.calendar import current as current_calendar
from tenants.coordination.models import Instruction, SupervisionAnswer, SupervisionOrder, Whom
from tenants.matters import numbering
from tenants.matters.acting import Act, acting
from tenants.matters.models import Escalation, Matter
from tenants.notices.actions import notify
from tenants.notices.kinds import NoticeKind

FEEDBACK_DAYS = 3
"""Working days until feedback on a supervision order that names no day (house rule)."""
SYSTEM_DEMAND = "此件已超过办理期限，请主办部门说明原因，提出办结日期，并按期反馈办理情况。"
SYSTEM_ESCALATION = "按规定自动提级。"
SYSTEM_TAKE_OVER = "超期未办结，按规定由中心主任包案。"


def escalate(*, matter_id: UUID, actor: Actor, reason: str = SYSTEM_ESCALATION) -> Matter:
    """Escalate a matter (提级): the window lead and the system to the director, the director to the city.

    Raises Conflict (already_escalated) where it is as high as this person can take it, so a repeated call of
    the system changes nothing.
    """
    with acting("escalate", matter_id=matter_id, actor=actor) as act:
        act.matter.escalated = next_level(act.matter, actor)
        act.note, act.data = reason, {"to": act.matter.escalated}
        _tell(act, NoticeKind.ESCALATED, roles=(Role.DIRECTOR, Role.WINDOW_LEAD))
    return act.matter


def escalate_by_rule(matter: Matter, *, reason: str) -> Matter:
    """The system escalates to the director, in the caller's transaction, unless it was escalated before."""
    if matter.escalated:
        return matter
    return escalate(matter_id=matter.pk, actor=Actor.system("系统", current_centre().code), reason=reason)


def take_over(*, matter_id: UUID, actor: Actor, reason: str = SYSTEM_TAKE_OVER) -> Matter:
    """The director takes a case personally (包案); done by the system, the centre's director gets it.

    Raises Conflict: already_taken_over where that person leads it, no_director where the centre has none.
    """
    with acting("take_over", matter_id=matter_id, actor=actor) as act:
        leader_id = _director_id() if actor.is_system else actor.staff_id
        if act.matter.case_leader_id == leader_id:
            raise Conflict("此件已由中心主任包案。", code="already_taken_over")
        act.matter.case_leader_id = leader_id
        act.note = reason
        _tell(act, NoticeKind.TAKEN_OVER, roles=(Role.WINDOW_LEAD, *DEPARTMENT_ROLES), staff=(leader_id,))
    return act.matter


def supervise(
    *, matter_id: UUID, actor: Actor, demand: str = SYSTEM_DEMAND, due_on: date | None = None
) -> Matter:
    """Issue a supervision order (督办单) with a number; feedback is due on a working day from today on.

    Without a day it is due in FEEDBACK_DAYS working days. Raises Conflict (already_supervised) while another
    order of the matter is open, Invalid on a day that is past or not worked.
    """
    with acting("supervise", matter_id=matter_id, actor=actor) as act:
        matter = act.matter
        if matter.supervised:
            raise Conflict("此件已有未解除的督办单，解除后才能再次督办。", code="already_supervised")
        order = SupervisionOrder.objects.create(
            matter=matter,
            number=numbering.supervision_number(
                clock.today().year, abbreviation=current_centre().abbreviation
            ),
            demand=demand,
            due_on=_working_day(due_on),
            issued_at=clock.now(),
            issued_by_id=actor.id,
        )
        matter.supervised = True
        _tell(act, NoticeKind.SUPERVISED, roles=(Role.WINDOW_LEAD, *DEPARTMENT_ROLES))
        act.note, act.data = demand, {"number": order.number, "due_on": str(order.due_on)}
    return act.matter


def answer_supervision(*, matter_id: UUID, actor: Actor, text: str) -> Matter:
    """Report on the open supervision order (督办反馈); as often as there is something to report."""
    with acting("answer_supervision", matter_id=matter_id, actor=actor) as act:
        order = _open_order(act.matter)
        SupervisionAnswer.objects.create(order=order, at=clock.now(), by_id=actor.staff_id, text=text)
        act.note, act.data = text, {"number": order.number}
    return act.matter


def lift_supervision(*, matter_id: UUID, actor: Actor, result: str) -> Matter:
    """Lift the open supervision order (解除督办), saying what came of it."""
    with acting("lift_supervision", matter_id=matter_id, actor=actor) as act:
        order = _open_order(act.matter)
        order.lifted_at, order.lifted_by_id, order.result = clock.now(), actor.staff_id, result
        order.save(update_fields=["lifted_at", "lifted_by", "result"])
        act.matter.supervised = False
        act.note, act.data = result, {"number": order.number}
    return act.matter


def instruct(*, matter_id: UUID, actor: Actor, text: str, to: Sequence[Whom]) -> Matter:
    """Write an instruction (批示) on a matter; those whom it is for are told."""
    with acting("instruct", matter_id=matter_id, actor=actor) as act:
        Instruction.objects.create(
            matter=act.matter, at=clock.now(), by_id=actor.staff_id, to=list(to), text=text
        )
        act.note, act.data = text, {"to": list(to)}
        if Whom.WINDOW in to:
            _tell(act, NoticeKind.INSTRUCTED, roles=(Role.WINDOW_LEAD,))
        if Whom.DEPARTMENT in to:
            _tell(act, NoticeKind.INSTRUCTED, roles=tuple(DEPARTMENT_ROLES))
        for code in act.matter.supporting if Whom.SUPPORTING in to else ():
            _tell(act, NoticeKind.INSTRUCTED, roles=tuple(DEPARTMENT_ROLES), department=code)
    return act.matter


def next_level(matter: Matter, actor: Actor) -> Escalation:
    """How high this person would take the matter. Raises Conflict where it is as high already."""
    may_to_director = actor.is_system or Role.WINDOW_LEAD in actor.roles
    if may_to_director and not matter.escalated:
        return Escalation.DIRECTOR
    if Role.DIRECTOR in actor.roles and matter.escalated != Escalation.CITY:
        return Escalation.CITY
    if matter.escalated == Escalation.DIRECTOR:
        raise Conflict("此件已提级至中心主任，是否再提级由中心主任决定。", code="already_escalated")
    raise Conflict("此件已提级至市级。", code="already_escalated")


def _tell(
    act: Act,
    kind: NoticeKind,
    *,
    roles: Sequence[Role],
    department: str | None = None,
    staff: Sequence[UUID] = (),
) -> None:
    """Department roles are those of the lead department unless another is named."""
    notify(
        matter=act.matter,
        kind=kind,
        key=f"{act.name}:{act.matter.events_count + 1}",
        roles=roles,
        department=act.matter.department_id or "" if department is None else department,
        staff=staff,
    )


def _director_id() -> UUID:
    directors = Staff.objects.filter(is_active=True, roles__contains=[Role.DIRECTOR]).order_by("username")
    found = directors.values_list("pk", flat=True).first()
    if found is None:
        raise Conflict("本中心没有在用的中心主任账号，不能包案。", code="no_director")
    return found


def _working_day(day: date | None) -> date:
    calendar, today = current_calendar(), clock.today()
    if day is None:
        return calendar.add(today, FEEDBACK_DAYS)
    if day < today:
        raise Invalid({"due_on": ["反馈期限不能早于今天。"]})
    if not calendar.is_workday(day):
        raise Invalid({"due_on": ["反馈期限须是工作日，请另选一天。"]})
    return day


def _open_order(matter: Matter) -> SupervisionOrder:
    """The transition's guard has seen `supervised`, which is true exactly while such an order exists."""
    return SupervisionOrder.objects.select_for_update().get(matter=matter, lifted_at=None)
