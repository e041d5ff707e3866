"""What the reporter was told, what they said, and what came of it, as the matter's page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from bancheng.identity.actors import Actor
from bancheng.identity.permissions import allowed
from bancheng.timekeeping import clock
from tenants.matters.models import Matter
from tenants.matters.panels import Link, Part, register
from tenants.matters.states import State
from tenants.replies.models import Callback, Rating, Rectification, Reply, Retrospective, Thanks


@dataclass(frozen=True)
class Word:
    """A reply or a callback, whichever it is."""

    at: datetime
    reply: Reply | None = None
    callback: Callback | None = None


@dataclass(frozen=True)
class RectificationRow:
    """A rectification, and whether its day has passed."""

    row: Rectification
    overdue: bool


def words(matter: Matter) -> Sequence[Word]:
    """Replies, with the messages that told of them, and callbacks together, newest first; two queries."""
    rows = Reply.objects.filter(matter=matter).select_related("by", "sms")
    replies = [Word(row.at, reply=row) for row in rows]
    callbacks = [
        Word(row.at, callback=row) for row in Callback.objects.filter(matter=matter).select_related("by")
    ]
    return sorted([*replies, *callbacks], key=lambda word: word.at, reverse=True)


def ratings(matter: Matter) -> Sequence[Rating]:
    """Newest first; one query."""
    return list(Rating.objects.filter(matter=matter).select_related("by"))


def rectifications(matter: Matter) -> Sequence[RectificationRow]:
    """Newest first; one query."""
    today = clock.today()
    rows = Rectification.objects.filter(matter=matter).select_related("closed_by", "rating")
    return [RectificationRow(row, row.closed_at is None and row.due_on < today) for row in rows]


def thanks(matter: Matter) -> Sequence[Thanks]:
    """Newest first; one query."""
    return list(Thanks.objects.filter(matter=matter).select_related("by"))


def retrospectives(matter: Matter) -> Sequence[Retrospective]:
    """Newest first; one query."""
    return list(Retrospective.objects.filter(matter=matter).select_related("by"))


def _device(matter: Matter, actor: Actor) -> Sequence[Link]:
    answered = matter.state in (State.REPLIED, State.CLOSED) and not matter.came_by_referral
    if not answered or not allowed(actor, "matter.reply"):
        return ()
    return (Link("窗口评价器", reverse("rate_here", args=[matter.pk]), "star"),)


def _nothing_to_rectify(matter: Matter, actor: Actor) -> str | None:
    has = matter.rectifications.filter(closed_at=None).exists()
    return None if has else "此件没有待整改的评价。"


register(
    Part(
        "words",
        "replies",
        "答复与回访",
        "replies/panel.html",
        words,
        counted=Reply,
        links=_device,
        acts=frozenset({"call_back", "record_rating"}),
    )
)
register(Part("ratings", "replies", "评价", "replies/parts/ratings.html", ratings, counted=Rating))
register(
    Part(
        "rectifications",
        "replies",
        "整改",
        "replies/parts/rectifications.html",
        rectifications,
        counted=Rectification,
        acts=frozenset({"rectify"}),
        obstacle=_nothing_to_rectify,
    )
)
register(Part("thanks", "replies", "锦旗感谢", "replies/parts/thanks.html", thanks, counted=Thanks))
register(
    Part(
        "retrospectives",
        "replies",
        "复盘",
        "replies/parts/retrospectives.html",
        retrospectives,
        counted=Retrospective,
    )
)
