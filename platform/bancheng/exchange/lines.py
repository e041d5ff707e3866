"""The locks of the exchange, all in one place: one row for each end of a line."""

import logging
from collections.abc import Iterable
from uuid import UUID

from django.db import connection, transaction

from bancheng.exchange.errors import describe
from bancheng.exchange.models import CaseLine, Inbox, Message, Side
from bancheng.exchange.registry import DeadLetter, alarms
from bancheng.timekeeping import clock

log = logging.getLogger(__name__)


def lock(*, case_id: UUID, source: str, target: str, side: Side) -> CaseLine:
    """This end of the line, locked until the transaction ends; made on the first call."""
    return lock_all([(case_id, source)], target=target, side=side)[case_id, source]


def lock_all(
    ends: Iterable[tuple[UUID, str]], *, target: str, side: Side
) -> dict[tuple[UUID, str], CaseLine]:
    """The ends (case, source) of lines to one target, locked in one order and one query; made where missing.

    Whoever locks several, locks them by this call alone: then nobody waits in a circle.
    """
    cases, sources = zip(*sorted(set(ends)), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            _LOCK, {"cases": list(cases), "sources": list(sources), "target": target, "side": side}
        )
        rows = cursor.fetchall()
    return {
        (case_id, source): CaseLine(
            id=pk, case_id=case_id, source=source, target=target, side=side, seq=seq,
            blocked_at=blocked_at, blocked_reason=reason,
        )
        for pk, case_id, source, seq, blocked_at, reason in rows
    }  # fmt: skip


def next_number(*, case_id: UUID, source: str, target: str) -> int:
    """Give out the next number at the sender's end, which stays locked until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [case_id, source, target])
        return int(cursor.fetchone()[0])


def advance(moved: Iterable[CaseLine]) -> None:
    """Write down how far these ends have come."""
    ends = list(moved)
    if not ends:
        return
    with connection.cursor() as cursor:
        cursor.execute(_ADVANCE, [[end.pk for end in ends], [end.seq for end in ends]])


def end_of(row: Message | Inbox) -> CaseLine:
    """The end at which this row lies, locked: the sender's for a message, the receiver's for an arrival."""
    side = Side.OUT if isinstance(row, Message) else Side.IN
    return lock(case_id=row.case_id, source=row.source, target=row.target, side=side)


def block(row: Message | Inbox) -> None:
    """Stop the end of the line where this row died, log it, and ring the alarms after commit."""
    line = end_of(row)
    line.blocked_at, line.blocked_reason = clock.now(), row.last_error
    line.save(update_fields=["blocked_at", "blocked_reason"])
    letter = DeadLetter(row.message_id, row.case_id, row.source, row.target, row.kind, row.last_error)
    log.error("message %s (%s) given up: %s", letter.message_id, letter.kind, letter.reason)
    transaction.on_commit(lambda: _ring(letter))


def unblock(row: Message | Inbox) -> None:
    """Let this end move again, unless a dead message stands on it."""
    line = end_of(row)
    dead = type(row)._default_manager.filter(
        case_id=row.case_id, source=row.source, target=row.target, state=type(row).State.DEAD
    )
    if not dead.exists():
        line.blocked_at, line.blocked_reason = None, ""
        line.save(update_fields=["blocked_at", "blocked_reason"])


def _ring(letter: DeadLetter) -> None:
    for alarm in alarms():
        try:
            alarm(letter)
        except Exception as error:
            log.error("an alarm for message %s failed: %s", letter.message_id, describe(error))


# An upsert that changes nothing takes the lock as well, and needs no second query for an end that is new.
_LOCK = """
INSERT INTO exchange_caseline AS line (case_id, source, target, side, seq, blocked_reason)
SELECT end_.case_id, end_.source, %(target)s, %(side)s, 0, ''
FROM unnest(%(cases)s::uuid[], %(sources)s::text[]) AS end_ (case_id, source)
ORDER BY end_.case_id, end_.source
ON CONFLICT (case_id, source, target, side) DO UPDATE SET seq = line.seq
RETURNING id, case_id, source, seq, blocked_at, blocked_reason
"""
_NEXT = """
INSERT INTO exchange_caseline AS line (case_id, source, target, side, seq, blocked_reason)
VALUES (%s, %s, %s, 'out', 1, '')
ON CONFLICT (case_id, source, target, side) DO UPDATE SET seq = line.seq + 1
RETURNING seq
"""
_ADVANCE = """
UPDATE exchange_caseline SET seq = moved.seq
FROM unnest(%s::bigint[], %s::int[]) AS moved (id, seq) WHERE exchange_caseline.id = moved.id
"""
