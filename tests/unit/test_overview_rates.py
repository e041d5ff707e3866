"""The recurrence figure and its exact interval: by hand, and against the definition."""

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bancheng.overview import rates
from bancheng.overview.models import Verdict

COUNTS = st.integers(min_value=0, max_value=60)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (0, 10, 0.0, 0.3085),  # 1 - 0.025 ** (1 / 10)
        (10, 10, 0.6915, 1.0),
        (1, 10, 0.0025, 0.4450),
        (5, 10, 0.1871, 0.8129),
        (3, 20, 0.0321, 0.3789),
    ],
)
def test_the_interval_is_that_of_the_tables(successes: int, trials: int, low: float, high: float) -> None:
    assert rates.interval(successes, trials) == pytest.approx((low, high), abs=5e-5)


@given(before=st.integers(1, 60), after=COUNTS)
def test_at_each_bound_what_was_seen_is_just_not_too_rare(before: int, after: int) -> None:
    """The definition, with whole numbers: at the bound the tail holds 2.5 %."""
    trials = before + after
    low, high = rates.interval(after, trials)

    def share(ks: range, p: float) -> float:
        return sum(comb(trials, k) * p**k * (1 - p) ** (trials - k) for k in ks)

    if after:
        assert share(range(after, trials + 1), low) == pytest.approx(0.025, abs=1e-9)
    assert share(range(after + 1), high) == pytest.approx(0.025, abs=1e-9)


@given(before=st.integers(1, 60), after=COUNTS)
def test_the_ratio_lies_in_its_interval(before: int, after: int) -> None:
    found = rates.recurrence(before, after)
    assert found.ratio is not None
    assert found.low is not None
    assert found.high is not None
    assert found.low <= found.ratio <= found.high


@given(before=st.integers(1, 60), after=st.integers(1, 60))
def test_the_other_way_round_it_is_the_reciprocal(before: int, after: int) -> None:
    there, back = rates.recurrence(before, after), rates.recurrence(after, before)
    assert back.low is not None
    assert there.high == pytest.approx(1 / back.low, rel=1e-6)


@given(before=st.integers(1, 60), after=st.integers(0, 59))
def test_one_more_afterwards_never_makes_it_look_better(before: int, after: int) -> None:
    here, more = rates.recurrence(before, after), rates.recurrence(before, after + 1)
    assert here.high is not None
    assert more.high is not None
    assert more.high > here.high


def test_twice_the_time_is_half_the_rate() -> None:
    found = rates.recurrence(12, 12, days_before=90, days_after=180)
    assert found.ratio == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        (0, 0, Verdict.UNCLEAR),
        (0, 9, Verdict.UNCLEAR),
        (4, 0, Verdict.UNCLEAR),  # nothing came, and still it may be chance: the interval reaches 1.51
        (6, 0, Verdict.WORKED),
        (12, 2, Verdict.WORKED),
        (12, 5, Verdict.UNCLEAR),
        (12, 11, Verdict.RETURNED),
        (5, 5, Verdict.UNCLEAR),
        (5, 20, Verdict.RETURNED),
        (400, 380, Verdict.RETURNED),
        (400, 300, Verdict.WORKED),
    ],
)
def test_the_verdict_says_no_more_than_the_counts_do(before: int, after: int, verdict: Verdict) -> None:
    assert rates.recurrence(before, after).verdict == verdict


@pytest.mark.parametrize("counts", [(-1, 0), (0, -1)])
def test_fewer_than_none_is_an_error(counts: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="not negative"):
        rates.recurrence(*counts)


@pytest.mark.parametrize("counts", [(0, 0), (3, 2), (-1, 2)])
def test_more_than_all_is_an_error(counts: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="there cannot be"):
        rates.interval(*counts)
