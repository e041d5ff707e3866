"""Sending: leases on due messages, and the one transaction in which a message is delivered."""

import logging
from typing import Final, NamedTuple
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection, transaction

from bancheng.centres.scope import in_centre
from bancheng.exchange import inbox, lines
from bancheng.exchange.errors import ExchangeError, describe
from bancheng.exchange.models import Message
from bancheng.exchange.registry import Receipt
from bancheng.exchange.sealing import take_from
from bancheng.exchange.transports import transport_for
from bancheng.timekeeping import clock

IN_FLIGHT_PER_CENTRE: Final = 100
FIRST_LEASE_SECONDS: Final = 4
LONGEST_LEASE_SECONDS: Final = 600

log = logging.getLogger(__name__)


class Lease(NamedTuple):
    """The right to try one message until the lease runs out by the clock of the database."""

    message_id: UUID
    target: str


def lease_due(*, limit: int = 500, target: str | None = None) -> list[Lease]:
    """Lease what is due, in the order of case and number, and return it in that order.

    A lease doubles with each attempt (4 s to 10 min, up to a quarter longer by chance, so that retries
    spread). Never more than IN_FLIGHT_PER_CENTRE leases run for one target. Messages on a blocked line stay.
    Sweeps queue behind each other for these few milliseconds; a message being delivered is passed over.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('exchange sweep', 0))")
        cursor.execute(
            _LEASE,
            {
                "target": target,
                "limit": limit,
                "window": IN_FLIGHT_PER_CENTRE,
                "first": FIRST_LEASE_SECONDS,
                "longest": LONGEST_LEASE_SECONDS,
            },
        )
        rows = cursor.fetchall()
    return [Lease(message_id, to) for message_id, to, _, _ in sorted(rows, key=lambda row: row[1:])]


def deliver(message_id: UUID) -> str | None:
    """Deliver one message if it is pending and nobody else is at it. Returns its state then, else None.

    Within one deployment the effect at the target, the receipt and the end of the message are one
    transaction: a crash anywhere leaves the message pending and the target untouched. A refusal is
    counted; after inbox.MAX_FAILURES, or when it is final, the message is dead and its line stops.
    Raises only the database's errors; they count nothing, and the lease brings the message back.
    """
    with transaction.atomic():
        message = (
            Message.objects.select_for_update(skip_locked=True)
            .filter(id=message_id, state=Message.State.PENDING)
            .first()
        )
        if message is None:
            return None
        try:
            ((_, outcome),) = transport_for(message.target).deliver([take_from(message)])
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            outcome = error
        if isinstance(outcome, Exception):
            _refused(message, outcome)
        else:
            _acknowledged(message, outcome)
        return message.state


def run_due(*, target: str | None = None) -> int:
    """Deliver all that is due, here and now, without workers. Returns how many messages were delivered.

    For the demo year, tests, and a terminal when the broker is down.
    """
    delivered = 0
    while True:
        leases, held = lease_due(target=target), inbox.next_held(target=target)
        if not leases and not held:
            return delivered
        for lease in leases:
            delivered += deliver(lease.message_id) == Message.State.DELIVERED
        for entry in held:
            with in_centre(entry.target):
                inbox.drain(case_id=entry.case_id, source=entry.source, target=entry.target)


def _acknowledged(message: Message, receipt: Receipt) -> None:
    message.state, message.body, message.leased_until = Message.State.DELIVERED, None, None
    message.receipt, message.delivered_at, message.last_error = receipt.as_json(), clock.now(), ""
    message.save()


def _refused(message: Message, error: Exception) -> None:
    """The running lease, already doubled, becomes the wait, and makes room in the window at once."""
    message.failures += 1
    message.last_error = describe(error)[:200]
    if message.leased_until is not None:
        message.due_at, message.leased_until = message.leased_until, None
    final = isinstance(error, ExchangeError) and error.final
    if final or message.failures >= inbox.MAX_FAILURES:
        message.state = Message.State.DEAD
        lines.block(message)
    message.save()


# `room` is what each target may still take; the lateral query then walks the partial index in order, and the
# locks of deliveries under way make it pass over them.
_LEASE: Final = """
WITH room AS (
    SELECT target, %(window)s - count(*) FILTER (WHERE leased_until > clock_timestamp()) AS free
    FROM exchange_message
    WHERE state = 'pending' AND (%(target)s::text IS NULL OR target = %(target)s)
    GROUP BY target
), chosen AS (
    SELECT due.id FROM room CROSS JOIN LATERAL (
        SELECT id FROM exchange_message m
        WHERE m.state = 'pending' AND m.target = room.target AND m.due_at <= clock_timestamp()
          AND (m.leased_until IS NULL OR m.leased_until <= clock_timestamp())
          AND NOT EXISTS (
              SELECT 1 FROM exchange_caseline l
              WHERE l.case_id = m.case_id AND l.source = m.source AND l.target = m.target
                AND l.side = 'out' AND l.blocked_at IS NOT NULL)
        ORDER BY m.case_id, m.seq
        LIMIT greatest(room.free, 0)
        FOR UPDATE OF m SKIP LOCKED
    ) due
    LIMIT %(limit)s
)
UPDATE exchange_message m
SET attempts = attempts + 1,
    leased_until = clock_timestamp() + (1 + random() / 4) * interval '1 second'
        * least(%(longest)s, %(first)s * power(2, least(attempts, 20)))
FROM chosen WHERE m.id = chosen.id
RETURNING m.id, m.target, m.case_id, m.seq
"""
