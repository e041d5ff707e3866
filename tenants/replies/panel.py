"""What the reporter was told and what they said, as the matter's page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tenants.matters.models import Matter
from tenants.matters.panels import Part, register
from tenants.replies.models import Callback, Reply


@dataclass(frozen=True)
class Word:
    """A reply or a callback, whichever it is."""

    at: datetime
    reply: Reply | None = None
    callback: Callback | None = None


def words(matter: Matter) -> Sequence[Word]:
    """Replies and callbacks together, newest first; two queries."""
    replies = [Word(row.at, reply=row) for row in Reply.objects.filter(matter=matter).select_related("by")]
    callbacks = [
        Word(row.at, callback=row) for row in Callback.objects.filter(matter=matter).select_related("by")
    ]
    return sorted([*replies, *callbacks], key=lambda word: word.at, reverse=True)


register(
    Part(
        "words",
        "replies",
        "答复与回访",
        "replies/panel.html",
        words,
        counted=Reply,
        acts=frozenset({"call_back"}),
    )
)
