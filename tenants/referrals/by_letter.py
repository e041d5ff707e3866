"""Referrals by letter: what the other office says by telephone, visit or post is written down here."""

from uuid import UUID

from django.db import transaction

from bancheng.catalogue.words import Outcome
from bancheng.identity.actors import Actor
from bancheng.privacy import audit
from bancheng.timekeeping import clock
from tenants.referrals import board, sending, workflow
from tenants.referrals.locks import locked_referral
from tenants.referrals.models import ContactLog, Referral, State


@transaction.atomic
def log_contact(
    *, referral_id: UUID, actor: Actor, way: str, person: str, content: str, signed_for: bool = False
) -> ContactLog:
    """Log a call, visit or letter to an office without a system, and whether it says it signed for ours."""
    referral = locked_referral(referral_id)
    workflow.check(referral, actor, "log_contact")
    log = ContactLog.objects.create(
        referral=referral,
        at=clock.now(),
        way=way,
        person=person,
        content=content,
        signed_for=signed_for,
        by_id=actor.staff_id,
    )
    if signed_for and referral.state == State.SENT:
        referral.state, referral.signed_at = State.SIGNED, clock.now()
        referral.save(update_fields=["state", "signed_at"])
    said = f"{ContactLog.Way(way).label}联系{referral.unit_name}{person}：{content}"
    sending.hear(referral, said, {"way": way, "signed_for": signed_for})
    board.show(referral)
    audit.record(actor=actor, act="referral.log_contact", subject=referral, way=way)
    return log


@transaction.atomic
def record_answer(*, referral_id: UUID, actor: Actor, outcome: Outcome, answer: str) -> Referral:
    """Write down by hand what an office without a system has answered; the window has the next move."""
    referral = locked_referral(referral_id)
    workflow.check(referral, actor, "record_answer")
    sending.answered(referral, outcome=outcome, answer=answer)
    board.show(referral)
    audit.record(actor=actor, act="referral.record_answer", subject=referral, outcome=outcome)
    return referral


@transaction.atomic
def record_return(*, referral_id: UUID, actor: Actor, reason: str) -> Referral:
    """Write down that an office without a system has sent our letter back; the matter is with us again."""
    referral = locked_referral(referral_id)
    workflow.check(referral, actor, "record_return")
    sending.returned(referral, reason=reason)
    board.show(referral)
    audit.record(actor=actor, act="referral.record_return", subject=referral)
    return referral


@transaction.atomic
def recall_letter(*, referral_id: UUID, actor: Actor, reason: str, told: str) -> Referral:
    """Take our letter back (撤回函件), once `told`, somebody over there, knows of it; the matter is ours again.

    An office without a system cannot refuse: what it has done by then it says on the telephone.
    """
    referral = locked_referral(referral_id)
    workflow.check(referral, actor, "recall_letter")
    referral.state, referral.ended_at = State.RECALLED, clock.now()
    referral.recall_reason = reason
    referral.save()
    sending.take_back(referral, f"函件已撤回，已告知{referral.unit_name}{told}：{reason}")
    board.show(referral)
    audit.record(actor=actor, act="referral.recall_letter", subject=referral, number=referral.number)
    return referral
