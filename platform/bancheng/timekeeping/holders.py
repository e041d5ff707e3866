"""In whose hands the time went: the moments at which a matter changed hands, drawn out into spans.

Working time is what falls between 08:30 and 17:30 of a working day, the midday break not deducted; nine
such hours are one working day. What happens at night or on a rest day costs nobody working time, but it is
still somebody's span.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import TextChoices

from bancheng.timekeeping.calendar import WorkingCalendar
from bancheng.timekeeping.clock import SHANGHAI, local
from bancheng.timekeeping.due import BUSINESS_CLOSES, BUSINESS_OPENS


class Holder(TextChoices):
    """Whoever has the next move; every minute has exactly one."""

    WINDOW = "window", "窗口"
    DEPARTMENT = "department", "部门"
    OTHER_CENTRE = "other_centre", "其他中心"
    OUTSIDE = "outside", "外部单位"
    REPORTER = "reporter", "反映人"


@dataclass(frozen=True)
class Point:
    """From `moment` on it is in the hands of `holder`, shown as `label` (the department's or centre's
    name).
    """

    moment: datetime
    holder: Holder
    label: str


@dataclass(frozen=True)
class Span:
    """An unbroken stretch in one pair of hands, from `start` up to but not including `end`."""

    holder: Holder
    label: str
    start: datetime
    end: datetime
    working: timedelta
    share: float
    """Part of all working time, 0 to 1; when nothing fell into working hours, part of the time on the wall.
    """

    @property
    def working_days(self) -> float:
        """Working time in days of nine hours, to one decimal."""
        return round(self.working / _WORKING_DAY, 1)


def spans(points: Iterable[Point], until: datetime, calendar: WorkingCalendar) -> list[Span]:
    """The time from the first point to `until` as spans without gap or overlap, oldest first; shares add up
    to 1.

    Points may come in any order; of several at one moment the last given counts, those at or after `until`
    do not. Neighbours with the same holder and label are one span.
    """
    stretches = _stretches(points, until)
    worked = [working_time(start.moment, end, calendar) for start, end in stretches]
    weights = worked if any(worked) else [end - start.moment for start, end in stretches]
    total = sum(weights, timedelta())
    return [
        Span(point.holder, point.label, point.moment, end, working, weight / total)
        for (point, end), working, weight in zip(stretches, worked, weights, strict=True)
    ]


def working_time(start: datetime, end: datetime, calendar: WorkingCalendar) -> timedelta:
    """The part of `start` to `end` that falls into office hours of working days; zero when `end` is not
    later.
    """
    start, end = local(start), local(end)
    total = timedelta()
    day = start.date()
    while day <= end.date():
        if calendar.is_workday(day):
            opens = datetime.combine(day, BUSINESS_OPENS, SHANGHAI)
            closes = datetime.combine(day, BUSINESS_CLOSES, SHANGHAI)
            total += max(min(end, closes) - max(start, opens), timedelta())
        day += timedelta(days=1)
    return total


_WORKING_DAY = timedelta(hours=BUSINESS_CLOSES.hour, minutes=BUSINESS_CLOSES.minute) - timedelta(
    hours=BUSINESS_OPENS.hour, minutes=BUSINESS_OPENS.minute
)


def _stretches(points: Iterable[Point], until: datetime) -> list[tuple[Point, datetime]]:
    """Each point that begins a span, with the moment its span ends."""
    begins: list[Point] = []
    for point in sorted((p for p in points if p.moment < until), key=lambda p: p.moment):
        if begins and begins[-1].moment == point.moment:
            begins.pop()
        if not begins or (begins[-1].holder, begins[-1].label) != (point.holder, point.label):
            begins.append(point)
    ends = [point.moment for point in begins[1:]] + [until]
    return list(zip(begins, ends, strict=True)) if begins else []
