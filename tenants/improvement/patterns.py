"""Counting the matters of a pattern (item × principal cause) by the day on which they were registered.

Every matter registered counts, however it ended, as in the overview: it stood at the window.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, DateField, Min
from django.db.models.functions import TruncMonth

from bancheng.identity.actors import Actor
from bancheng.tenancy import TenantQuerySet
from bancheng.timekeeping import clock
from tenants.matters import selectors as matters
from tenants.matters.models import Matter, MatterCause

Pattern = tuple[str, str]
"""The code of an item and that of a principal cause."""


@dataclass(frozen=True)
class Month:
    """How many matters of a pattern were registered in the month that begins on `first`."""

    first: date
    count: int

    @property
    def label(self) -> str:
        return f"{self.first:%Y-%m}"


def counts(days: int, *, only: Pattern | None = None, since: date | None = None) -> Counter[Pattern]:
    """How many matters each pattern had in the last `days` days, today included; one query.

    `since` cuts that off where it is later.
    """
    first = clock.today() - timedelta(days=days - 1)
    rows = _registered(max(first, since or first), _tomorrow(), only)
    found = rows.values_list("matter__item_code", "code").annotate(number=Count("pk")).order_by()
    return Counter({(item, cause): number for item, cause, number in found})


def count(pattern: Pattern, since: date, until: date) -> int:
    """How many matters of the pattern were registered from `since` on and before `until`."""
    return _registered(since, until, pattern).count()


def recorded_since() -> date | None:
    """The day of the first matter of this centre: before it nothing is known, which is not nothing."""
    first = Matter.objects.aggregate(first=Min("registered_at"))["first"]
    return clock.local(first).date() if first else None


def months(pattern: Pattern, since: date) -> list[Month]:
    """Month by month up to today, empty ones too, from the one with `since` in it on."""
    found = dict(
        _registered(since.replace(day=1), _tomorrow(), pattern)
        .annotate(month=TruncMonth("matter__registered_at", tzinfo=clock.SHANGHAI, output_field=DateField()))
        .values_list("month")
        .annotate(number=Count("pk"))
        .order_by()
    )
    first, last = (day.year * 12 + day.month - 1 for day in (since, clock.today()))
    firsts = (date(month // 12, month % 12 + 1, 1) for month in range(first, last + 1))
    return [Month(each, found.get(each, 0)) for each in firsts]


def matters_of(actor: Actor, pattern: Pattern) -> TenantQuerySet[Matter]:
    """The matters of the pattern that this person may see, newest first."""
    item, cause = pattern
    rows = matters.visible_to(actor).filter(item_code=item, causes__code=cause, causes__principal=True)
    return rows.order_by("-registered_at", "-id")


def _registered(since: date, until: date, only: Pattern | None = None) -> TenantQuerySet[MatterCause]:
    """The principal causes of the matters registered from `since` on and before `until`; one each at most."""
    rows: TenantQuerySet[MatterCause] = MatterCause.objects.filter(
        principal=True,
        matter__registered_at__gte=clock.start_of(since),
        matter__registered_at__lt=clock.start_of(until),
    )
    return rows.filter(matter__item_code=only[0], code=only[1]) if only else rows


def _tomorrow() -> date:
    return clock.today() + timedelta(days=1)
