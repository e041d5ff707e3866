"""Receiving: each message is applied once, in the order it was posted, or waits for its turn."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from itertools import zip_longest
from typing import Final
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from bancheng.celery import hint
from bancheng.centres.scope import current_centre
from bancheng.exchange import lines
from bancheng.exchange.errors import ContentMismatch, OutOfSequence, describe
from bancheng.exchange.models import CaseLine, Inbox, Side
from bancheng.exchange.registry import Envelope, Receipt, apply, lock_cases
from bancheng.exchange.sealing import digest, put_header, put_in, take_from
from bancheng.timekeeping import clock

MAX_FAILURES: Final = 8
FIRST_WAIT: Final = timedelta(seconds=4)


def receive(envelope: Envelope) -> Receipt:
    """Take the message over: apply it if it is the next of its line, hold it until then if it came early.

    Arrival and effect are one transaction. The same message again has no effect and the same receipt.
    Raises ContentMismatch for a known id with other content, OutOfSequence for a number that another message
    has used, TooLarge, UnknownKind, and whatever the handler raises; then nothing has happened.
    """
    return receive_all([envelope])[0]


def receive_all(envelopes: Sequence[Envelope]) -> list[Receipt]:
    """Take over several messages for one centre, all in one transaction: all of them or, raising, none.

    Receipts are in the order of the envelopes; what else is said of `receive` holds for each of them.
    """
    for envelope in envelopes:
        _must_serve(envelope.target)
    if not envelopes:
        return []
    target = envelopes[0].target
    with transaction.atomic():
        ends = lines.lock_all(((e.case_id, e.source) for e in envelopes), target=target, side=Side.IN)
        known, waiting = _already_here(target, envelopes)
        turns: dict[CaseLine, list[Envelope]] = defaultdict(list)
        moment = clock.now()
        fresh: list[Inbox] = []
        for envelope in sorted(envelopes, key=lambda e: (e.case_id, e.source, e.seq)):
            line, is_digest = ends[envelope.case_id, envelope.source], digest(envelope)
            entry = known.get((envelope.source, envelope.message_id))
            if entry is not None:
                if entry.digest != is_digest:
                    raise ContentMismatch("this id was received before, with other content")
                continue
            place = (envelope.case_id, envelope.source, envelope.seq)
            if envelope.seq <= line.seq or place in waiting:
                raise OutOfSequence(f"number {envelope.seq} of this line belongs to another message")
            entry = Inbox(message_id=envelope.message_id, received_at=moment)
            if envelope.seq == line.seq + 1:
                put_header(entry, envelope, is_digest)
                entry.state, entry.applied_at = Inbox.State.APPLIED, moment
                line.seq += 1
                turns[line].append(envelope)
            else:
                put_in(entry, envelope)
                waiting.add(place)
            known[envelope.source, envelope.message_id] = entry
            fresh.append(entry)
        _apply_in_turn(list(turns.values()))
        Inbox.objects.bulk_create(fresh)
        lines.advance(turns)
        for line in turns:
            if (line.case_id, line.source, line.seq + 1) in waiting:
                hint("exchange.drain", centre=line.target, case_id=str(line.case_id), source=line.source)
        return [_receipt(known[e.source, e.message_id]) for e in envelopes]


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


def _already_here(
    target: str, envelopes: Sequence[Envelope]
) -> tuple[dict[tuple[str, UUID], Inbox], set[tuple[UUID, str, int]]]:
    """What was received before under these ids, and which numbers of these lines wait for their turn."""
    ids, cases = [e.message_id for e in envelopes], {e.case_id for e in envelopes}
    sources = {e.source for e in envelopes}
    rows = Inbox.objects.filter(
        Q(message_id__in=ids) | (Q(case_id__in=cases) & ~Q(state=Inbox.State.APPLIED)),
        target=target,
        source__in=sources,
    ).defer("body", "header")
    known, waiting = {}, set()
    for row in rows:
        known[row.source, row.message_id] = row
        if row.state != Inbox.State.APPLIED:
            waiting.add((row.case_id, row.source, row.seq))
    return known, waiting


def _apply_in_turn(turns: list[list[Envelope]]) -> None:
    """The first of every line, then the second…; what is of one kind and of different cases goes together."""
    if len(turns) > 1:
        lock_cases([envelope for turn in turns for envelope in turn])
    for step in zip_longest(*turns):
        kinds: dict[str, list[Envelope]] = defaultdict(list)
        for envelope in step:
            if envelope is not None:
                kinds[envelope.kind].append(envelope)
        for kind, those in kinds.items():
            apply(kind, those)


def _apply(line: CaseLine, entry: Inbox, envelope: Envelope) -> None:
    apply(envelope.kind, [envelope])
    entry.state, entry.body, entry.applied_at = Inbox.State.APPLIED, None, clock.now()
    entry.save()
    line.seq = entry.seq
    lines.advance([line])


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


def _on(line: CaseLine, seq: int) -> QuerySet[Inbox]:
    return Inbox.objects.filter(target=line.target, source=line.source, case_id=line.case_id, seq=seq)


def _receipt(entry: Inbox) -> Receipt:
    return Receipt(entry.message_id, entry.state, entry.digest, entry.received_at, entry.applied_at)
