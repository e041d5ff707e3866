"""What the trend shows: the months of a period, and the measures that took effect in them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from bancheng.overview.models import CityDay, ConsultationFact, Fact, MeasureMark
from bancheng.overview.scope import NONE, Scope


@dataclass(frozen=True)
class Month:
    """One month of the trend; the first and last may be cut by the period.

    `consultations` is None where the scope asks for what consultations do not have, such as a level.
    """

    first: date
    registered: int
    accepted: int
    closed: int
    consultations: int | None

    @property
    def label(self) -> str:
        return f"{self.first:%Y-%m}"


_COUNTED: Final = {"registered": "registered", "accepted": "accepted", "closed": "closed"}


def months(scope: Scope) -> list[Month]:
    """Month by month from the first to the last of the scope, empty ones too.

    Of the whole city one query of its sums, a row a day; otherwise two of the facts.
    """
    if scope.whole_city:
        done = _by_month(scope.narrow(CityDay.objects.all()), **_COUNTED, consultations="consultations")
        return [_month(first, done, done) for first in firsts(scope)]
    done = _by_month(scope.narrow(Fact.objects.all()), **_COUNTED)
    if not scope.answered_by(ConsultationFact):
        return [_month(first, done, None) for first in firsts(scope)]
    asked = _by_month(scope.narrow(ConsultationFact.objects.all()), consultations="count")
    return [_month(first, done, asked) for first in firsts(scope)]


def marks(scope: Scope) -> QuerySet[MeasureMark]:
    """The measures that took effect in the period and touch what is looked at, in the order of their days.

    A measure of the city (`centre` "") touches every centre, one of no item or cause every one of them.
    """
    found = MeasureMark.objects.filter(from_on__gte=scope.since, from_on__lte=scope.until)
    if scope.centre:
        found = found.filter(centre__in=("", scope.centre))
    if scope.item:
        found = found.filter(item__in=("", scope.item))
    if scope.scheme:
        found = found.filter(Q(item="") | Q(item__in=scope.items))
    if scope.cause and scope.cause != NONE:
        found = found.filter(cause__in=("", scope.cause))
    return found.order_by("from_on", "id")


def firsts(scope: Scope) -> Iterator[date]:
    """The first days of the months that the period touches."""
    first, last = (day.year * 12 + day.month - 1 for day in (scope.since, scope.until))
    return (date(month // 12, month % 12 + 1, 1) for month in range(first, last + 1))


def _by_month(rows: QuerySet[Any], **columns: str) -> dict[date, dict[str, int]]:
    sums = {f"sum_{name}": Sum(column) for name, column in columns.items()}
    found = rows.values(month=TruncMonth("day")).annotate(**sums).order_by()
    return {row["month"]: {name: row[f"sum_{name}"] for name in columns} for row in found}


def _month(first: date, done: dict[date, dict[str, int]], asked: dict[date, dict[str, int]] | None) -> Month:
    counts = {name: done.get(first, {}).get(name, 0) for name in _COUNTED}
    consultations = None if asked is None else asked.get(first, {}).get("consultations", 0)
    return Month(first, **counts, consultations=consultations)
