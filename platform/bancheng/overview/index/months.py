"""Months, named by their first day."""

from calendar import monthrange
from datetime import date
from typing import Final

from bancheng.timekeeping import clock

SHOWN: Final = 12
"""So many months are looked back at."""


def first_of(day: date) -> date:
    """The month of a day."""
    return day.replace(day=1)


def back(month: date, number: int) -> date:
    """The month so many before; a negative number looks ahead."""
    count = month.year * 12 + month.month - 1 - number
    return date(count // 12, count % 12 + 1, 1)


def last_day(month: date) -> date:
    """The last day of the month."""
    return month.replace(day=monthrange(month.year, month.month)[1])


def word(month: date) -> str:
    """2026年10月."""
    return f"{month.year}年{month.month}月"


def last_over() -> date:
    """The newest month that is over."""
    return back(first_of(clock.today()), 1)


def until(month: date, number: int = SHOWN) -> list[date]:
    """So many months up to this one, the oldest first."""
    return [back(month, n) for n in reversed(range(number))]
