"""Receiving: each message is applied once, in the order it was posted, or waits for its turn."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now

from bancheng.celery import hint
from bancheng.centres.scope import current_centre
from bancheng.exchange import lines
from bancheng.exchange.errors import ContentMismatch, OutOfSequence, describe
from bancheng.exchange.models import CaseLine, Inbox, Side
from bancheng.exchange.registry import Envelope, Receipt, handler_for
from bancheng.exchange.sealing import digest, put_in, take_from
from bancheng.timekeeping import clock

MAX_FAILURES: Final = 8
FIRST_WAIT: Final = timedelta(seconds=4)


def receive(envelope: Envelope) -> Receipt:
    """Take the message over: apply it if it is the next of its line, hold it until then if it came early.

    Arrival and effect are one transaction. The same message again has no effect and the same receipt.
    Raises ContentMismatch for a known id with other content, OutOfSequence for a number that another message
    has used, UnknownKind, and whatever the handler raises; then nothing has happened.
    """
    _must_serve(envelope.target)
    with transaction.atomic():
        line = lines.lock(
            case_id=envelope.case_id, source=envelope.source, target=envelope.target, side=Side.IN
        )
        known = Inbox.objects.filter(
            target=envelope.target, source=envelope.source, message_id=envelope.message_id
        ).first()
        if known is not None:
            if known.digest != digest(envelope):
                raise ContentMismatch("this id was received before, with other content")
            return _receipt(known)
        if envelope.seq <= line.seq or _on(line, envelope.seq).exists():
            raise OutOfSequence(f"number {envelope.seq} of this line belongs to another message")
        entry = Inbox(message_id=envelope.message_id, received_at=clock.now())
        put_in(entry, envelope)
        if envelope.seq == line.seq + 1:
            _apply(line, entry, envelope)
            _call_successor(line)
        else:
            entry.save()
        return _receipt(entry)


def drain(*, case_id: UUID, source: str, target: str) -> int:
    """Apply what is held on this line and has become next, each in its own transaction. Returns how many.

    What the handler refuses is counted and waits; after MAX_FAILURES it blocks this line and no other.
    Raises the database's errors: they are not the message's fault and count nothing.
    """
    _must_serve(target)
    applied = 0
    while _settle_next(case_id, source, target):
        applied += 1
    return applied


def next_held(*, target: str | None = None, limit: int = 200) -> list[Inbox]:
    """Held messages whose turn has come and which are due: what a drain that never ran has left."""
    predecessor = CaseLine.objects.filter(
        case_id=OuterRef("case_id"),
        source=OuterRef("source"),
        target=OuterRef("target"),
        side=Side.IN,
        seq=OuterRef("seq") - 1,
    )
    held = Inbox.objects.filter(Exists(predecessor), state=Inbox.State.HELD, due_at__lte=Now())
    if target is not None:
        held = held.filter(target=target)
    return list(held.order_by("due_at")[:limit])


def _must_serve(target: str) -> None:
    """A handler that ran elsewhere would write the case into another centre's schema."""
    if current_centre().code != target:
        raise RuntimeError(f"{current_centre().code} cannot receive what is for {target}")


def _settle_next(case_id: UUID, source: str, target: str) -> bool:
    with transaction.atomic():
        line = lines.lock(case_id=case_id, source=source, target=target, side=Side.IN)
        entry = _on(line, line.seq + 1).filter(state=Inbox.State.HELD, due_at__lte=Now()).first()
        if entry is None:
            return False
        try:
            with transaction.atomic():
                _apply(line, entry, take_from(entry))
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            _count_failure(entry, error)
            return False
        return True


def _apply(line: CaseLine, entry: Inbox, envelope: Envelope) -> None:
    handler_for(envelope.kind)(envelope)
    entry.state, entry.body, entry.applied_at = Inbox.State.APPLIED, None, clock.now()
    entry.save()
    line.seq = entry.seq
    line.save(update_fields=["seq"])


def _count_failure(entry: Inbox, error: Exception) -> None:
    entry.refresh_from_db()
    entry.failures += 1
    entry.last_error = describe(error)[:200]
    if entry.failures >= MAX_FAILURES:
        entry.state = Inbox.State.DEAD
        lines.block(entry)
    else:
        entry.due_at = Now() + FIRST_WAIT * 2 ** (entry.failures - 1)
    entry.save()


def _call_successor(line: CaseLine) -> None:
    if _on(line, line.seq + 1).filter(state=Inbox.State.HELD).exists():
        hint("exchange.drain", centre=line.target, case_id=str(line.case_id), source=line.source)


def _on(line: CaseLine, seq: int) -> QuerySet[Inbox]:
    return Inbox.objects.filter(target=line.target, source=line.source, case_id=line.case_id, seq=seq)


def _receipt(entry: Inbox) -> Receipt:
    return Receipt(entry.message_id, entry.state, entry.digest, entry.received_at, entry.applied_at)
