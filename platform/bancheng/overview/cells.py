"""Drill-down: counts by two dimensions of whatever the overview is narrowed by; never a case."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import F, Sum, TextChoices
from django.db.models.functions import TruncMonth

from bancheng.catalogue.words import Kind, Mode, Outcome, ReporterKind
from bancheng.overview.models import COUNTERS, Fact
from bancheng.overview.scope import CROSS, NONE, Scope
from bancheng.overview.selectors import cause_name, centre_choices, item_name
from bancheng.timekeeping.due import LEVELS

COLUMNS: Final = 12
"""More columns than these are summed into one: a table that nobody can read tells nothing."""

_NO_COUNTS: Final = ("trips_before", "months_before", "handling_days", "gross_days", "trips_after")
MEASURES: Final = tuple(name for name in COUNTERS if name not in _NO_COUNTS and not name.startswith("held_"))
"""The counters that may be looked at: how many or how often, no sums of days or trips."""

Narrow = Callable[[Scope, Any], Scope | None]


@dataclass(frozen=True)
class Dimension:
    """One way to tell facts apart: its word, where a fact has it, and what its values are called.

    `narrow` gives the scope of one value within another scope, None where it cannot be narrowed by it.
    `known` has the words of its values, in their order; `say` finds the word of any other value. With
    `ranked` those with most stand first.
    """

    label: str
    column: Any
    narrow: Narrow
    known: Callable[[], Mapping[Any, str]] = dict
    say: Callable[[Any], str] = str
    ranked: bool = False


@dataclass(frozen=True)
class Line:
    """A value of a dimension with its sum; `scope` is what to look at behind it. `code` None: the rest."""

    code: Any
    label: str
    total: int
    scope: Scope | None


@dataclass(frozen=True)
class Cells:
    """Counts by two dimensions. `cell(row, column)` is that of two lines; sums are of everything."""

    measure: str
    rows: list[Line]
    columns: list[Line]
    total: int
    counts: Mapping[tuple[Any, Any], int]

    def cell(self, row: Line, column: Line) -> int:
        """The count of the two lines."""
        if column.code is not None:
            return self.counts.get((row.code, column.code), 0)
        shown = {line.code for line in self.columns}
        return sum(
            count for (code, other), count in self.counts.items() if code == row.code and other not in shown
        )


def cells(scope: Scope, *, rows: str, columns: str, measure: str) -> Cells:
    """Counts of one counter by two dimensions (names of DIMENSIONS), empty lines left out. One query.

    Of the columns only the COLUMNS with most are told apart. Raises KeyError for an unknown name.
    """
    down, across = DIMENSIONS[rows], DIMENSIONS[columns]
    found = (
        scope.narrow(Fact.objects.all())
        .values(down=down.column, across=across.column)
        .annotate(amount=Sum(measure))
        .filter(amount__gt=0)
        .order_by()
    )
    counts = {(row["down"], row["across"]): row["amount"] for row in found}
    by_row, by_column = Counter[Any](), Counter[Any]()
    for (row, column), amount in counts.items():
        by_row[row] += amount
        by_column[column] += amount
    most = dict(sorted(by_column.items(), key=lambda pair: (-pair[1], str(pair[0])))[:COLUMNS])
    lines = _lines(across, most, scope)
    if rest := sum(by_column.values()) - sum(most.values()):
        lines.append(Line(None, f"其余 {len(by_column) - len(most)} 项", rest, None))
    return Cells(measure, _lines(down, by_row, scope), lines, sum(by_row.values()), counts)


def both(row: Line, column: Line, rows: str, columns: str) -> Scope | None:
    """The scope in which only the matters of the two lines lie; None where one of them narrows nothing.

    `rows` and `columns` are the dimensions' names, as given to `cells`.
    """
    if row.scope is None or column.scope is None:
        return None
    return DIMENSIONS[columns].narrow(row.scope, column.code)


def _lines(dimension: Dimension, sums: Mapping[Any, int], scope: Scope) -> list[Line]:
    known = dimension.known()
    places = {code: place for place, code in enumerate(known)}

    def place(code: Any) -> tuple[int, Any]:
        return (-sums[code] if dimension.ranked else places.get(code, len(places)), code)

    return [
        Line(code, known.get(code) or dimension.say(code), sums[code], dimension.narrow(scope, code))
        for code in sorted(sums, key=place)
    ]


# --- The dimensions ----------------------------------------------------------------------------------


def _month(scope: Scope, first: date) -> Scope:
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return replace(scope, since=max(scope.since, first), until=min(scope.until, last))


def _by(name: str) -> Narrow:
    return lambda scope, value: scope.having(name, NONE if value == "" else str(value))


def _crossing(name: str) -> Dimension:
    def narrow(scope: Scope, value: Any) -> Scope | None:
        return scope.having("cross", name) if value else None

    return Dimension(CROSS[name], F(f"cross_{name}"), narrow, lambda: {True: CROSS[name], False: "其他"})


def _of(choices: type[TextChoices]) -> Callable[[], dict[Any, str]]:
    return lambda: {value: str(label) for value, label in choices.choices}


DIMENSIONS: Final[dict[str, Dimension]] = {
    "month": Dimension("月份", TruncMonth("day"), _month, say=lambda first: f"{first:%Y-%m}"),
    "centre": Dimension("中心", F("centre"), _by("centre"), lambda: dict(centre_choices())),
    "item": Dimension("事项", F("item"), _by("item"), say=item_name, ranked=True),
    "cause": Dimension("主因", F("cause"), _by("cause"), say=cause_name, ranked=True),
    "kind": Dimension("类别", F("kind"), _by("kind"), _of(Kind)),
    "mode": Dimension("办理方式", F("mode"), _by("mode"), _of(Mode)),
    "level": Dimension(
        "难度等级",
        F("level"),
        _by("level"),
        lambda: {0: "尚未定级"} | {number: str(level) for number, level in LEVELS.items()},
    ),
    "reporter": Dimension("反映人类别", F("reporter"), _by("reporter"), _of(ReporterKind)),
    "outcome": Dimension("办理结果", F("outcome"), _by("outcome"), lambda: _of(Outcome)() | {"": "尚无结果"}),
    **{f"cross_{name}": _crossing(name) for name in CROSS},
}
"""By name as the address has them. The scheme is no column of a fact: it narrows, through its items."""
