"""The receiving centre's side: sign for a referral, give it back, answer it."""

from uuid import UUID

from django.db import transaction

from bancheng.catalogue.words import Kind, Mode, Outcome
from bancheng.centres.scope import current_centre
from bancheng.errors import Conflict
from bancheng.identity.actors import Actor
from bancheng.privacy import audit
from bancheng.timekeeping import clock
from tenants.matters import actions as matters
from tenants.matters.acting import acting
from tenants.referrals import digest, envelopes, workflow
from tenants.referrals.locks import locked_referral
from tenants.referrals.models import Referral, State

REFERRED_LEVEL = 5
"""A matter that crosses regions or levels is handled as level 5: 15 working days."""


@transaction.atomic
def sign(*, referral_id: UUID, actor: Actor) -> Referral:
    """Sign for a referral (签收): our own matter is registered and accepted under our own number.

    The home centre is told. It stays answerable to the reporter.
    """
    referral = locked_referral(referral_id)
    workflow.check(referral, actor, "sign")
    if referral.digest is None:
        raise Conflict("转来的内容不完整，无法签收。", code="no_digest")
    matter = matters.register(
        actor=actor,
        reporter=digest.reporter_of(referral.digest),
        story=digest.story_of(referral.digest),
        origin_referral=referral.pk,
    )
    first, *others = referral.digest["triage"]["causes"]
    matter = matters.triage(
        matter_id=matter.pk,
        actor=actor,
        kind=Kind(matter.kind),
        item_code=matter.item_code,
        level=REFERRED_LEVEL,
        mode=_mode(referral.digest["triage"]["mode"]),
        principal_cause=first,
        other_causes=others,
    )
    matter = matters.accept(matter_id=matter.pk, actor=actor)
    referral.matter, referral.state, referral.signed_at = matter, State.SIGNED, clock.now()
    referral.save()
    envelopes.post_signed(referral, matter, source=current_centre().code)
    audit.record(actor=actor, act="referral.sign", subject=referral, number=referral.number)
    return referral


@transaction.atomic
def give_back(*, referral_id: UUID, actor: Actor, reason: str, basis: str, suggested: str) -> Referral:
    """Give a referral back (退回) before signing, saying why, on what basis, and who should."""
    referral = locked_referral(referral_id)
    workflow.check(referral, actor, "give_back")
    referral.state, referral.ended_at = State.RETURNED, clock.now()
    referral.return_reason = f"{reason}\n依据：{basis}\n建议承办：{suggested}"
    referral.save()
    envelopes.post_returned(referral, source=current_centre().code)
    audit.record(actor=actor, act="referral.return", subject=referral, number=referral.number)
    return referral


@transaction.atomic
def answer(*, referral_id: UUID, actor: Actor, text: str) -> Referral:
    """Answer a referral (办结反馈) once our matter is resolved; the home centre tells the reporter.

    Raises Conflict while the matter is not resolved.
    """
    referral = locked_referral(referral_id)
    workflow.check(referral, actor, "answer")
    if referral.matter_id is None:
        raise Conflict("请先签收。", code="wrong_state")
    with acting("answer", matter_id=referral.matter_id, actor=actor) as act:
        act.matter.replied_at = clock.now()
        act.note, act.data = text, {"referral": str(referral.pk), "outcome": act.matter.outcome}
    referral.state, referral.answered_at = State.ANSWERED, clock.now()
    referral.answer, referral.answer_outcome = text, Outcome(act.matter.outcome)
    referral.save()
    envelopes.post_answered(referral, act.matter, source=current_centre().code)
    audit.record(actor=actor, act="referral.answer", subject=referral, number=referral.number)
    return referral


def _mode(mode: str) -> Mode:
    # Another centre's special case is not signed here; ours to judge anew.
    return Mode.COORDINATE if mode == Mode.SPECIAL else Mode(mode)
