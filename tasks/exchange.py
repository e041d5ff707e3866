"""Moving messages between centres: sweep what is due, deliver it, drain what was held."""

import logging
from itertools import groupby
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection

from bancheng.celery import app, hint
from bancheng.exchange import dispatch, inbox
from bancheng.exchange.errors import describe
from tasks.base import PublicTask, TenantTask

MESSAGES_PER_TASK = 20

log = logging.getLogger(__name__)


@app.task(name="exchange.sweep", base=PublicTask)
def sweep(target: str | None = None) -> None:
    """Lease what is due and hand it out by ids. A hand-out that is lost comes back when its lease ends."""
    for centre, leases in groupby(dispatch.lease_due(target=target), key=lambda lease: lease.target):
        ids = [str(lease.message_id) for lease in leases]
        for start in range(0, len(ids), MESSAGES_PER_TASK):
            hint("exchange.deliver", centre=centre, message_ids=ids[start : start + MESSAGES_PER_TASK])
    for held in inbox.next_held(target=target):
        hint("exchange.drain", centre=held.target, case_id=str(held.case_id), source=held.source)


@app.task(name="exchange.deliver", base=TenantTask)
def deliver(*, centre: str, message_ids: list[str]) -> None:
    """Deliver these messages to `centre`, each in its own transaction, and look for more when done.

    A message that fails does not keep the next from trying; one that the database let down stays leased.
    """
    for message_id in message_ids:
        try:
            dispatch.deliver(UUID(message_id))
        except (OperationalError, InterfaceError) as error:
            log.warning("delivery of %s interrupted: %s", message_id, describe(error))
            if not connection.is_usable():
                return
    hint("exchange.sweep", target=centre)


@app.task(name="exchange.drain", base=TenantTask)
def drain(*, centre: str, case_id: str, source: str) -> None:
    """Apply what `centre` holds of this line, now that its turn has come."""
    inbox.drain(case_id=UUID(case_id), source=source, target=centre)
