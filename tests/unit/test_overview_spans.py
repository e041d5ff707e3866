"""Medians and percentiles out of counted values are those of the values themselves."""

import statistics
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bancheng.overview.spans import P90, median, percentile, total

VALUES = st.lists(st.integers(0, 40), min_size=1, max_size=80)


@given(VALUES)
def test_the_median_is_that_of_the_single_values(values: list[int]) -> None:
    assert median(Counter(values).items()) == statistics.median(values)


@given(VALUES, st.integers(1, 100))
def test_a_percentile_is_the_smallest_value_that_enough_do_not_exceed(
    values: list[int], hundredth: int
) -> None:
    share = Fraction(hundredth, 100)
    found = percentile(Counter(values).items(), share)
    assert found in values
    assert sum(v <= found for v in values) >= share * len(values)
    assert sum(v < found for v in values) < share * len(values)


def test_nothing_has_no_median() -> None:
    assert median([]) is None
    assert percentile([]) is None
    assert total([]) == 0


def test_values_may_come_in_any_order_and_several_times() -> None:
    pairs = [(9, 1), (1, 2), (9, 1), (3, 1)]
    assert (total(pairs), median(pairs), percentile(pairs)) == (5, 3, 9)


def test_nine_tenths_of_ten_are_nine() -> None:
    assert percentile([(n, 1) for n in range(1, 11)], P90) == 9


@pytest.mark.parametrize("share", [Fraction(0), Fraction(11, 10), Fraction(-1, 2)])
def test_what_is_no_share_is_refused(share: Fraction) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        percentile([(1, 1)], share)
