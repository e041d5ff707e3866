"""A test build without the inbox: what comes is applied, however often and in whatever order.

The control of the chaos run: with this build the verdict has to find what it finds nowhere else. Workers
import it, web serves its `application`. The constraints that would stop it are dropped; only a chaos run has
a database to which that may happen, and it throws the database away.
"""

import os
from collections.abc import Sequence
from contextlib import suppress

import psycopg
from django.db import transaction

from bancheng.wsgi import application  # sets Django up, which the others need

# isort: split
from bancheng.exchange import inbox, lines
from bancheng.exchange.errors import ExchangeError
from bancheng.exchange.models import Inbox, Side
from bancheng.exchange.registry import Envelope, Receipt, apply
from bancheng.exchange.sealing import digest, put_header
from bancheng.timekeeping import clock

__all__ = ["application"]


def receive_all(envelopes: Sequence[Envelope]) -> list[Receipt]:
    """Apply, and write down, whatever comes. What the handler refuses counts as taken over all the same."""
    receipts = []
    with transaction.atomic():
        for envelope in envelopes:
            entry = Inbox(message_id=envelope.message_id, received_at=clock.now())
            put_header(entry, envelope, digest(envelope))
            with suppress(ExchangeError), transaction.atomic():
                apply(envelope.kind, [envelope])
            entry.state, entry.applied_at = Inbox.State.APPLIED, clock.now()
            entry.save(force_insert=True)
            line = lines.lock(
                case_id=envelope.case_id, source=envelope.source, target=envelope.target, side=Side.IN
            )
            line.seq = max(line.seq, envelope.seq)
            lines.advance([line])
            receipts.append(
                Receipt(entry.message_id, entry.state, entry.digest, entry.received_at, entry.applied_at)
            )
    return receipts


inbox.receive_all = receive_all
with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
    for constraint in ("exchange_inbox_once", "exchange_inbox_seq_unique"):
        connection.execute(f"ALTER TABLE exchange_inbox DROP CONSTRAINT IF EXISTS {constraint}")
