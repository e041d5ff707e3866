"""What an arriving envelope does here. It runs in the transaction that records the arrival.

Each side's messages come in the order in which it posted them, but the two sides' words may cross. Which
one counts then: whoever signed or returned first has done so, and a recall fails; a redirection always
counts, and what the unit says after it is noted and no more.
"""

from collections.abc import Collection, Mapping, Sequence

from bancheng.catalogue.words import Outcome
from bancheng.centres.models import Centre
from bancheng.errors import NotFound
from bancheng.exchange import peers
from bancheng.exchange.registry import Envelope, handler, handler_of_many
from bancheng.identity.actors import Actor
from bancheng.timekeeping import clock
from tenants.matters.actions.ending import close_confirmed
from tenants.referrals import being_told, board, cargo, digest, hearing, reading
from tenants.referrals.locks import referral_of
from tenants.referrals.models import CarriedFile, Counterpart, Direction, Ground, Referral, State
from tenants.referrals.reading import OutOfPlace, Unsound

_S = State


# --- At the receiver ---------------------------------------------------------------------------------


@handler_of_many("referral.sent")
def arrive(envelopes: Sequence[Envelope]) -> None:
    """Cases have come in: each waits in 转入 to be signed for. Many are written together."""
    senders = {code: _sender(code) for code in {envelope.source for envelope in envelopes}}
    if Referral.objects.filter(pk__in=[envelope.case_id for envelope in envelopes]).exists():
        raise OutOfPlace("there is a referral of this id already")
    come = Referral.objects.bulk_create([_come_in(e, *senders[e.source]) for e in envelopes])
    for referral, envelope in zip(come, envelopes, strict=True):
        cargo.expect(referral, envelope.body.get("cargo", {}), CarriedFile.With.SENT)
        board.show(referral)


@handler("referral.recall")
def hear_recall(envelope: Envelope) -> None:
    """Home wants it back: we let it go, unless we signed or returned it first, as home will hear."""
    referral = _standing(envelope, (_S.SENT,), (_S.SIGNED, _S.ASKED, _S.ANSWERED, _S.RETURNED))
    if referral.state == State.SENT:
        being_told.let_go(referral, reason=reading.text(envelope.body, "reason"))
    else:
        being_told.recall_came_late(referral)


@handler("referral.redirected")
def hear_redirected(envelope: Envelope) -> None:
    """The coordinator gave it to another unit: we are out of it, however far we were."""
    fits = (_S.SENT, _S.SIGNED, _S.ASKED, _S.ANSWERED, _S.RETURNED, _S.RECALLED)
    reason = reading.text(envelope.body, "reason", optional=True)
    being_told.redirected_away(_standing(envelope, fits), reason=reason)


@handler("referral.chased")
def hear_chased(envelope: Envelope) -> None:
    """Home chases us."""
    referral = _standing(envelope, (_S.SENT, _S.SIGNED, _S.ASKED), (_S.ANSWERED, _S.RETURNED))
    if referral.state in _AT_WORK:
        being_told.chased(referral, text=reading.text(envelope.body, "text", optional=True))


@handler("referral.escalated")
def hear_escalated(envelope: Envelope) -> None:
    """Home has asked the coordinator to step in."""
    referral = _standing(envelope, (_S.SENT, _S.SIGNED, _S.ASKED), (_S.ANSWERED, _S.RETURNED))
    if referral.state in _AT_WORK:
        being_told.escalated(referral, text=reading.text(envelope.body, "text", optional=True))


@handler("referral.material_given")
def hear_material_given(envelope: Envelope) -> None:
    """Home has given what we asked for."""
    referral, body = _standing(envelope, (_S.ASKED,)), envelope.body
    cargo.expect(referral, body.get("cargo", {}), CarriedFile.With.MATERIAL)
    being_told.given(referral, ask_id=reading.identity(body, "ask"), text=reading.text(body, "given"))


@handler("referral.confirmed")
def hear_confirmed(envelope: Envelope) -> None:
    """The home centre has confirmed our answer: our own matter is closed."""
    referral = _standing(envelope, (_S.ANSWERED,))
    referral.state, referral.ended_at = State.CONFIRMED, clock.now()
    referral.save()
    board.show(referral)
    if referral.matter_id is None:
        raise RuntimeError(f"referral {referral.pk} was confirmed without a matter of ours")
    close_confirmed(matter_id=referral.matter_id, actor=Actor.system(referral.unit_name, envelope.target))


_AT_WORK = (_S.SENT, _S.SIGNED, _S.ASKED)


# --- At home -----------------------------------------------------------------------------------------


@handler("referral.signed")
def hear_signed(envelope: Envelope) -> None:
    """The receiver has signed for our case."""
    number = reading.text(envelope.body, "matter_number", 40)
    if referral := _heard(envelope, (_S.SENT, _S.RECALLING), f"已签收，对方编号{number}"):
        due_on = reading.day(envelope.body, "due_on") if envelope.body.get("due_on") else None
        hearing.signed(referral, unit_matter_number=number, due_on=due_on)


@handler("referral.returned")
def hear_returned(envelope: Envelope) -> None:
    """The receiver has sent our case back."""
    body, reason = envelope.body, reading.text(envelope.body, "reason")
    if referral := _heard(envelope, (_S.SENT, _S.RECALLING), f"退回：{reason}"):
        ground = reading.text(body, "ground", 12, optional=True)
        suggested = reading.text(body, "suggested", 20, optional=True)
        known = ground if ground in Ground.values else ""
        hearing.returned(referral, reason=reason, ground=known, suggested=suggested)


@handler("referral.recalled")
def hear_recalled(envelope: Envelope) -> None:
    """The receiver lets our case go, as we asked."""
    if referral := _heard(envelope, (_S.RECALLING,), "同意撤回"):
        hearing.recalled(referral)


@handler("referral.material_asked")
def hear_asked(envelope: Envelope) -> None:
    """The receiver asks us for material."""
    items, due_on = reading.text(envelope.body, "items"), reading.day(envelope.body, "due_on")
    if referral := _heard(envelope, (_S.SIGNED,), f"要求补正：{items}"):
        hearing.asked(referral, ask_id=reading.identity(envelope.body, "ask"), items=items, due_on=due_on)


@handler("referral.progress")
def hear_progress(envelope: Envelope) -> None:
    """The receiver says how it stands, or where it has gone on to."""
    text, onward = reading.text(envelope.body, "text", optional=True), envelope.body.get("onward")
    referral = _heard(envelope, (_S.SIGNED, _S.ASKED), f"反馈进展：{text}")
    if referral is None:
        return
    if isinstance(onward, Mapping):
        unit = reading.text(onward, "unit", 60, optional=True)
        hearing.passed_on(referral, unit=unit, since=reading.moment(onward, "since"))
    else:
        hearing.reported(referral, text=text)


@handler("referral.answered")
def hear_answered(envelope: Envelope) -> None:
    """The receiver has answered our case."""
    body, text = envelope.body, reading.text(envelope.body, "answer")
    if body.get("outcome") not in Outcome.values:
        raise Unsound("answered: no such outcome")
    outcome = Outcome(body["outcome"])
    referral = _heard(envelope, (_S.SIGNED,), f"反馈“{outcome.label}”：{text}")
    if referral is not None:
        cargo.expect(referral, body.get("cargo", {}), CarriedFile.With.ANSWER)
        hearing.answered(referral, outcome=outcome, answer=text)


# --- Who, and how it stands --------------------------------------------------------------------------


def _standing(envelope: Envelope, fits: Collection[State], crossed: Collection[State] = ()) -> Referral:
    """The referral, locked, if it came in here and stands so. Raises OutOfPlace."""
    return _checked(envelope, Direction.RECEIVED, (*fits, *crossed))


def _heard(envelope: Envelope, fits: Collection[State], said: str) -> Referral | None:
    """The referral, locked, if we sent it and it stands so; redirected, `said` is noted and it is None."""
    referral = _checked(envelope, Direction.SENT, (*fits, State.REDIRECTED))
    if referral.state == State.REDIRECTED:
        hearing.late(referral, said)
        return None
    return referral


def _checked(envelope: Envelope, side: Direction, fits: Collection[State]) -> Referral:
    try:
        referral = referral_of(envelope)
    except NotFound:
        raise OutOfPlace(f"{envelope.kind}: there is no such referral here") from None
    if referral.direction != side or referral.state not in fits:
        raise OutOfPlace(f"{envelope.kind} does not fit a referral that is {referral.state} here")
    return referral


def _come_in(envelope: Envelope, kind: Counterpart, name: str) -> Referral:
    body, brought = envelope.body, digest.read(envelope.body.get("digest"))
    return Referral(
        id=envelope.case_id,
        direction=Direction.RECEIVED,
        counterpart=kind,
        unit_code=envelope.source,
        unit_name=name,
        state=State.SENT,
        number=reading.text(body, "number", 40),
        unit_matter_number=str(brought["number"])[:40],
        first_number=str(brought["first_number"])[:40],
        sensitive=bool(brought["sensitive"]),
        round=reading.number(envelope.header, "round"),
        subject=reading.text(body, "subject", 80),
        item_code=reading.item(envelope.header, "item"),
        reason=reading.text(body, "reason"),
        requested=reading.text(body, "requested"),
        digest=brought,
        designation=reading.text(body, "designation", optional=True),
        designated_at=reading.moment(body, "designated_at") if body.get("designated_at") else None,
        created_at=clock.now(),
        sent_at=envelope.created_at,
        sign_due_on=reading.day(envelope.header, "due_on"),
    )


def _sender(code: str) -> tuple[Counterpart, str]:
    centre = Centre.objects.filter(code=code).first()
    if centre is not None:
        return Counterpart.CENTRE, centre.name
    unit = peers.unit(code)
    if unit is None:
        raise Unsound("the sender is no unit that is known here")
    return Counterpart.PEER, unit.name
