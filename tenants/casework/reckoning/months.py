"""A month of the calendar, as the official tables count: nobody retires on the 31st, so nothing falls off."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Self

_WRITTEN = re.compile(r"(\d{4})\s*[-/.年]?\s*(\d{1,2})\s*月?")


@dataclass(frozen=True, order=True)
class Month:
    """A year with a month of it. `month + 5` is five months later, `month - other` the months between."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not (1900 <= self.year <= 2200 and 1 <= self.number <= 12):
            raise ValueError("年月不对：请按2026-03的样子填写一个真实的年月。")

    @classmethod
    def parse(cls, text: str) -> Self:
        """2026-03, 202603, 2026/3 or 2026年3月. Raises ValueError with a sentence for who typed it."""
        if not (found := _WRITTEN.fullmatch(text.strip())):
            raise ValueError("年月不对：请按2026-03的样子填写一个真实的年月。")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year, day.month)

    def __add__(self, months: int) -> "Month":
        year, index = divmod(self._ordinal + months, 12)
        return Month(year, index + 1)

    def __sub__(self, other: "Month") -> int:
        return self._ordinal - other._ordinal

    def __str__(self) -> str:
        return f"{self.year}年{self.number}月"

    @property
    def code(self) -> str:
        """2026-03, as the browser's own picker and the API write it."""
        return f"{self.year}-{self.number:02d}"

    @property
    def _ordinal(self) -> int:
        return self.year * 12 + self.number - 1


def length(months: int) -> str:
    """15年, 15年6个月, 6个月: a length of time in words."""
    years, rest = divmod(months, 12)
    said = (f"{years}年" if years else "") + (f"{rest}个月" if rest else "")
    return said or "0个月"


def age(months: int) -> str:
    """60岁, 60岁1个月."""
    years, rest = divmod(months, 12)
    return f"{years}岁" + (f"{rest}个月" if rest else "")
