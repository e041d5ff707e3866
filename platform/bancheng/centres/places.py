"""Which division the code of a unit stands for, and what lies between two of them (GB/T 2260).

The first six digits of a code name province, city and county, two digits each; `00` says that the unit is
of no smaller division than the one before. A code that does not begin so names no place: nothing is known
to lie between it and another. The rules are house rules; they ask no registry, so a figure that was
counted stays as it is when a unit is renamed or given up.
"""

import re
from enum import IntEnum

_PLACE = re.compile(r"([0-9][0-9])([0-9][0-9])([0-9][0-9])")


class Rank(IntEnum):
    """How high a division stands; districts, counties and management zones are alike."""

    COUNTY = 1
    CITY = 2
    PROVINCE = 3


def rank(code: str) -> Rank | None:
    """The rank of the division; None where the code names no place."""
    found = _PLACE.match(code)
    if found is None:
        return None
    _, city, county = found.groups()
    if county != "00":
        return Rank.COUNTY
    return Rank.CITY if city != "00" else Rank.PROVINCE


def other_level(code: str, other: str) -> bool:
    """Whether the two are of different rank (跨层级): one of a county, the other of a city or province."""
    mine, theirs = rank(code), rank(other)
    return mine is not None and theirs is not None and mine != theirs


def other_region(code: str, other: str) -> bool:
    """Whether neither place lies within the other (跨地区): two counties, a county and another city."""
    mine, theirs = _prefix(code), _prefix(other)
    return bool(mine and theirs) and not (mine.startswith(theirs) or theirs.startswith(mine))


def level_pattern(code: str) -> str | None:
    """A regular expression of PostgreSQL for the codes of which `other_level(code, …)` holds."""
    match rank(code):
        case Rank.COUNTY:
            return r"^[0-9]{4}00"
        case Rank.CITY:
            return r"^[0-9]{2}(0000|[0-9][0-9](?!00)[0-9][0-9])"
        case Rank.PROVINCE:
            return r"^[0-9]{2}(?!0000)[0-9]{4}"
    return None


def region_pattern(code: str) -> str | None:
    """A regular expression of PostgreSQL for the codes of which `other_region(code, …)` holds."""
    if not (prefix := _prefix(code)):
        return None
    around = [prefix[:n].ljust(6, "0") for n in range(2, len(prefix), 2)]
    return rf"^(?!{'|'.join([prefix, *around])})[0-9]{{6}}"


def _prefix(code: str) -> str:
    """The digits that everything within the place begins with; empty where the code names none."""
    found = rank(code)
    return "" if found is None else code[: {Rank.PROVINCE: 2, Rank.CITY: 4, Rank.COUNTY: 6}[found]]
