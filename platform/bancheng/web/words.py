"""Figures, dates and terms as they are said on a screen or in a letter; the template tags wrap these."""

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone

WEEKDAYS = "一二三四五六日"
FEW = 5
"""A rate over fewer cases than this says more about chance than about work, so it is not shown."""
TOO_FEW = "样本不足"
NOTHING = "—"


def local_date(value: date | datetime) -> date:
    """The calendar day in Shanghai of a day or a moment."""
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


def day(value: date | datetime) -> str:
    """2026-11-24, as in every table."""
    return f"{local_date(value):%Y-%m-%d}"


def minute(value: datetime) -> str:
    """2026-11-24 14:32, in Shanghai."""
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"


def letter_date(value: date | datetime) -> str:
    """2026年11月24日, as official letters write it (no leading zeros)."""
    when = local_date(value)
    return f"{when.year}年{when.month}月{when.day}日"


def weekday(value: date | datetime) -> str:
    """星期二."""
    return f"星期{WEEKDAYS[local_date(value).weekday()]}"


def money(value: Decimal | int | float) -> str:
    """Yuan with two decimals and grouped thousands: 12,345.60 元."""
    return f"{Decimal(str(value)):,.2f} 元"


def working_days(count: int | float | Decimal) -> str:
    """3 个工作日; halves keep one decimal."""
    return f"{_plain(count)} 个工作日"


def remaining(count: int | None) -> str:
    """What is left until a due date, in working days: 剩 3 天, 今日到期, 超期 2 天; nothing due: —."""
    if count is None:
        return "—"
    if count == 0:
        return "今日到期"
    return f"剩 {count} 天" if count > 0 else f"超期 {-count} 天"


def duration(span: timedelta) -> str:
    """A length of time in its two largest units: 2 天 3 小时, 5 小时 10 分钟, 不到 1 分钟."""
    minutes = int(span.total_seconds()) // 60
    parts = [(minutes // 1440, "天"), (minutes % 1440 // 60, "小时"), (minutes % 60, "分钟")]
    while parts and parts[0][0] == 0:
        parts.pop(0)
    said = [f"{count} {unit}" for count, unit in parts[:2] if count]
    return " ".join(said) or "不到 1 分钟"


def percent(part: int, whole: int) -> Decimal:
    """A share in percent, rounded half up to two decimals. Raises where there is nothing to divide by."""
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def rate(part: int, whole: int) -> str:
    """A share: 83.23 %; under five cases only "样本不足", so few mislead; of nothing "—", never 0 %."""
    if whole < FEW:
        return TOO_FEW if whole else NOTHING
    return f"{percent(part, whole)} %"


def copies_word(count: int) -> str:
    """The numeral of 一式两份: one to nine as letters say it."""
    return "零一两三四五六七八九"[count] if 0 <= count <= 9 else str(count)


def _plain(count: int | float | Decimal) -> str:
    return f"{Decimal(str(count)):.1f}".removesuffix(".0")
