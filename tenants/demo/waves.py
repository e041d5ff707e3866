"""What keeps coming in the invented year until something is done about it: patterns behind the backlog."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Final

from bancheng.timekeeping.calendar import WorkingCalendar
from tenants.demo.pace import Pace

CITY, SHOWN_COUNTY = "130700", "130722"

BUILDS_UP: Final = 100
"""Days in which matters gather before the measure is tried."""
ROOM: Final = 0.75
"""The largest part of a centre's past matters that may be waves; a smaller year goes without."""


@dataclass(frozen=True)
class Wave:
    """Matters of one item and principal cause: `before` come until the day `turned`, `after` since then.

    Days are counted from the first of the year. On the day `turned` a measure is tried, on `routine` it
    becomes routine; 0 where nobody has come to that. `until` is the last day on which one comes.
    """

    item: str
    cause: str
    before: int
    after: int
    turned: int
    routine: int = 0
    until: int = 355

    @property
    def pattern(self) -> tuple[str, str]:
        return self.item, self.cause

    @property
    def matters(self) -> int:
        return self.before + self.after

    def days(self, rng: Random) -> Iterator[int]:
        """On which day of the year each comes; after the measure none while it is on trial."""
        for _ in range(self.before):
            yield rng.randint(max(self.turned - BUILDS_UP, 0), self.turned - 2)
        for _ in range(self.after):
            yield rng.randint((self.routine or self.turned) + 3, self.until)


WORKED: Final = (
    Wave("YL06", "C09", before=11, after=1, turned=115, routine=148),
    Wave("ZG01", "C16", before=10, after=2, turned=132, routine=165),
)
CAME_BACK: Final = Wave("YL10", "C06", before=12, after=12, turned=124, routine=157, until=330)
STUDIED: Final = Wave("SY02", "C15", before=6, after=0, turned=325)
GROWING: Final = Wave("LH01", "C13", before=6, after=0, turned=356)
IN_THE_COUNTY: Final = Wave("ZG02", "C16", before=7, after=0, turned=120, routine=152)
OF_THE_CITY: Final = Wave("CX01", "C14", before=4, after=0, turned=118)
"""What several counties have in common, and the municipal office takes up."""

GROWING_TOO: Final = Wave("LH01", "C13", before=3, after=0, turned=350)
"""What grows in the city grows in other counties as well; nobody has taken it up for all of them yet."""

COUNTIES: Final = ("130723", "130725", "130727", "130731")
WAVES: Final[dict[str, tuple[Wave, ...]]] = {
    CITY: (*WORKED, CAME_BACK, STUDIED, GROWING),
    SHOWN_COUNTY: (IN_THE_COUNTY,),
    **dict.fromkeys(COUNTIES, (OF_THE_CITY,)),
    **dict.fromkeys(("130724", "130728", "130730"), (GROWING_TOO,)),
}
"""What each centre sees; of those not named here nothing stands out."""


def of(centre: str, matters: int) -> tuple[Wave, ...]:
    """The waves of a centre that has so many past matters: all of them, or none where there is no room."""
    waves = WAVES.get(centre, ())
    return waves if sum(wave.matters for wave in waves) <= matters * ROOM else ()


def moments(
    waves: tuple[Wave, ...], centre: str, first: date, latest: date, calendar: WorkingCalendar
) -> Iterator[tuple[datetime, Wave]]:
    """When each matter of the waves comes, in office hours, none after `latest`; the same every time."""
    rng = Random(f"waves {centre}")  # noqa: S311  # an invented year
    pace = Pace(rng, calendar)
    for wave in waves:
        for number in wave.days(rng):
            day = first + timedelta(days=number)
            while not calendar.is_workday(day):
                day -= timedelta(days=1)
            yield pace.on(min(day, latest)), wave
