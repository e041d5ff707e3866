"""The locks of the exchange, all in one place: one row for each end of a line."""

import logging
from uuid import UUID

from django.db import transaction

from bancheng.exchange.errors import describe
from bancheng.exchange.models import CaseLine, Inbox, Message, Side
from bancheng.exchange.registry import DeadLetter, alarms
from bancheng.timekeeping import clock

log = logging.getLogger(__name__)


def lock(*, case_id: UUID, source: str, target: str, side: Side) -> CaseLine:
    """This end of the line, locked until the transaction ends; made on the first call."""
    end = {"case_id": case_id, "source": source, "target": target, "side": side}
    locked = CaseLine.objects.select_for_update().filter(**end)
    line = locked.first()
    if line is None:
        CaseLine.objects.bulk_create([CaseLine(**end)], ignore_conflicts=True)
        line = locked.get()
    return line


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
