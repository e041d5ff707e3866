"""From triage to the result: what the window and the departments do to a matter."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from bancheng.catalogue import selectors as catalogue
from bancheng.catalogue.words import Channel, DeclineReason, Kind, Mode, Outcome
from bancheng.errors import Conflict, Invalid
from bancheng.identity.actors import Actor
from bancheng.timekeeping import clock
from tenants.matters import clocks
from tenants.matters.acting import acting
from tenants.matters.models import Matter, MatterCause


def triage(
    *,
    matter_id: UUID,
    actor: Actor,
    kind: Kind,
    item_code: str,
    level: int,
    mode: Mode,
    principal_cause: str,
    other_causes: Sequence[str] = (),
    first_of_kind: bool = False,
    opinion: str = "",
) -> Matter:
    """Judge a matter (研判): kind, item, level 1–5, mode and provisional causes, one of them the principal.

    After acceptance the due date is reckoned again from the day of acceptance.
    """
    with acting("triage", matter_id=matter_id, actor=actor) as act:
        matter = act.matter
        matter.kind, matter.item_code, matter.level, matter.mode = kind, item_code, level, mode
        matter.first_of_kind, matter.causes_confirmed = first_of_kind, False
        set_causes(matter, principal=principal_cause, others=other_causes)
        act.note = opinion
        act.data = {"level": level, "mode": mode, "kind": kind, "item": item_code, "cause": principal_cause}
        if matter.accepted_at:
            act.data |= clocks.relimited(matter)
    return act.matter


def accept(*, matter_id: UUID, actor: Actor) -> Matter:
    """Accept a matter (受理). The handling clock starts on the next working day; the due date is set.

    Working days by level: 1, 3, 5, 10, 15; expedite halves, rounded up. After 17:30 counts as the next day.
    """
    with acting("accept", matter_id=matter_id, actor=actor) as act:
        act.matter.accepted_at = clock.now()
        act.data = clocks.limit_of(act.matter)
    return act.matter


def decline(*, matter_id: UUID, actor: Actor, reason: DeclineReason, explanation: str, remedy: str) -> Matter:
    """Decline a matter (不予受理) on a statutory ground, with a text and the channel that remains open.

    It is still counted; the director may reverse it.
    """
    with acting("decline", matter_id=matter_id, actor=actor) as act:
        act.matter.decline_reason, act.matter.ended_at = reason, clock.now()
        act.note = f"{explanation}\n救济渠道：{remedy}"
        act.data = {"reason": reason}
    return act.matter


def reverse_decline(*, matter_id: UUID, actor: Actor, reason: str) -> Matter:
    """The director takes a refusal back; the matter stands at 已登记 again."""
    with acting("reverse_decline", matter_id=matter_id, actor=actor) as act:
        act.matter.decline_reason, act.matter.ended_at = "", None
        act.note = reason
    return act.matter


def sign(*, matter_id: UUID, actor: Actor) -> Matter:
    """Sign for a matter (签收) as its handler; due one working day after assignment."""
    with acting("sign", matter_id=matter_id, actor=actor) as act:
        act.matter.handler_id = actor.id
    return act.matter


def progress(*, matter_id: UUID, actor: Actor, text: str) -> Matter:
    """Write down what has been done so far."""
    with acting("progress", matter_id=matter_id, actor=actor) as act:
        act.note = text
    return act.matter


def contact(*, matter_id: UUID, actor: Actor, channel: Channel, reached: bool, text: str) -> Matter:
    """Log a contact with the reporter. One that reached them counts as telling them how it stands, and the
    first of these stops the first-contact clock."""
    with acting("contact", matter_id=matter_id, actor=actor) as act:
        act.note, act.data = text, {"channel": channel, "reached": reached}
    return act.matter


def resolve(
    *,
    matter_id: UUID,
    actor: Actor,
    outcome: Outcome,
    result: str,
    basis: str,
    paid_on: date | None = None,
    paid_amount: Decimal | None = None,
    paid_tail: str = "",
) -> Matter:
    """Report the result (办结上报) with its evidence: of money the day, the yuan, the last four digits.

    A negative outcome needs the deputy's approval first; a special case both signatures. Raises Invalid on
    incomplete evidence of a payment or a day still to come.
    """
    with acting("resolve", matter_id=matter_id, actor=actor) as act:
        matter = act.matter
        if outcome == Outcome.REFUSED and not matter.negative_approved:
            raise Conflict("否定答复须先提请分管领导审签。", code="negative_unsigned")
        _check_payment(matter, paid_on, paid_amount, paid_tail)
        matter.outcome, matter.resolved_at = outcome, clock.now()
        matter.paid_on, matter.paid_amount, matter.paid_tail = paid_on, paid_amount, paid_tail
        act.note = f"{result}\n依据：{basis}"
        act.data = {"outcome": outcome, "paid": paid_on is not None}
    return act.matter


def set_causes(matter: Matter, *, principal: str, others: Sequence[str]) -> None:
    """Replace the matter's causes; `principal` first, the rest without doubles. Raises Invalid."""
    known = {cause.code for cause in catalogue.causes()}
    codes = list(dict.fromkeys([principal, *others]))
    if unknown := [code for code in codes if code not in known]:
        raise Invalid({"principal_cause": [f"没有代码为{unknown[0]}的根因，请从列表中选择。"]})
    matter.causes.all().delete()
    MatterCause.objects.bulk_create(
        MatterCause(matter=matter, code=c, principal=c == principal) for c in codes
    )


def _check_payment(matter: Matter, paid_on: date | None, amount: Decimal | None, tail: str) -> None:
    if paid_on is None and amount is None and not tail:
        return
    errors: dict[str, list[str]] = {}
    if paid_on is None:
        errors["paid_on"] = ["涉及款项的，请填写到账日期。"]
    elif paid_on > clock.today():
        errors["paid_on"] = ["到账日期不能晚于今天，款项到账后再上报。"]
    if amount is None or amount <= 0:
        errors["paid_amount"] = ["请填写到账金额（元）,须大于0。"]
    if not (len(tail) == 4 and tail.isdecimal()):
        errors["paid_tail"] = ["请填写到账账号末四位数字。"]
    if errors:
        raise Invalid(errors)
