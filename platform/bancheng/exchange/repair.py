"""What a person does about a message that was given up."""

from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from bancheng.celery import hint
from bancheng.centres.scope import in_centre
from bancheng.errors import Conflict, NotFound
from bancheng.exchange import lines
from bancheng.exchange.models import Inbox, Message
from bancheng.identity.actors import Actor
from bancheng.privacy import audit


def replay(message_id: UUID, *, actor: Actor) -> None:
    """Put a dead message back where it died, with a clean count, and let its line move again.

    The centre on whose side it died keeps it in its audit trail. Raises NotFound for an unknown id,
    Conflict for a message that is not dead.
    """
    with transaction.atomic():
        row = _dead(message_id)
        if isinstance(row, Message):
            row.state, row.attempts, row.leased_until = Message.State.PENDING, 0, None
        else:
            row.state = Inbox.State.HELD
        row.failures, row.due_at = 0, Now()
        row.save()
        lines.unblock(row)
        with in_centre(row.source if isinstance(row, Message) else row.target, allow_suspended=True):
            audit.record(
                actor=actor,
                act="exchange.replay",
                subject=("exchange.message", str(row.message_id)),
                kind=row.kind,
                error=row.last_error,
            )
        if isinstance(row, Message):
            hint("exchange.deliver", once=True, target=row.target)
        else:
            hint("exchange.drain", centre=row.target, case_id=str(row.case_id), source=row.source)


def _dead(message_id: UUID) -> Message | Inbox:
    """The row, locked in the order of those who work on it: a message before its line, an arrival after."""
    message = Message.objects.select_for_update().filter(id=message_id).first()
    if message is not None and message.state == Message.State.DEAD:
        return message
    arrival = Inbox.objects.filter(message_id=message_id).first()
    if arrival is not None:
        lines.end_of(arrival)
        arrival.refresh_from_db()
        if arrival.state == Inbox.State.DEAD:
            return arrival
    if message is None and arrival is None:
        raise NotFound("没有这条消息，请核对编号。")
    raise Conflict("这条消息没有停办，不需要重新投递。")
