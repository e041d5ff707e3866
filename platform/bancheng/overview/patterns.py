"""Where matters got stuck: by item, cause and kind, and in whose hands their time went; out of one query."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from django.db.models import Q, Sum

from bancheng.catalogue.words import Kind
from bancheng.overview.models import Fact
from bancheng.overview.scope import CROSS, NONE, Scope
from bancheng.overview.selectors import Row, cause_name, item_name
from bancheng.web.words import FEW

HANDS: Final = {
    "window": "窗口",
    "department": "部门",
    "centre": "其他中心",
    "outside": "外部单位",
    "reporter": "反映人",
}
"""Whose hands time may be in: the counter is `held_<name>`, in minutes of working time."""

WORKING_DAY: Final = 9 * 60
"""Minutes of a working day (08:30 to 17:30), as wherever time in hands is told."""

_COUNTED: Final = (
    "accepted",
    "accepted_closed",
    "resolved",
    "resolved_on_time",
    *(f"held_{name}" for name in HANDS),
)


@dataclass(frozen=True)
class Patterns:
    """Matters by item, by principal cause and by kind: those with most accepted first, kinds in their order.

    `resolved` are the items again, those with most resolved first: accepted before the period, perhaps.
    `cells` has the accepted ones of each item and cause, `crossing` those that go beyond a department, level
    or region (keys of CROSS), `all` everything together.
    """

    items: list[Row]
    causes: list[Row]
    kinds: list[Row]
    resolved: list[Row]
    cells: Mapping[tuple[str, str], int]
    crossing: Mapping[str, int]
    all: Row


@dataclass(frozen=True)
class Hands:
    """How long resolved matters were in each pair of hands: working days for one matter, on average.

    `days` is empty of fewer than FEW: the mean of so few says more about chance than about work.
    """

    code: str
    label: str
    resolved: int
    days: Mapping[str, float]


def patterns(scope: Scope) -> Patterns:
    """One query, whatever is in it."""
    items: dict[str, Counter[str]] = {}
    causes: dict[str, Counter[str]] = {}
    kinds: dict[str, Counter[str]] = {}
    cells: Counter[tuple[str, str]] = Counter()
    everything: Counter[str] = Counter(_NOTHING)
    crossing: Counter[str] = Counter(dict.fromkeys(CROSS, 0))
    across = {
        f"across_{name}": Sum("accepted", filter=Q(**{f"cross_{name}": True}), default=0) for name in CROSS
    }  # before the sum that takes the column's name
    sums = across | {name: Sum(name, default=0) for name in _COUNTED}
    rows = scope.narrow(Fact.objects.all()).values("item", "cause", "kind").annotate(**sums).order_by()
    for row in rows:
        counts = {name: row[name] for name in _COUNTED}
        for groups, dimension in ((items, "item"), (causes, "cause"), (kinds, "kind")):
            groups.setdefault(row[dimension], Counter(_NOTHING)).update(counts)
        cells[row["item"], row["cause"]] += row["accepted"]
        crossing.update({name: row[f"across_{name}"] for name in CROSS})
        everything.update(counts)
    by_item = [
        Row(code, item_name(code), counts, replace(scope, item=code)) for code, counts in items.items()
    ]
    by_cause = [
        Row(code, cause_name(code), counts, replace(scope, cause=code or NONE))
        for code, counts in causes.items()
    ]
    return Patterns(
        items=_ranked(by_item, "accepted"),
        causes=_ranked(by_cause, "accepted"),
        resolved=_ranked(by_item, "resolved"),
        kinds=[
            Row(kind.value, str(kind.label), kinds.get(kind.value, _NOTHING), replace(scope, kind=kind.value))
            for kind in Kind
        ],
        cells=cells,
        crossing=crossing,
        all=Row("", "全部", everything, scope),
    )


def hands(row: Row) -> Hands:
    """Whose hands the time of the row's resolved matters went through."""
    resolved = row.counts["resolved"]
    if resolved < FEW:
        return Hands(row.code, row.label, resolved, {})
    days = {name: row.counts[f"held_{name}"] / WORKING_DAY / resolved for name in HANDS}
    return Hands(row.code, row.label, resolved, days)


_NOTHING: Final = dict.fromkeys(_COUNTED, 0)


def _ranked(rows: list[Row], name: str) -> list[Row]:
    return sorted((row for row in rows if row.counts[name]), key=lambda row: (-row.counts[name], row.code))
