"""Whose hands: spans cover the time once, neighbours are one, working time is office hours."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bancheng.timekeeping.calendar import WorkingCalendar
from bancheng.timekeeping.clock import SHANGHAI
from bancheng.timekeeping.holders import Holder, Point, spans, working_time

CALENDAR = WorkingCalendar()


def on(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026; the 23rd is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


WINDOW = Point(on(23, 8, 30), Holder.WINDOW, "窗口")


def test_an_office_day_is_one_working_day() -> None:
    [span] = spans([WINDOW], on(23, 17, 30), CALENDAR)
    assert span.working_days == 1.0


def test_nights_and_weekends_are_nobodys_working_time() -> None:
    assert working_time(on(27, 17, 30), on(30, 8, 30), CALENDAR) == timedelta()


def test_working_time_over_a_night() -> None:
    assert working_time(on(23, 16, 0), on(24, 9, 0), CALENDAR) == timedelta(hours=2)


def test_working_time_backwards_is_none() -> None:
    assert working_time(on(24, 16), on(23, 9), CALENDAR) == timedelta()


def test_a_handover_splits_the_time_and_the_shares() -> None:
    department = Point(on(24, 8, 30), Holder.DEPARTMENT, "医保")
    first, second = spans([WINDOW, department], on(26, 17, 30), CALENDAR)
    assert (first.holder, first.working_days, first.share) == (Holder.WINDOW, 1.0, 0.25)
    assert (second.label, second.working_days, second.share) == ("医保", 3.0, 0.75)


def test_neighbours_in_the_same_hands_are_one_span() -> None:
    again = Point(on(24, 10), Holder.WINDOW, "窗口")
    [span] = spans([WINDOW, again], on(25, 10), CALENDAR)
    assert (span.start, span.end) == (WINDOW.moment, on(25, 10))


def test_two_departments_are_two_spans() -> None:
    points = [Point(on(23, 9), Holder.DEPARTMENT, "医保"), Point(on(24, 9), Holder.DEPARTMENT, "税务")]
    assert [span.label for span in spans(points, on(25, 9), CALENDAR)] == ["医保", "税务"]


def test_of_two_at_one_moment_the_last_counts() -> None:
    points = [WINDOW, Point(WINDOW.moment, Holder.REPORTER, "反映人")]
    assert [span.holder for span in spans(points, on(24, 9), CALENDAR)] == [Holder.REPORTER]


def test_by_night_the_share_is_of_the_time_on_the_wall() -> None:
    points = [Point(on(23, 18), Holder.WINDOW, "窗口"), Point(on(23, 19), Holder.REPORTER, "反映人")]
    assert [span.share for span in spans(points, on(23, 22), CALENDAR)] == [0.25, 0.75]


@pytest.mark.parametrize("points", [[], [Point(on(30, 9), Holder.WINDOW, "窗口")]], ids=["none", "later"])
def test_nothing_yet_is_no_span(points: list[Point]) -> None:
    assert spans(points, on(24, 9), CALENDAR) == []


POINTS = st.lists(
    st.builds(
        Point,
        st.integers(0, 60 * 24 * 30).map(lambda minutes: on(1, 0) + timedelta(minutes=minutes)),
        st.sampled_from(Holder),
        st.sampled_from(["甲", "乙"]),
    ),
    min_size=1,
    max_size=12,
)


@given(POINTS, st.integers(1, 60 * 24 * 10))
def test_spans_cover_the_time_without_gap_or_overlap(points: list[Point], minutes: int) -> None:
    until = max(point.moment for point in points) + timedelta(minutes=minutes)
    found = spans(points, until, CALENDAR)
    assert found[0].start == min(point.moment for point in points)
    assert found[-1].end == until
    assert all(one.end == two.start and one.start < one.end for one, two in pairwise(found))


@given(POINTS, st.integers(1, 60 * 24 * 10))
def test_parts_add_up_to_the_whole(points: list[Point], minutes: int) -> None:
    until = max(point.moment for point in points) + timedelta(minutes=minutes)
    found = spans(points, until, CALENDAR)
    whole = working_time(found[0].start, until, CALENDAR)
    assert sum((span.working for span in found), timedelta()) == whole
    assert sum(span.share for span in found) == pytest.approx(1)


@given(POINTS, st.integers(1, 60 * 24 * 10))
def test_at_every_moment_the_last_handover_holds(points: list[Point], minutes: int) -> None:
    until = max(point.moment for point in points) + timedelta(minutes=minutes)
    for span in spans(points, until, CALENDAR):
        latest = max((p for p in reversed(points) if p.moment <= span.start), key=lambda p: p.moment)
        assert (span.holder, span.label) == (latest.holder, latest.label)
