"""Who refers to whom: the referrals sent in a period, by their headers on the board."""

from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Max, Q

from bancheng.overview.board import UNDER_WAY
from bancheng.overview.models import BoardCase
from bancheng.overview.scope import Scope
from bancheng.overview.units import short_names
from bancheng.timekeeping import clock

ANSWERABLE: Final = frozenset({"centre", "item", "scheme", "level"})
"""What flows can be narrowed by: a header on the board knows no kind, no cause, no reporter."""


@dataclass(frozen=True)
class Flow:
    """The referrals of one unit to another; `way` is a key of `board.WAYS`."""

    source: str
    source_label: str
    target: str
    target_label: str
    way: str
    sent: int
    under_way: int
    answered: int
    returned: int


def flows(scope: Scope) -> list[Flow] | None:
    """Those sent in the period, most frequent first; with a centre those from it and to it. Two queries.

    A referral counts by the day on which it was last sent. None where the scope asks for what no header
    tells.
    """
    if not scope.narrowed.keys() <= ANSWERABLE:
        return None
    found = BoardCase.objects.filter(
        sent_at__gte=clock.start_of(scope.since), sent_at__lt=clock.end_of(scope.until)
    )
    if scope.centre:
        found = found.filter(Q(source=scope.centre) | Q(target=scope.centre))
    if scope.item:
        found = found.filter(item=scope.item)
    if scope.scheme:
        found = found.filter(item__in=scope.items)
    if scope.level:
        found = found.filter(level=int(scope.level))
    short = short_names()
    rows = (
        found.values("source", "target", "way")
        .annotate(
            source_label=Max("source_name"),
            target_label=Max("target_name"),
            sent=Count("pk"),
            under_way=Count("pk", filter=Q(state__in=UNDER_WAY)),
            answered=Count("pk", filter=Q(answered_at__isnull=False)),
            returned=Count("pk", filter=Q(state="returned")),
        )
        .order_by("-sent", "source", "target", "way")
    )
    return [
        Flow(
            **row
            | {
                "source_label": short.get(row["source"], row["source_label"]),
                "target_label": short.get(row["target"], row["target_label"]),
            }
        )
        for row in rows
    ]
