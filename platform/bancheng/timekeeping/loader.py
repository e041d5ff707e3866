"""Filling the calendar table: from the library for the years it knows, else from the official notice."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TextIO

import chinese_calendar
from django.db import transaction

from bancheng.celery import hint
from bancheng.errors import Invalid
from bancheng.timekeeping import calendar
from bancheng.timekeeping.models import CalendarDay, DayKind, Source

# Older matters are not taken over; whoever needs an earlier year loads it by name (`calendar load 2019`).
FIRST_YEAR = 2021
COLUMNS = ("date", "kind", "name", "notice")

# Held here because the library raises for other years, and in November always for the coming one.
_KNOWN = frozenset(day.year for day in chinese_calendar.constants.holidays)
_NAMES = {holiday.value: holiday.chinese for holiday in chinese_calendar.Holiday}


@dataclass(frozen=True)
class NoticeDay:
    """One row of an official notice: a day on which it departs from an ordinary week."""

    date: date
    kind: DayKind
    name: str
    notice: str


def known_years() -> list[int]:
    """The years from FIRST_YEAR on that the library knows, in order."""
    return sorted(year for year in _KNOWN if year >= FIRST_YEAR)


def load_calendar(years: Iterable[int] | None = None) -> int:
    """Write every day of `years` (all of `known_years` when None) from the library; may be repeated.

    A year that the library does not know is left out, official rows stay as they are. Returns the number of
    days written. Open due dates are reckoned anew after the commit, as after `import_notice`.
    """
    wanted = known_years() if years is None else sorted(_KNOWN.intersection(years))
    with transaction.atomic():
        official = set(
            CalendarDay.objects.filter(source=Source.OFFICIAL, date__year__in=wanted).values_list(
                "date", flat=True
            )
        )
        days = [_from_library(day) for year in wanted for day in _days_of(year) if day not in official]
        _write(days)
    return len(days)


def import_notice(year: int, lines: TextIO) -> int:
    """Replace `year` by the State Council's notice, a CSV of the days that depart from an ordinary week.

    Columns: date, kind (holiday 放假, adjusted 调休上班), name, notice. Days that are not listed become
    ordinary workdays and weekends. The notice may reach into the last week of the year before; nothing else
    of that year changes, and what another notice said of this year's last week stays. All or nothing:
    raises Invalid with a sentence for every bad line. Returns the number of days written.
    """
    listed = _parse(year, lines)
    notice = listed[max(listed)].notice
    with transaction.atomic():
        kept = set(
            CalendarDay.objects.filter(source=Source.OFFICIAL, date__year=year)
            .filter(date__gte=_reach(year + 1))
            .exclude(notice=notice)
            .values_list("date", flat=True)
        )
        days = [
            _ordinary(day, notice, Source.OFFICIAL)
            for day in _days_of(year)
            if day not in listed.keys() | kept
        ]
        days += [
            CalendarDay(
                date=row.date, kind=row.kind, name=row.name, notice=row.notice, source=Source.OFFICIAL
            )
            for row in listed.values()
        ]
        _write(days)
    return len(days)


def _write(days: list[CalendarDay]) -> None:
    CalendarDay.objects.bulk_create(
        days,
        update_conflicts=True,
        unique_fields=["date"],
        update_fields=["kind", "name", "notice", "source"],
        batch_size=1000,
    )
    calendar.forget()
    # Again after commit: in between another thread may have remembered the old table.
    transaction.on_commit(calendar.forget)
    hint("deadlines.rereckon_all")


def _days_of(year: int) -> Iterator[date]:
    first = date(year, 1, 1)
    return (first + timedelta(days=n) for n in range((date(year, 12, 31) - first).days + 1))


def _reach(year: int) -> date:
    """The first day of the year before that the notice of `year` may speak of."""
    return date(year - 1, 12, 25)


def _from_library(day: date) -> CalendarDay:
    notice = f"国务院办公厅关于{day.year}年部分节假日安排的通知"
    _, name = chinese_calendar.get_holiday_detail(day)
    if name is None:
        return _ordinary(day, notice, Source.LIBRARY)
    kind = DayKind.ADJUSTED if chinese_calendar.is_workday(day) else DayKind.HOLIDAY
    return CalendarDay(date=day, kind=kind, name=_NAMES[name], notice=notice, source=Source.LIBRARY)


def _ordinary(day: date, notice: str, source: Source) -> CalendarDay:
    kind = DayKind.WORKDAY if day.weekday() < 5 else DayKind.REST
    return CalendarDay(date=day, kind=kind, notice=notice, source=source)


def _parse(year: int, lines: TextIO) -> dict[date, NoticeDay]:
    reader = csv.DictReader(lines)
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise Invalid({"": [f"首行应为 {','.join(COLUMNS)}"]})
    rows: dict[date, NoticeDay] = {}
    wrong: list[str] = []
    for cells in reader:
        try:
            row = _parse_row(year, cells)
            if row.date in rows:
                raise ValueError("日期重复")
            rows[row.date] = row
        except ValueError as error:
            wrong.append(f"第{reader.line_num}行：{error}")
    if not wrong and not any(row.date.year == year for row in rows.values()):
        wrong.append(f"文件中没有{year}年的日期")
    if wrong:
        raise Invalid({"": wrong})
    return rows


def _parse_row(year: int, cells: dict[str, str]) -> NoticeDay:
    text = {name: (cells.get(name) or "").strip() for name in COLUMNS}
    try:
        day = date.fromisoformat(text["date"])
    except ValueError:
        raise ValueError("日期应写成 2027-01-01 的样式") from None
    if not _reach(year) <= day <= date(year, 12, 31):
        raise ValueError(f"{day} 不在{year}年的安排之内")
    kind = text["kind"]
    if kind not in (DayKind.HOLIDAY, DayKind.ADJUSTED):
        raise ValueError("类型应为 holiday(放假)或 adjusted(调休上班)")
    if kind == DayKind.ADJUSTED and day.weekday() < 5:
        raise ValueError(f"{day} 本来就是工作日，不能写成调休上班")
    if not text["name"] or not text["notice"]:
        raise ValueError("名称和依据都要填写")
    return NoticeDay(day, DayKind(kind), text["name"], text["notice"])
