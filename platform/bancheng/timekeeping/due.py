"""By when: the levels and their limits, and the date and hour that follow from them.

The limits are the house rule of the city; how far a centre may tighten them is in `handling_days`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from bancheng.timekeeping.calendar import WorkingCalendar
from bancheng.timekeeping.clock import SHANGHAI, local

BUSINESS_OPENS = time(8, 30)
BUSINESS_CLOSES = time(17, 30)


@dataclass(frozen=True)
class Level:
    """One of the five levels: what it is, how soon the first contact, how many working days."""

    number: int
    name: str
    meaning: str
    first_contact: str
    days: int

    def __str__(self) -> str:
        return f"{self.number}级 {self.name}"


LEVELS: Mapping[int, Level] = {
    level.number: level
    for level in (
        Level(1, "简单", "诉求不清、材料欠缺", "当场", 1),
        Level(2, "一般", "涉及一个部门", "当日", 3),
        Level(3, "复杂", "涉及多个部门", "当日", 5),
        Level(4, "疑难", "历史遗留、政策堵点、无先例", "当日", 10),
        Level(5, "跨地区/跨层级", "需转办其他地区或层级", "当日", 15),
    )
}
LEVEL_CHOICES = [(level.number, str(level)) for level in LEVELS.values()]


@dataclass(frozen=True)
class Due:
    """A day, the moment offices close on it, and whether it may still move when the calendar is published."""

    date: date
    at: datetime
    provisional: bool


def handling_days(
    level: int, expedite: bool = False, *, statutory: int | None = None, centre_days: int | None = None
) -> int:
    """The working days that a matter of `level` may take, always at least 1.

    `centre_days` is a centre's own limit for the level and counts only where it is stricter than the
    city's. Expediting halves, rounded up. `statutory`, the legal term of the business in working days, is
    never exceeded. Raises KeyError for a level that is not in LEVELS, ValueError for a limit under 1.
    """
    own = (LEVELS[level].days, centre_days, statutory)
    if any(days is not None and days < 1 for days in own):
        raise ValueError("a limit is at least one working day")
    days = LEVELS[level].days if centre_days is None else min(LEVELS[level].days, centre_days)
    if expedite:
        days = (days + 1) // 2
    return days if statutory is None else min(days, statutory)


def received_on(accepted_at: datetime, calendar: WorkingCalendar) -> date:
    """The working day that an intake counts for: after close of business, or on a rest day, the next one."""
    moment = local(accepted_at)
    day = moment.date()
    if calendar.is_workday(day) and moment.time() <= BUSINESS_CLOSES:
        return day
    return calendar.add(day, 1)


def due(accepted_at: datetime, working_days: int, calendar: WorkingCalendar) -> Due:
    """The end of the `working_days`-th working day after the one that the intake counts for.

    0 means by close of the day of receipt itself (first contact “当日”). The result is never on a rest day.
    Raises ValueError for a negative number and for a naive moment.
    """
    if working_days < 0:
        raise ValueError("working days cannot be negative")
    start = received_on(accepted_at, calendar)
    day = calendar.add(start, working_days)
    return Due(day, closing(day), calendar.provisional(day, local(accepted_at).date()))


def closing(day: date) -> datetime:
    """The moment offices close on `day`, aware."""
    return datetime.combine(day, BUSINESS_CLOSES, SHANGHAI)
