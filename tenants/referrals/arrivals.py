"""What an arriving envelope does here. It runs in the transaction that records the arrival."""

from bancheng.catalogue.words import Outcome
from bancheng.centres.models import Centre
from bancheng.exchange.registry import Envelope, handler
from bancheng.identity.actors import Actor
from bancheng.timekeeping import clock
from tenants.matters.actions.ending import close_confirmed
from tenants.referrals import cargo, digest, sending
from tenants.referrals.locks import referral_of
from tenants.referrals.models import CarriedFile, Counterpart, Direction, Referral, State


@handler("referral.sent")
def arrive(envelope: Envelope) -> None:
    """A case has come in: it waits in 转入 to be signed for."""
    sender = Centre.objects.get(code=envelope.source)
    body, brought = envelope.body, digest.read(envelope.body["digest"])
    referral = Referral.objects.create(
        id=envelope.case_id,
        direction=Direction.RECEIVED,
        counterpart=Counterpart.CENTRE,
        unit_code=sender.code,
        unit_name=sender.name,
        state=State.SENT,
        number=body["number"],
        unit_matter_number=brought["number"],
        first_number=brought["first_number"],
        sensitive=brought["sensitive"],
        subject=body["subject"],
        item_code=envelope.header["item"],
        reason=body["reason"],
        requested=body["requested"],
        digest=brought,
        created_at=clock.now(),
        sent_at=envelope.created_at,
        sign_due_on=envelope.header["due_on"],
    )
    cargo.expect(referral, body.get("cargo", {}), CarriedFile.With.SENT)


@handler("referral.signed")
def hear_signed(envelope: Envelope) -> None:
    """The receiver has signed for our case."""
    sending.signed(referral_of(envelope), unit_matter_number=envelope.body["matter_number"])


@handler("referral.returned")
def hear_returned(envelope: Envelope) -> None:
    """The receiver has sent our case back."""
    sending.returned(referral_of(envelope), reason=envelope.body["reason"])


@handler("referral.answered")
def hear_answered(envelope: Envelope) -> None:
    """The receiver has answered our case."""
    sending.answered(
        referral_of(envelope), outcome=Outcome(envelope.body["outcome"]), answer=envelope.body["answer"]
    )


@handler("referral.confirmed")
def hear_confirmed(envelope: Envelope) -> None:
    """The home centre has confirmed our answer: our own matter is closed."""
    referral = referral_of(envelope)
    referral.state, referral.ended_at = State.CONFIRMED, clock.now()
    referral.save()
    if referral.matter_id is None:
        raise RuntimeError(f"referral {referral.pk} was confirmed without a matter of ours")
    close_confirmed(matter_id=referral.matter_id, actor=Actor.system(referral.unit_name, envelope.target))
