"""How figures, dates and terms are said on screens and in letters."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from bancheng.web import words

LATE = datetime(2026, 11, 24, 17, 5, tzinfo=UTC)  # already the 25th in Shanghai


def test_a_moment_is_told_in_shanghai_time() -> None:
    assert (words.day(LATE), words.minute(LATE)) == ("2026-11-25", "2026-11-25 01:05")


def test_letters_write_the_date_without_leading_zeros() -> None:
    assert words.letter_date(date(2026, 3, 5)) == "2026年3月5日"


def test_the_week_starts_on_monday() -> None:
    assert [words.weekday(date(2026, 11, 23)), words.weekday(date(2026, 11, 29))] == ["星期一", "星期日"]


@pytest.mark.parametrize(("left", "said"), [(3, "剩 3 天"), (0, "今日到期"), (-2, "超期 2 天"), (None, "—")])
def test_what_is_left_until_a_due_date(left: int | None, said: str) -> None:
    assert words.remaining(left) == said


def test_money_is_grouped_and_has_two_decimals() -> None:
    assert words.money(Decimal("1234567.5")) == "1,234,567.50 元"


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(days=2, hours=3, minutes=4), "2 天 3 小时"),
        (timedelta(days=2, minutes=4), "2 天"),
        (timedelta(hours=5, minutes=10), "5 小时 10 分钟"),
        (timedelta(seconds=20), "不到 1 分钟"),
    ],
)
def test_a_length_of_time_is_said_in_two_units(span: timedelta, said: str) -> None:
    assert words.duration(span) == said


def test_half_a_working_day_keeps_its_decimal() -> None:
    assert [words.working_days(3), words.working_days(1.5)] == ["3 个工作日", "1.5 个工作日"]


def test_a_rate_over_fewer_than_five_is_not_shown() -> None:
    assert [words.rate(3, 4), words.rate(4, 5)] == ["样本不足", "80.00 %"]
