"""Whose hands a matter is in: assigned, returned, reassigned inside the department."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import transaction

from bancheng.errors import Invalid
from bancheng.identity.actors import Actor
from bancheng.identity.models import Department
from bancheng.timekeeping import clock
from tenants.coordination import selectors
from tenants.coordination.actions.joint import ask, department_of, part_due
from tenants.coordination.actions.leaders import escalate_by_rule
from tenants.coordination.models import JointPart
from tenants.matters.acting import acting
from tenants.matters.models import Event, Matter
from tenants.matters.workflow import RETURNS_AT_MOST
from tenants.notices.actions import notify
from tenants.notices.kinds import NoticeKind

TWICE_RETURNED = "部门已退回两次，按规定提级，请中心主任指定承办部门。"
TO_AND_FRO = "两个部门互相退回，按规定提级，请中心主任指定承办部门。"


def assign(
    *,
    matter_id: UUID,
    actor: Actor,
    department: str,
    supporting: Sequence[str] = (),
    instruction: str = "",
    support_due_on: date | None = None,
) -> Matter:
    """Assign a matter (交办) to one lead department and any supporting ones, by their codes.

    Each supporting one gets a part with a clock of its own: until `support_due_on`, else SUPPORT_DAYS working
    days, never after the matter's own term. Letters to outside offices that are not answered stay open.
    """
    with acting("assign", matter_id=matter_id, actor=actor) as act:
        matter = act.matter
        lead = department_of(department, "department")
        helpers = [department_of(code, "supporting") for code in dict.fromkeys(supporting)]
        matter.department, matter.handler_id, matter.assigned_at = lead, None, clock.now()
        matter.supporting = []
        due_on = part_due(matter, support_due_on, field="support_due_on")
        for helper in helpers:
            if helper != lead:
                ask(matter, actor, department=helper, question=instruction, due_on=due_on)
        act.note = instruction
        act.data = {"department": department, "supporting": matter.supporting}
    return act.matter


@transaction.atomic
def return_to_window(*, matter_id: UUID, actor: Actor, reason: str, basis: str, suggested: str) -> Matter:
    """Return a matter to the window (退回) within 2 working days, saying why, on what basis, and who should.

    Departments that were to support it need not answer any more. With the second return it is escalated to
    the director at once, who alone may assign it again; there is no third.
    """
    with acting("return_to_window", matter_id=matter_id, actor=actor) as act:
        matter = act.matter
        to = _named(suggested)
        to_and_fro = _came_back(matter, to)
        act.note = f"{reason}\n依据：{basis}\n建议承办：{suggested}"
        act.data = {"department": matter.department_id, "returns": matter.returns + 1, "suggested": to}
        matter.returns += 1
        matter.department, matter.handler_id, matter.assigned_at = None, None, None
        _cancel_parts(matter)
    if matter.returns < RETURNS_AT_MOST:
        return matter
    return escalate_by_rule(matter, reason=TO_AND_FRO if to_and_fro else TWICE_RETURNED)


def reassign(*, matter_id: UUID, actor: Actor, handler: UUID, reason: str = "") -> Matter:
    """Give a matter to another person of the lead department (部门内改派): an active one, not the present.

    Raises Invalid for anybody else.
    """
    with acting("reassign", matter_id=matter_id, actor=actor) as act:
        person = selectors.may_handle(act.matter).filter(pk=handler).first()
        if person is None:
            raise Invalid({"handler": ["请从本部门在岗的其他经办人中选择。"]})
        act.matter.handler_id = person.pk
        act.note = f"改由{person.name}办理。{reason}"
        notify(
            matter=act.matter,
            kind=NoticeKind.REASSIGNED,
            key=f"reassign:{act.matter.events_count + 1}",
            staff=(person.pk,),
        )
    return act.matter


def _named(text: str) -> str:
    """The code of the department that the suggestion names, or ""."""
    wanted = text.strip()
    rows = Department.objects.values_list("code", "name")
    return next((code for code, name in rows if wanted in (code, name)), "")


def _came_back(matter: Matter, to: str) -> bool:
    """Whether the department that returned it before had named the present one, which names that one now."""
    before = Event.objects.filter(matter=matter, act="return_to_window").order_by("-seq").first()
    if before is None or not to:
        return False
    said: tuple[str, str] = (before.data.get("department", ""), before.data.get("suggested", ""))
    return said == (to, matter.department_id)


def _cancel_parts(matter: Matter) -> None:
    open_parts = JointPart.objects.filter(matter=matter, answered_at=None, cancelled_at=None)
    open_parts.filter(department__isnull=False).update(cancelled_at=clock.now())
    matter.unanswered = list(open_parts.values_list("key", flat=True))
