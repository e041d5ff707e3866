"""The light of a due date: when it turns, and what it says."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bancheng.timekeeping.calendar import WorkingCalendar
from bancheng.timekeeping.clock import SHANGHAI
from bancheng.timekeeping.due import closing, due
from bancheng.timekeeping.lights import Light, light

CALENDAR = WorkingCalendar()
FRIDAY = date(2026, 11, 27)


def on(day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


def test_green_while_there_is_time() -> None:
    found = light(FRIDAY, on(24), CALENDAR, 10)
    assert (found.color, found.word, found.remaining) == ("green", "正常", 3)
    assert found.text == "剩3个工作日"


def test_amber_when_four_fifths_have_passed() -> None:
    assert light(FRIDAY, on(25), CALENDAR, 10).color == "amber"


def test_still_green_just_before_four_fifths() -> None:
    assert light(FRIDAY, on(24), CALENDAR, 14).color == "green"
    assert light(FRIDAY, on(24), CALENDAR, 15).color == "amber"


def test_amber_with_one_day_left_however_short_the_limit() -> None:
    assert light(FRIDAY, on(26), CALENDAR, 3) == Light("amber", "临期", 1)


def test_due_today_is_amber_until_offices_close() -> None:
    found = light(FRIDAY, on(27, 17, 30), CALENDAR, 10)
    assert (found.color, found.text) == ("amber", "今日到期")


def test_red_the_minute_after_offices_close() -> None:
    found = light(FRIDAY, on(27, 17, 31), CALENDAR, 10)
    assert (found.color, found.word, found.text) == ("red", "超期", "超期不足1个工作日")


def test_a_weekend_does_not_count_as_overdue_days() -> None:
    assert light(FRIDAY, on(29), CALENDAR, 10).remaining == 0


def test_overdue_days_are_negative() -> None:
    found = light(date(2026, 11, 20), on(24), CALENDAR, 10)
    assert (found.remaining, found.text) == (-2, "超期2个工作日")


@pytest.mark.parametrize(
    ("found", "word"),
    [
        (light(None, on(24), CALENDAR, 10), "未起算"),
        (light(FRIDAY, on(24), CALENDAR, 10, paused=True), "暂停计时"),
        (light(FRIDAY, on(30), CALENDAR, 10, finished_at=on(27, 17)), "已办结"),
        (light(FRIDAY, on(30), CALENDAR, 10, finished_at=on(27, 18)), "超期办结"),
    ],
)
def test_grey_where_no_clock_runs(found: Light, word: str) -> None:
    assert (found.color, found.word, found.text) == ("grey", word, "")


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(SHANGHAI)),  # noqa: DTZ001
    st.integers(1, 15),
    st.lists(st.integers(0, 60 * 24 * 40), min_size=2, max_size=6),
)
def test_a_light_only_ever_gets_worse(accepted: datetime, days: int, minutes: list[int]) -> None:
    term = due(accepted, days, CALENDAR)
    moments = [accepted + timedelta(minutes=m) for m in sorted(minutes)]
    order = [("green", "amber", "red").index(light(term.date, m, CALENDAR, days).color) for m in moments]
    assert order == sorted(order)


@given(
    st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(-60 * 24 * 9, 60 * 24 * 9), st.integers(1, 15)
)
def test_red_exactly_when_the_moment_has_passed(day: date, minutes: int, days: int) -> None:
    now = closing(day) + timedelta(minutes=minutes)
    assert (light(day, now, CALENDAR, days).color == "red") == (minutes > 0)
