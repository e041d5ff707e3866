"""Sending: leases on due messages, and their delivery by the batch, one counterpart at a time."""

import logging
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F

from bancheng.celery import heard
from bancheng.centres.scope import in_centre
from bancheng.exchange import doors, inbox, lines
from bancheng.exchange.errors import ExchangeError, NoRoute, Unreachable, describe
from bancheng.exchange.models import Message
from bancheng.exchange.registry import Envelope, Receipt
from bancheng.exchange.sealing import take_from
from bancheng.exchange.transports import Nowhere, Transport, transport_for
from bancheng.privacy.append_only import canonical_json
from bancheng.timekeeping import clock

IN_FLIGHT_PER_CENTRE: Final = 100
FIRST_LEASE_SECONDS: Final = 4
LONGEST_LEASE_SECONDS: Final = 600
LONGEST_SILENCE_SECONDS: Final = 60
"""How soon a message is tried again whose counterpart could not be reached; the counterpart itself rests."""
BATCH: Final = 50
BATCHES_A_TURN: Final = 4
"""After so many batches the next counterpart has its turn."""
REMOTE_TURN_SECONDS: Final = 10.0
"""After so long the next peer has its turn, however slow this one is."""
REMOTE_SEAT: Final = "any peer"
"""One worker at a time waits for peers; the others are there for the centres of this deployment."""
PATIENCE_OF_A_BATCH: Final = "500ms"
"""How long a batch waits for a lock: less than PostgreSQL's deadlock_timeout (1 s). A batch holds what many
cases need, while a person's act holds one case and may want what the batch has. Then the batch gives way,
and its messages go one by one, which lock in the order of every act: case, out-line, audit trail."""

log = logging.getLogger(__name__)


class Lease(NamedTuple):
    """The right to try one message until the lease runs out by the clock of the database."""

    message_id: UUID
    target: str


class Tried(NamedTuple):
    """What came of a batch."""

    leased: int
    delivered: int


def deliver_due(target: str) -> list[str]:
    """Deliver what is due for `target`, a few batches, and return the targets that want another turn.

    One worker at a time is at a counterpart's door, and who finds it taken leaves at once: the one inside
    looks again after leaving, so that nothing is overlooked. Peers take turns at one seat as well: however
    many are slow, they hold up one worker among them. A target that rests or is suspended is left alone; its
    messages wait and nothing is counted against them.
    """
    transport = _way_to(target)
    with _at_work(target, transport) as alone:
        if not alone:
            return []
        ends = time.monotonic() + REMOTE_TURN_SECONDS if transport.remote else None
        for _ in range(BATCHES_A_TURN):
            if transport.rests(target) or not deliver_batch(target, transport, until=ends).leased:
                break
            if _is_past(ends):
                break
    heard("exchange.deliver", target=target)  # of those, too, who found the door taken
    if not transport.remote:
        return [] if transport.rests(target) else due_targets(target)
    waiting = [to for to in due_targets() if (way := _way_to(to)).remote and not way.rests(to)]
    # The other peers first: they found the seat taken.
    return sorted(waiting, key=lambda to: _way_to(to).door(to) == transport.door(target))


@contextmanager
def _at_work(target: str, transport: Transport) -> Iterator[bool]:
    """Whether we alone are at the target's door and, if it is a peer's, at the seat for peers."""
    with doors.inside(transport.door(target)) as alone:
        if not alone or not transport.remote:
            yield alone
            return
        with doors.inside(REMOTE_SEAT) as seated:
            yield seated


def _is_past(moment: float | None) -> bool:
    return moment is not None and time.monotonic() > moment


def deliver_batch(target: str, transport: Transport, *, until: float | None = None) -> Tried:
    """Lease up to BATCH due messages for `target` and try them all, in the order of their lines; at its door.

    Within this deployment a batch is one transaction: the effects at the target, the receipts and the end of
    the messages. A crash anywhere leaves them pending and the target untouched. When one of them cannot be
    applied, each is delivered alone, so that it fails alone. A remote counterpart is asked outside any
    transaction, and not past `until` on `time.monotonic`: what is left waits as if it had not been leased.
    Raises the database's errors, which count against no message.
    """
    ids = [each.message_id for each in lease(target, BATCH)]
    if transport.remote:
        delivered = _deliver_there(transport, ids, until=until)
    elif ids and _deliver_together(transport, ids):
        delivered = len(ids)
    else:
        delivered = sum(_deliver_alone(message_id) for message_id in ids)
    return Tried(len(ids), delivered)


def deliver(message_id: UUID) -> str | None:
    """Deliver one message if it is pending and nobody else is at it. Returns its state then, else None.

    A refusal is counted; after inbox.MAX_FAILURES, or when it is final, the message is dead and its line
    stops. Raises only the database's errors; they count nothing, and the lease brings the message back.
    """
    message = Message.objects.filter(id=message_id, state=Message.State.PENDING).first()
    if message is None:
        return None
    transport = _way_to(message.target)
    if transport.remote:
        _deliver_there(transport, [message_id])
        message.refresh_from_db()
        return message.state
    with transaction.atomic():
        locked = _locked([message_id])
        return _settle(locked[0], _outcome(transport, locked[0])) if locked else None


def run_due(*, target: str | None = None) -> int:
    """Deliver all that is due, here and now, without workers. Returns how many messages were delivered.

    For the demo year, tests, and a terminal when the broker is down. Waits for whoever is at a door.
    """
    delivered = 0
    while True:
        leased = 0
        for to in due_targets(target):
            transport = _way_to(to)
            with doors.inside(transport.door(to), wait=True):
                while not transport.rests(to) and (tried := deliver_batch(to, transport)).leased:
                    leased += tried.leased
                    delivered += tried.delivered
        held = inbox.next_held(target=target)
        for entry in held:
            with in_centre(entry.target):
                inbox.drain(case_id=entry.case_id, source=entry.source, target=entry.target)
        if not leased and not held:
            return delivered


# --- Leases ---------------------------------------------------------------------------------------------


def due_targets(target: str | None = None) -> list[str]:
    """The targets for which something may be leased now; of these only `target`, if it is named."""
    with connection.cursor() as cursor:
        if target is None:
            cursor.execute(_TARGETS)
        else:
            cursor.execute(_WANTS, [target, target])
        return [row[0] for row in cursor.fetchall()]


def lease(target: str, limit: int) -> list[Lease]:
    """Lease what is due for `target`, in the order of case and number; at its door.

    A lease doubles with each attempt (4 s to 10 min, up to a quarter longer by chance, so that retries
    spread). Never more than IN_FLIGHT_PER_CENTRE leases run for one target. Messages on a blocked line stay.
    """
    with connection.cursor() as cursor:
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
    return [Lease(message_id, target) for message_id, _, _ in sorted(rows, key=lambda row: row[1:])]


# --- Deliveries -----------------------------------------------------------------------------------------


def _deliver_together(transport: Transport, ids: list[UUID]) -> bool:
    """All in one transaction; False when that did not work out, and then nothing has happened."""
    try:
        with transaction.atomic():
            if len(ids) > 1:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE_OF_A_BATCH])
            receipts = []
            for envelope, outcome in transport.deliver([take_from(message) for message in _locked(ids)]):
                if isinstance(outcome, Exception):
                    raise outcome
                receipts.append((envelope.message_id, outcome))
            _acknowledged(receipts)
    except Exception as error:
        if not connection.is_usable():
            raise
        log.info("a batch of %d goes message by message: %s", len(ids), describe(error))
        return False
    return True


def _deliver_alone(message_id: UUID) -> bool:
    """Whether it was delivered. What the database let down stays leased and keeps nobody else from trying."""
    try:
        return deliver(message_id) == Message.State.DELIVERED
    except (OperationalError, InterfaceError) as error:
        log.warning("delivery of %s interrupted: %s", message_id, describe(error))
        if not connection.is_usable():
            raise
        return False


def _deliver_there(transport: Transport, ids: list[UUID], *, until: float | None = None) -> int:
    """To a remote counterpart: no lock is held while it takes its time; outcomes are written as they come."""
    delivered, left = 0, set(ids)
    envelopes: list[Envelope] = []
    pending = Message.objects.filter(id__in=ids, state=Message.State.PENDING)
    for message in pending.order_by("case_id", "seq"):
        try:
            envelopes.append(take_from(message))
        except Exception as error:
            left.discard(message.id)
            _settle_there(message.id, error)
    for envelope, outcome in transport.deliver(envelopes):
        left.discard(envelope.message_id)
        delivered += _settle_there(envelope.message_id, outcome) == Message.State.DELIVERED
        if isinstance(outcome, Unreachable) or _is_past(until):
            break
    # Nobody was asked about these: as if they had not been leased.
    pending.filter(id__in=left).update(leased_until=None, attempts=F("attempts") - 1)
    return delivered


def _settle_there(message_id: UUID, outcome: Receipt | Exception) -> str | None:
    with transaction.atomic():
        message = (
            Message.objects.select_for_update().filter(id=message_id, state=Message.State.PENDING).first()
        )
        return _settle(message, outcome) if message else None


def _locked(ids: Iterable[UUID]) -> list[Message]:
    """Those of the messages that are pending and at which nobody else is, locked."""
    rows = Message.objects.select_for_update(skip_locked=True)
    return list(rows.filter(id__in=ids, state=Message.State.PENDING).order_by("case_id", "seq"))


def _outcome(transport: Transport, message: Message) -> Receipt | Exception:
    try:
        with transaction.atomic():  # undone alone, so that the refusal can be written down
            ((_, outcome),) = transport.deliver([take_from(message)])
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        return error
    return outcome


def _settle(message: Message, outcome: Receipt | Exception) -> str:
    """Write down what came of a locked message. Returns its state."""
    if isinstance(outcome, Receipt):
        _acknowledged([(message.id, outcome)])
        return Message.State.DELIVERED
    if isinstance(outcome, Unreachable):
        _unheard(message, outcome)
    else:
        _refused(message, outcome)
    return message.state


def _acknowledged(receipts: list[tuple[UUID, Receipt]]) -> None:
    """The receiver has them: their bodies leave."""
    with connection.cursor() as cursor:
        cursor.execute(
            _DELIVERED,
            [
                clock.now(),
                [message_id for message_id, _ in receipts],
                [canonical_json(receipt.as_json()) for _, receipt in receipts],
            ],
        )


def _unheard(message: Message, error: Unreachable) -> None:
    """Nobody's word: nothing is counted, and the running lease is the wait, cut to a minute."""
    message.last_error = describe(error)[:200]
    message.save(update_fields=["last_error"])
    with connection.cursor() as cursor:
        cursor.execute(_SHORTEN, [LONGEST_SILENCE_SECONDS, message.id])


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
    message.save(update_fields=["failures", "last_error", "due_at", "leased_until", "state"])


def _way_to(target: str) -> Transport:
    try:
        return transport_for(target)
    except NoRoute as error:
        return Nowhere(error)


_DUE: Final = """
m.state = 'pending' AND m.due_at <= clock_timestamp()
AND (m.leased_until IS NULL OR m.leased_until <= clock_timestamp())
AND NOT EXISTS (
    SELECT FROM exchange_caseline l
    WHERE l.case_id = m.case_id AND l.source = m.source AND l.target = m.target
      AND l.side = 'out' AND l.blocked_at IS NOT NULL)
AND NOT EXISTS (SELECT FROM centres_centre c WHERE c.code = m.target AND c.suspended_at IS NOT NULL)
"""
_TARGETS: Final = f"SELECT DISTINCT m.target FROM exchange_message m WHERE {_DUE} ORDER BY 1"  # noqa: S608
_WANTS: Final = f"""
SELECT %s::text WHERE EXISTS (SELECT FROM exchange_message m WHERE m.target = %s AND {_DUE})
"""  # noqa: S608  # no input but our own words
# Both halves walk a partial index of their own, so that a lease costs the same however many wait. It need not
# survive a crash of the database, so it does not wait for the disk.
_LEASE: Final = f"""
WITH soft AS (
    SELECT set_config('synchronous_commit', 'off', true) AS off
), flying AS (
    SELECT count(*) AS number FROM exchange_message
    WHERE state = 'pending' AND target = %(target)s AND leased_until > clock_timestamp()
), chosen AS (
    SELECT m.id FROM exchange_message m
    WHERE m.target = %(target)s AND {_DUE}
    ORDER BY m.case_id, m.seq
    LIMIT (SELECT greatest(least(%(limit)s, %(window)s - number), 0) FROM flying, soft WHERE soft.off = 'off')
    FOR UPDATE OF m SKIP LOCKED
)
UPDATE exchange_message m
SET attempts = attempts + 1,
    leased_until = clock_timestamp() + (1 + random() / 4) * interval '1 second'
        * least(%(longest)s, %(first)s * power(2, least(attempts, 20)))
FROM chosen WHERE m.id = chosen.id
RETURNING m.id, m.case_id, m.seq
"""  # noqa: S608  # no input but our own words
_DELIVERED: Final = """
UPDATE exchange_message m
SET state = 'delivered', body = NULL, leased_until = NULL, last_error = '', delivered_at = %s,
    receipt = heard.receipt::jsonb
FROM unnest(%s::uuid[], %s::text[]) AS heard (id, receipt)
WHERE m.id = heard.id AND m.state = 'pending'
"""
_SHORTEN: Final = """
UPDATE exchange_message SET leased_until = least(leased_until, clock_timestamp() + %s * interval '1 second')
WHERE id = %s
"""
