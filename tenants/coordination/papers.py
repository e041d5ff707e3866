"""What papers show of a person, and the trace that printing leaves."""

from bancheng.identity.actors import Actor
from bancheng.identity.permissions import require
from bancheng.privacy import audit, masks
from bancheng.privacy.unmask import unmask
from tenants.coordination.models import JointPart, SupervisionOrder
from tenants.matters.models import Reporter

LETTER_COPIES = ("存档联", "寄送联")
ORDER_COPIES = ("存档联", "承办联")
_SHOWN = ("name", "identifier", "phone", "principal_name", "principal_identifier")


def masked(reporter: Reporter) -> dict[str, str]:
    """The person as the letter is looked at before it is printed."""
    return {
        "name": reporter.masked_name,
        "identifier": reporter.masked_identifier,
        "phone": reporter.masked_phone,
        "principal_name": reporter.masked_principal_name,
        "principal_identifier": masks.mask_id_number(reporter.principal_identifier or ""),
    }


def print_letter(part: JointPart, reporter: Reporter, *, actor: Actor) -> dict[str, str]:
    """The person in clear, once the audit trail says who printed which letter. Raises NotAllowed."""
    require(actor, "matter.record_outside_answer")
    clear = unmask(actor=actor, subject=reporter, fields=_SHOWN, reason=f"打印协办函{part.number}")
    return {name: str(value or "") for name, value in clear.items()}


def print_order(order: SupervisionOrder, *, actor: Actor) -> None:
    """Take note in the audit trail that the order was printed; it shows the person masked."""
    audit.record(
        actor=actor,
        act="coordination.print_order",
        subject=order,
        reason="打印督办单",
        number=order.number,
    )
