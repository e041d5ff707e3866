"""What was counted month by month and centre by centre: read once, asked many times."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final

from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import TruncMonth

from bancheng.centres.models import Centre
from bancheng.centres.models import Kind as CentreKind
from bancheng.overview.index import months
from bancheng.overview.models import CityDay, ConsultationFact, ElsewhereCount, Fact, ZeroReport
from bancheng.timekeeping import clock

WINDOW: Final = 3
"""Months of which the inflow is counted."""

Cell = tuple[str, date]
"""A centre's code and a month."""


@dataclass(frozen=True)
class Unit:
    """A centre, and from when to when its window was there."""

    code: str
    label: str
    opened: date
    suspended: date | None = None

    def counts_in(self, month: date) -> bool:
        """House rule: a month counts for a centre whose window was there for the whole of it."""
        return self.opened <= month and (self.suspended is None or self.suspended > months.last_day(month))


def units(codes: Sequence[str] | None = None) -> list[Unit]:
    """The centres of these codes, or all, in the order of the registry. One query.

    A window was there from the first day on which its centre counted anything, at the latest from the day
    on which the centre was added.
    """
    first = Fact.objects.filter(centre=OuterRef("code")).order_by("day").values("day")[:1]
    asked = ConsultationFact.objects.filter(centre=OuterRef("code")).order_by("day").values("day")[:1]
    found = Centre.objects.filter(kind=CentreKind.CENTRE).annotate(
        first=Subquery(first), asked=Subquery(asked)
    )
    if codes is not None:
        found = found.filter(code__in=codes)
    return [
        Unit(
            centre.code,
            centre.short_name,
            opened=min(
                day for day in (_day(centre.created_at), centre.first, centre.asked) if day is not None
            ),
            suspended=_day(centre.suspended_at) if centre.suspended_at else None,
        )
        for centre in found
    ]


class Record:
    """The months from `since` to `until` of one centre or of all (""); each part is a query, when asked.

    With them is read what they are compared with: the WINDOW that ends with the first of them, and of what
    is noted by the month the WINDOW before it.
    """

    def __init__(self, since: date, until: date, centre: str = "") -> None:
        self.since, self.until, self.centre = since, until, centre

    @cached_property
    def units(self) -> list[Unit]:
        return units([self.centre] if self.centre else None)

    @cached_property
    def registered(self) -> Mapping[Cell, int]:
        """Matters registered, by centre and month; cells without any are left out."""
        rows = self._of_days(Fact.objects.filter(registered__gt=0))
        return _cells(rows.values_list("centre", TruncMonth("day")).annotate(Sum("registered")).order_by())

    @cached_property
    def consultations(self) -> Mapping[Cell, int]:
        """Consultations, likewise."""
        rows = self._of_days(ConsultationFact.objects.filter(count__gt=0))
        return _cells(rows.values_list("centre", TruncMonth("day")).annotate(Sum("count")).order_by())

    @cached_property
    def reports(self) -> Mapping[Cell, datetime]:
        """When zero reports were filed."""
        rows = self._of_months(ZeroReport.objects.all()).values_list("centre", "month", "filed_at")
        return {(code, month): at for code, month, at in rows}

    @cached_property
    def elsewhere(self) -> Mapping[Cell, int]:
        """Complaints that came in elsewhere; a cell that nobody recorded is left out, zero is not."""
        return _cells(self._of_months(ElsewhereCount.objects.all()).values_list("centre", "month", "count"))

    @cached_property
    def by_month(self) -> Mapping[date, tuple[int, int]]:
        """Registered and repeated of the whole scope, of every month there ever was up to `until`."""
        rows: QuerySet[Any] = CityDay.objects.all()
        if self.centre:
            rows = Fact.objects.filter(centre=self.centre)
        rows = rows.filter(day__lte=months.last_day(self.until))
        found = rows.values_list(TruncMonth("day")).annotate(Sum("registered"), Sum("repeated")).order_by()
        return {month: (registered, repeated) for month, registered, repeated in found}

    def came(self, month: date) -> tuple[int, int]:
        """Registered and repeated in the WINDOW of months up to this one."""
        window = [self.by_month.get(each, (0, 0)) for each in months.until(month, WINDOW)]
        return sum(came for came, _ in window), sum(again for _, again in window)

    def peak(self, month: date) -> int:
        """The most that came in any WINDOW of months in a row up to this one."""
        most, end = 0, month
        while end >= min(self.by_month, default=month):
            most = max(most, self.came(end)[0])
            end = months.back(end, 1)
        return most

    def lacking(self, cells: Mapping[Cell, Any], wanted: Sequence[date]) -> dict[str, list[date]]:
        """By a centre's name, the wanted months that count for it and that the cells do not have."""
        return {
            unit.label: missing
            for unit in self.units
            if (
                missing := [
                    month for month in wanted if unit.counts_in(month) and (unit.code, month) not in cells
                ]
            )
        }

    def _of_days(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        since = months.back(self.since, WINDOW - 1)
        rows = rows.filter(day__gte=since, day__lte=months.last_day(self.until))
        return rows.filter(centre=self.centre) if self.centre else rows

    def _of_months(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        since = months.back(self.since, 2 * WINDOW - 1)
        rows = rows.filter(month__gte=since, month__lte=self.until)
        return rows.filter(centre=self.centre) if self.centre else rows


def _cells(rows: Any) -> dict[Cell, int]:
    sums: Counter[Cell] = Counter()
    for code, month, amount in rows:
        sums[code, month] += amount
    return dict(sums)


def _day(at: datetime) -> date:
    return clock.local(at).date()
