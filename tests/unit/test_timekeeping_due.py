"""Limits and due dates: receipt, halving, the year's boundary."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bancheng.timekeeping.calendar import WorkingCalendar
from bancheng.timekeeping.clock import SHANGHAI
from bancheng.timekeeping.due import LEVELS, due, handling_days

EMPTY = WorkingCalendar()
# 2026 known to its end, no day of 2027: as it is every November.
NOVEMBER = WorkingCalendar(
    {day: day.weekday() < 5 for day in (date(2026, 11, 1) + timedelta(days=n) for n in range(61))}
)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31), timezones=st.just(SHANGHAI))  # noqa: DTZ001


def at(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute, second), SHANGHAI)


@pytest.mark.parametrize(
    ("level", "days", "halved"), [(1, 1, 1), (2, 3, 2), (3, 5, 3), (4, 10, 5), (5, 15, 8)]
)
def test_limits_of_the_levels_and_their_halves_rounded_up(level: int, days: int, halved: int) -> None:
    assert handling_days(level) == days
    assert handling_days(level, expedite=True) == halved


def test_a_centre_may_be_stricter() -> None:
    assert handling_days(5, centre_days=12) == 12


def test_a_centre_may_not_be_laxer() -> None:
    assert handling_days(3, centre_days=20) == 5


def test_expediting_halves_the_centres_own_limit() -> None:
    assert handling_days(4, expedite=True, centre_days=7) == 4


def test_a_shorter_statutory_term_is_never_exceeded() -> None:
    assert handling_days(5, statutory=10) == 10


def test_a_longer_statutory_term_does_not_stretch_ours() -> None:
    assert handling_days(2, statutory=45) == 3


def test_a_limit_of_no_days_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        handling_days(2, centre_days=0)


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(KeyError):
        handling_days(6)


def test_counting_starts_the_next_working_day() -> None:
    assert due(at(date(2026, 11, 24), 9), 1, NOVEMBER).date == date(2026, 11, 25)


def test_due_at_close_of_business() -> None:
    assert due(at(date(2026, 11, 24), 9), 3, NOVEMBER).at == at(date(2026, 11, 27), 17, 30)


def test_intake_at_closing_time_still_counts_as_today() -> None:
    assert due(at(date(2026, 11, 24), 17, 30), 1, NOVEMBER).date == date(2026, 11, 25)


def test_intake_after_closing_time_counts_as_the_next_day() -> None:
    assert due(at(date(2026, 11, 24), 17, 30, 1), 1, NOVEMBER).date == date(2026, 11, 26)


def test_intake_late_on_friday_counts_as_monday() -> None:
    assert due(at(date(2026, 11, 27), 18), 1, NOVEMBER).date == date(2026, 12, 1)


def test_intake_on_a_rest_day_counts_as_the_next_working_day() -> None:
    assert due(at(date(2026, 11, 28), 10), 1, NOVEMBER).date == date(2026, 12, 1)


def test_first_contact_the_same_day() -> None:
    assert due(at(date(2026, 11, 24), 9), 0, NOVEMBER).at == at(date(2026, 11, 24), 17, 30)


def test_across_the_years_end_before_the_notice_is_out() -> None:
    found = due(at(date(2026, 12, 11), 10), 15, NOVEMBER)
    assert found.date == date(2027, 1, 4)
    assert found.provisional


def test_inside_the_published_year_nothing_is_provisional() -> None:
    assert not due(at(date(2026, 12, 11), 10), 10, NOVEMBER).provisional


def test_publishing_the_next_year_moves_the_due_date_and_settles_it() -> None:
    spring = {date(2027, 1, 1) + timedelta(days=n): n >= 3 for n in range(10)}
    spring[date(2027, 1, 4)] = False
    found = due(at(date(2026, 12, 11), 10), 15, WorkingCalendar({**NOVEMBER.published, **spring}))
    assert found.date == date(2027, 1, 5)
    assert not found.provisional


def test_the_servers_zone_does_not_matter() -> None:
    late = datetime(2026, 11, 24, 9, 31, tzinfo=UTC)  # 17:31 in Shanghai
    assert due(late, 1, NOVEMBER).date == date(2026, 11, 26)


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        due(datetime(2026, 11, 24, 9, 0), 1, NOVEMBER)  # noqa: DTZ001


def test_negative_days_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        due(at(date(2026, 11, 24), 9), -1, NOVEMBER)


@given(MOMENTS, st.integers(0, 60))
def test_never_due_on_a_rest_day(accepted_at: datetime, days: int) -> None:
    assert EMPTY.is_workday(due(accepted_at, days, EMPTY).date)


@given(MOMENTS, st.integers(1, 60))
def test_there_are_always_the_full_working_days_after_acceptance(accepted_at: datetime, days: int) -> None:
    assert EMPTY.between(accepted_at.date(), due(accepted_at, days, EMPTY).date) in (days, days + 1)


@given(MOMENTS, MOMENTS, st.integers(0, 30))
def test_who_comes_later_is_never_due_earlier(one: datetime, other: datetime, days: int) -> None:
    first, second = sorted((one, other))
    assert due(first, days, EMPTY).at <= due(second, days, EMPTY).at


@given(st.sampled_from(sorted(LEVELS)), st.none() | st.integers(1, 60), st.none() | st.integers(1, 60))
def test_no_setting_makes_a_limit_laxer(level: int, centre: int | None, statutory: int | None) -> None:
    limit = handling_days(level, statutory=statutory, centre_days=centre)
    halved = handling_days(level, True, statutory=statutory, centre_days=centre)
    assert 1 <= halved <= limit <= LEVELS[level].days
