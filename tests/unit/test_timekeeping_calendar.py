"""The working calendar: published days, the law's holidays elsewhere, counting that never fails."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bancheng.timekeeping import loader, statutory
from bancheng.timekeeping.calendar import WorkingCalendar
from bancheng.timekeeping.models import DayKind

EMPTY = WorkingCalendar()
DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))
COUNTS = st.integers(0, 120)


@pytest.fixture(scope="module")
def year_2026() -> WorkingCalendar:
    """2026 as published, straight from the loader, without a database."""
    return WorkingCalendar(
        {row.date: DayKind(row.kind).is_workday for row in map(loader._from_library, loader._days_of(2026))}
    )


# The State Council's arrangement for 2026, checked by hand against the notice: first and last day off, then
# the weekend days that are worked instead.
@pytest.mark.parametrize(
    ("first", "last", "worked"),
    [
        (date(2026, 1, 1), date(2026, 1, 3), [date(2026, 1, 4)]),
        (date(2026, 2, 15), date(2026, 2, 23), [date(2026, 2, 14), date(2026, 2, 28)]),
        (date(2026, 4, 4), date(2026, 4, 6), []),
        (date(2026, 5, 1), date(2026, 5, 5), [date(2026, 5, 9)]),
        (date(2026, 6, 19), date(2026, 6, 21), []),
        (date(2026, 9, 25), date(2026, 9, 27), []),
        (date(2026, 10, 1), date(2026, 10, 7), [date(2026, 9, 20), date(2026, 10, 10)]),
    ],
    ids=[
        "new year",
        "spring festival",
        "qingming",
        "labour day",
        "dragon boat",
        "mid-autumn",
        "national day",
    ],
)
def test_2026_is_as_the_notice_says(
    year_2026: WorkingCalendar, first: date, last: date, worked: list[date]
) -> None:
    off = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert not any(year_2026.is_workday(day) for day in off)
    assert all(year_2026.is_workday(day) and day.weekday() >= 5 for day in worked)


def test_2026_has_248_working_days(year_2026: WorkingCalendar) -> None:
    assert year_2026.between(date(2025, 12, 31), date(2026, 12, 31)) == 248


def test_days_before_spring_festival_are_followed_by_those_after_it(year_2026: WorkingCalendar) -> None:
    assert year_2026.add(date(2026, 2, 13), 1) == date(2026, 2, 14)
    assert year_2026.add(date(2026, 2, 14), 1) == date(2026, 2, 24)


@pytest.mark.parametrize(
    "day",
    [
        date(2027, 1, 1),
        date(2027, 2, 5),
        date(2027, 2, 8),
        date(2027, 4, 5),
        date(2027, 6, 9),
        date(2027, 9, 15),
        date(2027, 10, 1),
    ],
    ids=["new year", "eve", "third day", "qingming", "dragon boat", "mid-autumn", "national day"],
)
def test_an_unpublished_year_still_has_the_holidays_of_the_law(day: date) -> None:
    assert day.weekday() < 5
    assert not EMPTY.is_workday(day)


@pytest.mark.parametrize("year", range(2014, 2027))
def test_the_holidays_of_the_law_were_days_off_in_every_published_year(year: int) -> None:
    rows = {row.date: DayKind(row.kind) for row in map(loader._from_library, loader._days_of(year))}
    days = set(statutory.holidays(year))
    if year < 2025:  # the law did not yet name the eve of Spring Festival and the second of May
        days -= {min(day for day in days if statutory.holidays(year)[day] == "春节"), date(year, 5, 2)}
    assert {rows[day] for day in days} == {DayKind.HOLIDAY}


def test_beyond_the_table_of_festivals_fixed_days_remain() -> None:
    assert set(statutory.holidays(2100).values()) == {"元旦", "劳动节", "国庆节"}


@given(DAYS, COUNTS)
def test_between_undoes_add(day: date, count: int) -> None:
    assert EMPTY.between(day, EMPTY.add(day, count)) == count


@given(DAYS, st.integers(1, 120))
def test_add_ends_on_a_working_day(day: date, count: int) -> None:
    assert EMPTY.is_workday(EMPTY.add(day, count))


@given(DAYS, COUNTS, COUNTS)
def test_more_working_days_end_later(day: date, fewer: int, more: int) -> None:
    assert (EMPTY.add(day, fewer) <= EMPTY.add(day, more)) == (fewer <= more)


@given(DAYS, DAYS, COUNTS)
def test_a_later_start_never_ends_earlier(one: date, other: date, count: int) -> None:
    first, second = sorted((one, other))
    assert EMPTY.add(first, count) <= EMPTY.add(second, count)


@given(DAYS, st.integers(0, 400), st.integers(0, 400))
def test_between_adds_up(start: date, first: int, second: int) -> None:
    middle, end = start + timedelta(days=first), start + timedelta(days=first + second)
    assert EMPTY.between(start, middle) + EMPTY.between(middle, end) == EMPTY.between(start, end)


@given(DAYS, st.integers(0, 400))
def test_between_backwards_is_negative(start: date, days: int) -> None:
    end = start + timedelta(days=days)
    assert EMPTY.between(end, start) == -EMPTY.between(start, end)


@given(st.dates())
def test_no_date_raises(day: date) -> None:
    EMPTY.is_workday(day)
    EMPTY.provisional(day)
    assert EMPTY.add(day, 15) >= day


def test_counting_stops_at_the_end_of_time() -> None:
    assert EMPTY.add(date.max, 15) == date.max


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        EMPTY.add(date(2026, 11, 24), -1)


@given(DAYS, st.integers(1, 30), st.integers(0, 29))
def test_a_new_holiday_on_the_way_moves_the_end_by_one_working_day(day: date, count: int, pick: int) -> None:
    changed = WorkingCalendar({EMPTY.add(day, 1 + pick % count): False})
    assert changed.add(day, count) == EMPTY.add(day, count + 1)


@given(DAYS, st.integers(1, 30), st.data())
def test_a_rest_day_worked_on_the_way_brings_the_end_forward(
    day: date, count: int, data: st.DataObject
) -> None:
    end = EMPTY.add(day, count)
    between = [day + timedelta(days=n) for n in range(1, (end - day).days)]
    resting = [passed for passed in between if not EMPTY.is_workday(passed)]
    assume(resting)
    worked = data.draw(st.sampled_from(resting))
    assert WorkingCalendar({worked: True}).add(day, count) == max(worked, EMPTY.add(day, count - 1))


def test_provisional_when_any_day_on_the_way_is_unpublished(year_2026: WorkingCalendar) -> None:
    assert not year_2026.provisional(date(2026, 12, 31), since=date(2026, 1, 1))
    assert year_2026.provisional(date(2027, 1, 4), since=date(2026, 12, 11))
    assert year_2026.provisional(date(2027, 1, 1))
    assert year_2026.provisional(date(2026, 1, 5), since=date(2025, 12, 30))
