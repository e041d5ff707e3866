"""Medians and percentiles out of how often each value occurred: exact, without the single values."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Final

Pairs = Iterable[tuple[int, int]]
"""A value, and how many matters had it. In any order; a value may come several times."""

P90: Final = Fraction(9, 10)


def total(pairs: Pairs) -> int:
    """How many matters there are: the n of the figure."""
    return sum(count for _, count in pairs)


def median(pairs: Pairs) -> float | None:
    """The value in the middle; of two in the middle their mean. None where there is nothing."""
    found = list(pairs)
    n = total(found)
    if n == 0:
        return None
    lower, upper = _at(found, (n + 1) // 2), _at(found, n // 2 + 1)
    return (lower + upper) / 2


def percentile(pairs: Pairs, share: Fraction = P90) -> int | None:
    """The smallest value that at least `share` of all matters do not exceed (nearest rank), itself one that
    occurred. None where there is nothing.

    `share` is a fraction, over 0 and up to 1: a decimal that binary cannot hold would take the next rank.
    Raises ValueError outside of that.
    """
    if not 0 < share <= 1:
        raise ValueError("a share lies between 0 and 1")
    found = list(pairs)
    n = total(found)
    if n == 0:
        return None
    return _at(found, -((-share * n) // 1))


def _at(pairs: list[tuple[int, int]], rank: int) -> int:
    """The value of this rank, counted from 1; there are so many."""
    passed = 0
    for value, count in sorted(pairs):
        passed += count
        if passed >= rank:
            return value
    raise ValueError(f"there are only {passed}")
