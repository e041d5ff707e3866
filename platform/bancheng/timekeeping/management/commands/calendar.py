"""`bancheng calendar`: load, import and show the working calendar."""

import argparse
import csv
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bancheng.errors import Invalid
from bancheng.timekeeping.calendar import PROVISIONAL_NOTE
from bancheng.timekeeping.loader import COLUMNS, import_notice, known_years, load_calendar
from bancheng.timekeeping.models import CalendarDay, DayKind


class Command(BaseCommand):
    """Keep the calendar of working days."""

    help = "工作日历：从日历库装入、按官方通知导入、查看某一年"

    def add_arguments(self, parser: CommandParser) -> None:
        """Three subcommands."""
        acts = parser.add_subparsers(dest="act", required=True)
        load = acts.add_parser("load", help="从日历库装入（已知的年份，可重复执行，不覆盖官方通知）")
        load.add_argument("years", nargs="*", type=_year, metavar="YEAR", help="只装这些年份")
        notice = acts.add_parser("import", help=f"按国务院办公厅通知导入一年，CSV 列：{','.join(COLUMNS)}")
        notice.add_argument("file", metavar="FILE.csv")
        notice.add_argument(
            "--year", type=_year, required=True, help="通知安排的年份，未列出的日期按周一至周五"
        )
        show = acts.add_parser("show", help="查看一年的放假与调休")
        show.add_argument("year", type=_year, metavar="YEAR")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the one that was asked for."""
        match options["act"]:
            case "load":
                self._load(options["years"])
            case "import":
                self._import(options["file"], options["year"])
            case "show":
                self._show(options["year"])

    def _load(self, asked: list[int]) -> None:
        years = asked or known_years()
        self.stdout.write(f"已写入 {load_calendar(years)} 天")
        for year in sorted(set(years)):
            if not CalendarDay.objects.filter(date__year=year).exists():
                self.stdout.write(f"{year}年：日历库中没有，{PROVISIONAL_NOTE}")

    def _import(self, path: str, year: int) -> None:
        try:
            with open(path, encoding="utf-8-sig", newline="") as lines:
                count = import_notice(year, lines)
        except OSError as error:
            raise CommandError(f"读不了文件 {path}:{error.strerror}") from error
        except (UnicodeDecodeError, csv.Error) as error:
            raise CommandError(f"{path} 不是 UTF-8 编码的 CSV,请在表格软件中另存为“CSV UTF-8”") from error
        except Invalid as error:
            raise CommandError("没有导入:\n" + "\n".join(error.errors[""])) from error
        self.stdout.write(f"已按官方通知写入 {count} 天")

    def _show(self, year: int) -> None:
        days = CalendarDay.objects.filter(date__year=year)
        if not days.exists():
            self.stdout.write(f"{year}年：{PROVISIONAL_NOTE}")
            return
        workdays = days.filter(kind__in=[kind for kind in DayKind if kind.is_workday]).count()
        self.stdout.write(f"{year}年：工作日 {workdays} 天")
        for day in days.filter(kind__in=[DayKind.HOLIDAY, DayKind.ADJUSTED]):
            week = "一二三四五六日"[day.date.weekday()]
            self.stdout.write(f"{day.date} 周{week} {day.get_kind_display()} {day.name}({day.notice})")


def _year(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1949 < int(text) < 3000):
        raise argparse.ArgumentTypeError(f"年份应写成 2027 的样式，不是“{text}”")
    return int(text)
