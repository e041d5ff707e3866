"""What the city sees of centres' problems: how many stand where, and each by its codes, dates and counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import Case, Count, When

from bancheng.overview.models import ProblemCard, ProblemState
from bancheng.overview.scope import NONE, Scope
from bancheng.overview.selectors import cause_name, item_name
from bancheng.overview.units import short_names

SHOWN: Final = 20
_SEEN: Final = (
    ProblemState.TRIAL,
    ProblemState.ROUTINE,
    ProblemState.MEASURED,
    ProblemState.OPEN,
    ProblemState.PROPOSED,
    ProblemState.MET,
)
"""The order in which problems are listed: where something is being done first, what is settled last."""


@dataclass(frozen=True)
class Line:
    """A problem in a list."""

    card: ProblemCard
    centre: str
    item: str
    cause: str


@dataclass(frozen=True)
class Problems:
    """The problems of the scope: how many in each state (its word), and the first SHOWN of them."""

    states: Mapping[str, int]
    total: int
    lines: list[Line]


def problems(scope: Scope) -> Problems:
    """Those of the scope's centre, item and cause, whenever they were opened; dismissed ones left out."""
    found = ProblemCard.objects.filter(state__in=_SEEN)
    if scope.centre:
        found = found.filter(centre=scope.centre)
    if scope.item:
        found = found.filter(item=scope.item)
    if scope.scheme:
        found = found.filter(item__in=scope.items)
    if scope.cause and scope.cause != NONE:
        found = found.filter(cause=scope.cause)
    counted = dict(found.values_list("state").annotate(Count("pk")).order_by())
    place = Case(*(When(state=state, then=number) for number, state in enumerate(_SEEN)))
    cards = list(found.order_by(place, "centre", "number")[:SHOWN])
    short = short_names() if cards else {}
    return Problems(
        states={str(state.label): counted.get(state.value, 0) for state in ProblemState if state in _SEEN},
        total=sum(counted.values()),
        lines=[
            Line(card, short.get(card.centre, card.centre), item_name(card.item), cause_name(card.cause))
            for card in cards
        ],
    )
