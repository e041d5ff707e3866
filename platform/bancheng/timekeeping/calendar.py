"""Which days offices work: the published table, and where there is none the law's own holidays."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from hashlib import blake2b

from bancheng.remembered import Remembered
from bancheng.timekeeping import statutory
from bancheng.timekeeping.models import CalendarDay, DayKind

PROVISIONAL_NOTE = "日历未公布，暂按周一至周五测算"


@dataclass(frozen=True)
class WorkingCalendar:
    """An unchanging working calendar; `published` says of each day in the table whether it is worked.

    A day that is not in the table counts as worked from Monday to Friday unless the law names it a holiday.
    No date makes any method raise; at the end of Python's calendar counting simply stops.
    """

    published: Mapping[date, bool] = field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        """16 characters that change whenever a day of the table does: by which calendar was it reckoned?"""
        days = "".join(f"{day}{worked:d}" for day, worked in sorted(self.published.items()))
        return blake2b(days.encode(), digest_size=8).hexdigest()

    def is_workday(self, day: date) -> bool:
        """Whether offices are open on `day`."""
        known = self.published.get(day)
        if known is not None:
            return known
        return day.weekday() < 5 and day not in statutory.holidays(day.year)

    def is_published(self, day: date) -> bool:
        """Whether the State Council's arrangement for `day` is in the table."""
        return day in self.published

    def add(self, day: date, working_days: int) -> date:
        """The n-th working day after `day`; `day` itself for 0. Raises ValueError for a negative number."""
        if working_days < 0:
            raise ValueError("working days cannot be negative")
        while working_days and day != date.max:
            day += timedelta(days=1)
            working_days -= self.is_workday(day)
        return day

    def between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` is the earlier."""
        if end < start:
            return -self.between(end, start)
        days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
        return sum(self.is_workday(day) for day in days)

    def provisional(self, until: date, since: date | None = None) -> bool:
        """Whether `until`, or any day after `since` up to it, is not published: show `PROVISIONAL_NOTE`."""
        start = min(since or until, until)
        days = (until - timedelta(days=n) for n in range(max((until - start).days, 1)))
        return not all(self.is_published(day) for day in days)


def current() -> WorkingCalendar:
    """The calendar of the table, one query a minute and process."""
    return _remembered.get()


def forget() -> None:
    """Read the table again at the next `current`; call it after changing the table."""
    _remembered.forget()


def _read() -> WorkingCalendar:
    rows = CalendarDay.objects.values_list("date", "kind")
    return WorkingCalendar({day: DayKind(kind).is_workday for day, kind in rows})


_remembered = Remembered(_read)
