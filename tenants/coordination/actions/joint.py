"""Joint handling (协办): asking departments and outside offices, and taking down their answers.

`Matter.unanswered` names exactly the parts that are open; it is changed here, under the matter's lock.
"""

from datetime import date
from uuid import UUID

from bancheng.centres.scope import current_centre
from bancheng.errors import Conflict, Invalid
from bancheng.identity.actors import Actor
from bancheng.identity.models import Department
from bancheng.identity.roles import DEPARTMENT_ROLES, Role
from bancheng.tenancy import TenantQuerySet
from bancheng.timekeeping import clock, due
from bancheng.timekeeping.calendar import current as current_calendar
from tenants.coordination.models import JointPart
from tenants.coordination.offices import Office
from tenants.matters import numbering
from tenants.matters.acting import acting
from tenants.matters.models import Matter
from tenants.notices.actions import notify
from tenants.notices.kinds import NoticeKind

SUPPORT_DAYS = 3
"""Working days that a supporting office has, where nothing else is set (house rule)."""


def ask_support(
    *, matter_id: UUID, actor: Actor, office: Office, question: str, due_on: date | None = None
) -> Matter:
    """Ask one more office for its part (增加协办): a department, or an outside office by a numbered letter.

    Raises Invalid for the lead department, Conflict (asked_already) while that office still owes an answer.
    """
    with acting("ask_support", matter_id=matter_id, actor=actor) as act:
        matter = act.matter
        department = department_of(office.code, "office") if office.is_department else None
        if department is not None and department.pk == matter.department_id:
            raise Invalid({"office": ["主办部门不能同时协办，请选择其他单位。"]})
        if _open_parts(matter).filter(office=office.name).exists():
            raise Conflict("该单位的协办事项还没有答复，不必重复提请。", code="asked_already")
        part = ask(
            matter,
            actor,
            department=department,
            office=office.name,
            question=question,
            due_on=part_due(matter, due_on),
        )
        act.note = f"协办单位：{office.name}\n{question}"
        act.data = {"department": part.department_id, "number": part.number, "due_on": str(part.due_on)}
    return act.matter


def sign_support(*, matter_id: UUID, actor: Actor) -> Matter:
    """Sign for the own department's part (协办签收). Raises Conflict where somebody has."""
    with acting("sign_support", matter_id=matter_id, actor=actor) as act:
        part = _open_parts(act.matter).get(key=actor.department)
        if part.signed_at is not None:
            raise Conflict("本部门已签收，请直接答复。", code="signed_already")
        part.signed_at, part.signed_by_id = clock.now(), actor.staff_id
        part.save(update_fields=["signed_at", "signed_by"])
        act.data = {"department": actor.department}
    return act.matter


def answer_support(*, matter_id: UUID, actor: Actor, answer: str, basis: str) -> Matter:
    """Answer the own department's part (协办答复), on what basis; it counts as signed for from now at last.

    With the last answer nothing keeps the lead department from resolving any more.
    """
    with acting("answer_support", matter_id=matter_id, actor=actor) as act:
        part = _open_parts(act.matter).get(key=actor.department)
        if part.signed_at is None:
            part.signed_at, part.signed_by_id = clock.now(), actor.staff_id
        _answered(act.matter, part, actor, answer, basis)
        act.note, act.data = f"{answer}\n依据：{basis}", {"department": actor.department}
    return act.matter


def record_outside_answer(*, matter_id: UUID, actor: Actor, part: UUID, answer: str, basis: str) -> Matter:
    """Take down what an outside office answered to our letter (登记协办复函). Raises Invalid for no such."""
    with acting("record_outside_answer", matter_id=matter_id, actor=actor) as act:
        found = _open_parts(act.matter).filter(pk=part, department=None).first()
        if found is None:
            raise Invalid({"part": ["没有这份待复的协办函，可能已有人登记，请刷新页面。"]})
        _answered(act.matter, found, actor, answer, basis)
        act.note, act.data = f"{found.office}：{answer}\n依据：{basis}", {"number": found.number}
    return act.matter


def ask(
    matter: Matter,
    actor: Actor,
    *,
    department: Department | None,
    office: str = "",
    question: str,
    due_on: date,
) -> JointPart:
    """Open a part of a matter that the caller has locked and will save. Without department: by letter."""
    number, key = "", department.pk if department is not None else ""
    if department is None:
        letter = numbering.support_number(clock.today().year, abbreviation=current_centre().abbreviation)
        number, key = letter.shown, letter.machine
    elif department.pk not in matter.supporting:
        matter.supporting = [*matter.supporting, department.pk]
    part = JointPart.objects.create(
        matter=matter,
        key=key,
        department=department,
        office=department.name if department is not None else office,
        number=number,
        question=question or None,
        asked_at=clock.now(),
        asked_by_id=actor.staff_id,
        due_on=due_on,
    )
    matter.unanswered = [*matter.unanswered, key]
    if department is not None:
        notify(
            matter=matter,
            kind=NoticeKind.SUPPORT_ASKED,
            key=f"support-asked:{part.pk}",
            department=department.pk,
        )
    return part


def department_of(code: str, field: str) -> Department:
    """The active department of this code. Raises Invalid, pointing at `field`."""
    department = Department.objects.filter(pk=code, active=True).first()
    if department is None:
        raise Invalid({field: ["本中心没有这个部门，请从列表中选择。"]})
    return department


def part_due(matter: Matter, day: date | None, *, field: str = "due_on") -> date:
    """The day as wanted, or the usual one; the matter's own term ends it unless that has passed already.

    Raises Invalid, pointing at `field`, on a day that is past, not worked, or after the matter's term.
    """
    calendar, today = current_calendar(), clock.today()
    last = matter.due_on if matter.due_on and matter.due_on >= today else None
    if day is None:
        usual = due.due(clock.now(), SUPPORT_DAYS, calendar).date
        return min(usual, last) if last else usual
    wrong = ""
    if day < today:
        wrong = "协办期限不能早于今天。"
    elif not calendar.is_workday(day):
        wrong = "协办期限须是工作日，请另选一天。"
    elif last and day > last:
        wrong = f"协办期限不能晚于此件的办理期限{last}。"
    if wrong:
        raise Invalid({field: [wrong]})
    return day


def _open_parts(matter: Matter) -> TenantQuerySet[JointPart]:
    rows: TenantQuerySet[JointPart] = JointPart.objects.filter(matter=matter)
    return rows.filter(answered_at=None, cancelled_at=None)


def _answered(matter: Matter, part: JointPart, actor: Actor, answer: str, basis: str) -> None:
    part.answered_at, part.answered_by_id = clock.now(), actor.staff_id
    part.answer, part.basis = answer, basis
    part.save()
    matter.unanswered = [key for key in matter.unanswered if key != part.key]
    notify(
        matter=matter,
        kind=NoticeKind.SUPPORT_ANSWERED,
        key=f"support-answered:{part.pk}",
        department=matter.department_id or "",
        roles=(Role.WINDOW_LEAD, *DEPARTMENT_ROLES),
    )
