"""A message kind of the tests' own, `test.note`: its effect is a row that says what was applied, and where.

Workers of the fault tests import this module, too: importing it registers the handler.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models.functions import Now

from bancheng.centres.scope import in_centre
from bancheng.exchange import outbox, registry
from bancheng.exchange.models import Inbox, Message
from bancheng.exchange.registry import Envelope

KIND = "test.note"


class Note(NamedTuple):
    """One effect of one message. `schema` is what the database said where it was applied."""

    schema: str
    case_id: UUID
    source: str
    target: str
    seq: int
    text: str


class Refusal(Exception):
    """What the handler raises for a text in `refused`, after it has written its row."""


refused: set[str] = set()


@registry.handler(KIND)
def write_note(envelope: Envelope) -> None:
    text = str(envelope.body["text"])
    with connection.cursor() as cursor:
        if pause := envelope.body.get("milliseconds"):
            cursor.execute("SELECT pg_sleep(%s / 1000.0)", [pause])
        cursor.execute(
            "INSERT INTO public.test_note (schema, case_id, source, target, seq, text)"
            " VALUES (current_schema(), %s, %s, %s, %s, %s)",
            [envelope.case_id, envelope.source, envelope.target, envelope.seq, text],
        )
    if text in refused:
        raise Refusal(f"{text} 130726199001010027")


@contextmanager
def book() -> Iterator[None]:
    """The table of the notes, for one test."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE public.test_note (id bigserial PRIMARY KEY, schema text, case_id uuid, source text,"
            " target text, seq int, text text)"
        )
    try:
        yield
    finally:
        refused.clear()
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("DROP TABLE IF EXISTS public.test_note")


def written() -> list[Note]:
    """All effects, in the order in which they were applied."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT schema, case_id, source, target, seq, text FROM public.test_note ORDER BY id")
        return [Note(*row) for row in cursor.fetchall()]


def texts() -> list[str]:
    """What was written, in order."""
    return [note.text for note in written()]


def post_note(
    case_id: UUID,
    text: str,
    *,
    source: str = "130722",
    target: str = "130700",
    milliseconds: int = 0,
    **header: Any,
) -> Message:
    """Post a note of `source` to `target` in a transaction of its own; applying it takes so long."""
    with in_centre(source), transaction.atomic():
        return outbox.post(
            case_id=case_id,
            source=source,
            target=target,
            kind=KIND,
            header=header,
            body={"text": text} | ({"milliseconds": milliseconds} if milliseconds else {}),
        )


def end_waiting() -> None:
    """As if every lease and every wait had run out."""
    past = Now() - timedelta(seconds=1)
    Message.objects.filter(leased_until__isnull=False).update(leased_until=past)
    Message.objects.update(due_at=past)
    Inbox.objects.update(due_at=past)
