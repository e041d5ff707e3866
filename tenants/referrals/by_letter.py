"""Referrals by letter: what the other office says by telephone, visit or post is written down here."""

from datetime import date
from uuid import UUID

from django.db import transaction

from bancheng.catalogue.words import Outcome
from bancheng.errors import Conflict, Invalid
from bancheng.identity.actors import Actor
from bancheng.privacy import audit
from bancheng.timekeeping import clock
from tenants.casework.actions.evidence import add_evidence
from tenants.casework.files import CleanFile
from tenants.casework.models import Category, Evidence, Purpose
from tenants.referrals import board, hearing, workflow
from tenants.referrals.locks import locked_referral
from tenants.referrals.models import ContactLog, Ground, Referral, State


@transaction.atomic
def log_contact(
    *,
    referral_id: UUID,
    actor: Actor,
    way: str,
    person: str,
    content: str,
    reached: bool = True,
    signed_for: bool = False,
    next_on: date | None = None,
) -> ContactLog:
    """Log a call, visit or letter to an office without a system, and whether it says it signed for ours.

    One that reached nobody counts as a contact: it is our silence that is asked about, not theirs. The window
    is reminded on `next_on`, unless there was another contact by then.
    """
    referral = locked_referral(referral_id)
    workflow.check(referral, actor, "log_contact")
    if signed_for and not reached:
        raise Invalid({"signed_for": ["没有联系上，不能记为对方已签收。"]})
    log = ContactLog.objects.create(
        referral=referral,
        at=clock.now(),
        way=way,
        person=person,
        content=content,
        reached=reached,
        signed_for=signed_for,
        next_on=next_on,
        by_id=actor.staff_id,
    )
    if signed_for and referral.state == State.SENT:
        referral.state, referral.signed_at = State.SIGNED, clock.now()
        referral.save(update_fields=["state", "signed_at"])
    whom = person if reached else "，没有联系上"
    said = f"{ContactLog.Way(way).label}联系{referral.unit_name}{whom}：{content}"
    hearing.hear(referral, said, {"way": way, "reached": reached, "signed_for": signed_for})
    board.show(referral)
    audit.record(actor=actor, act="referral.log_contact", subject=referral, way=way, reached=reached)
    return log


@transaction.atomic
def record_answer(
    *,
    referral_id: UUID,
    actor: Actor,
    outcome: Outcome,
    number: str,
    dated: date,
    answer: str,
    scan: CleanFile | None = None,
    unscanned: str = "",
) -> Referral:
    """Write down what an office without a system has answered: number, date and words of its letter.

    The scan is kept with the matter as evidence, opened under watch like any; where there is none,
    `unscanned` says why. The window has the next move. Raises Invalid without either, Conflict where the
    matter has too many files.
    """
    referral = locked_referral(referral_id)
    workflow.check(referral, actor, "record_answer")
    if scan is None and not unscanned:
        raise Invalid({"scan": [SCAN_OR_REASON]})
    if scan is not None:
        referral.answer_scan = _kept(referral, actor, scan, number)
    referral.answer_number, referral.answer_dated = number, dated
    referral.answer_unscanned = None if scan else unscanned
    hearing.answered(referral, outcome=outcome, answer=answer)
    board.show(referral)
    audit.record(
        actor=actor,
        act="referral.record_answer",
        subject=referral,
        outcome=outcome,
        scanned=scan is not None,
    )
    return referral


@transaction.atomic
def record_return(*, referral_id: UUID, actor: Actor, ground: Ground, reason: str) -> Referral:
    """Write down that an office without a system has sent our letter back; the matter is with us again."""
    referral = locked_referral(referral_id)
    workflow.check(referral, actor, "record_return")
    hearing.returned(referral, reason=reason, ground=ground)
    board.show(referral)
    audit.record(actor=actor, act="referral.record_return", subject=referral, ground=ground)
    return referral


@transaction.atomic
def recall_letter(*, referral_id: UUID, actor: Actor, reason: str, told: str) -> Referral:
    """Take our letter back (撤回函件), once `told`, somebody over there, knows; the matter is ours again.

    An office without a system cannot refuse: what it has done by then it says on the telephone.
    """
    referral = locked_referral(referral_id)
    workflow.check(referral, actor, "recall_letter")
    referral.state, referral.ended_at = State.RECALLED, clock.now()
    referral.recall_reason = reason
    referral.save()
    hearing.take_back(referral, f"函件已撤回，已告知{referral.unit_name}{told}：{reason}")
    board.show(referral)
    audit.record(actor=actor, act="referral.recall_letter", subject=referral, number=referral.number)
    return referral


SCAN_OR_REASON = "请上传复函扫描件；没有的，请写明原因。"


def _kept(referral: Referral, actor: Actor, scan: CleanFile, number: str) -> Evidence:
    if referral.matter_id is None:
        raise Conflict("这件转办没有对应的反映件。", code="no_matter")
    matter = add_evidence(
        matter_id=referral.matter_id,
        actor=actor,
        category=Category.LETTER,
        purpose=Purpose.FILING,
        file=scan,
        description=f"{referral.unit_name}复函{number}",
    )
    return Evidence.objects.filter(matter=matter, sha256=scan.sha256).latest("at", "id")
