"""From how many matters in how many days a pattern is proposed as a problem: what the centre has set."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tenants.improvement.models import Threshold
from tenants.improvement.patterns import Pattern


@dataclass(frozen=True)
class Limit:
    """From `count` matters in `days` calendar days on."""

    count: int
    days: int


DEFAULT: Final = Limit(5, 90)
"""House rule, until a centre sets its own."""
COUNT_AT_LEAST: Final = 2
COUNT_AT_MOST: Final = 1000
DAYS_AT_LEAST: Final = 7
DAYS_AT_MOST: Final = 365


class Limits:
    """What is in force for every pattern; read once, asked often."""

    def __init__(self, rows: dict[Pattern, Threshold]) -> None:
        self._limits = {key: Limit(row.count, row.days or 0) for key, row in rows.items() if row.count}
        self._limits.setdefault(("", ""), DEFAULT)

    def of(self, pattern: Pattern) -> Limit:
        """The closest one: of the item and cause, of the item, of the cause, then the general one."""
        item, cause = pattern
        keys = ((item, cause), (item, ""), ("", cause), ("", ""))
        return next(self._limits[key] for key in keys if key in self._limits)

    def days(self) -> set[int]:
        """The different lengths of time there are."""
        return {limit.days for limit in self._limits.values()}


def in_force() -> Limits:
    """What holds now; one query."""
    return Limits(_newest())


def exceptions() -> Iterator[Threshold]:
    """The rows in force besides the general one, by item and cause, with who set them."""
    rows = _newest()
    return (rows[key] for key in sorted(rows) if key != ("", "") and rows[key].count)


def general() -> Threshold | None:
    """The row of the general one; None while the house rule holds."""
    return _newest().get(("", ""))


def _newest() -> dict[Pattern, Threshold]:
    rows = Threshold.objects.order_by("item", "cause", "-set_at", "-id").distinct("item", "cause")
    return {(row.item, row.cause): row for row in rows.select_related("set_by")}
