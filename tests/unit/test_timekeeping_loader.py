"""Filling the calendar table: the library's years, the official notice, and what each may overwrite."""

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bancheng.errors import Invalid
from bancheng.timekeeping import calendar
from bancheng.timekeeping.loader import import_notice, known_years, load_calendar
from bancheng.timekeeping.models import CalendarDay, DayKind, Source

pytestmark = pytest.mark.django_db

TITLE = "国务院办公厅关于2027年部分节假日安排的通知"
NOTICE = f"""date,kind,name,notice
2026-12-31,holiday,元旦,{TITLE}
2027-01-01,holiday,元旦,{TITLE}
2027-01-03,adjusted,元旦,{TITLE}
"""


@pytest.fixture(autouse=True)
def _nothing_known_from_2027_on() -> Iterator[None]:
    """As in November 2026, whatever the library learns later; nothing is remembered past the test."""
    CalendarDay.objects.filter(date__year__gte=2027).delete()
    yield
    calendar.forget()


def notice(text: str = NOTICE) -> io.StringIO:
    return io.StringIO(text)


def run(*words: str) -> str:
    out = io.StringIO()
    call_command("calendar", *words, stdout=out)
    return out.getvalue()


def test_every_day_of_a_known_year_is_written_with_its_kind_and_notice() -> None:
    CalendarDay.objects.all().delete()
    assert load_calendar([2026]) == 365
    kinds = {kind: CalendarDay.objects.filter(kind=kind).count() for kind in DayKind}
    assert kinds == {"workday": 242, "adjusted": 6, "holiday": 33, "rest": 84}
    eve = CalendarDay.objects.get(date=date(2026, 2, 16))
    assert (eve.name, eve.notice) == ("春节", "国务院办公厅关于2026年部分节假日安排的通知")


def test_loading_again_changes_nothing() -> None:
    load_calendar()
    before = list(CalendarDay.objects.values_list())
    load_calendar()
    assert list(CalendarDay.objects.values_list()) == before


def test_a_year_that_the_library_does_not_know_is_left_out() -> None:
    assert load_calendar([1990, known_years()[-1] + 1]) == 0


def test_official_rows_are_not_overwritten_by_the_library() -> None:
    load_calendar([2026])
    CalendarDay.objects.filter(date=date(2026, 3, 3)).update(kind=DayKind.HOLIDAY, source=Source.OFFICIAL)
    load_calendar([2026])
    assert CalendarDay.objects.get(date=date(2026, 3, 3)).kind == DayKind.HOLIDAY


def test_a_notice_publishes_its_whole_year() -> None:
    import_notice(2027, notice())
    current = calendar.current()
    assert current.is_published(date(2027, 12, 31))
    assert current.is_workday(date(2027, 1, 3))
    assert not current.is_workday(date(2027, 1, 1))


def test_a_notice_may_reach_into_the_last_week_of_the_year_before() -> None:
    load_calendar([2026])
    import_notice(2027, notice())
    assert CalendarDay.objects.get(date=date(2026, 12, 31)).source == Source.OFFICIAL
    assert CalendarDay.objects.get(date=date(2026, 12, 30)).source == Source.LIBRARY


def test_what_the_next_notice_said_of_the_last_week_outlives_a_second_import() -> None:
    import_notice(2027, notice())
    import_notice(
        2028, notice("date,kind,name,notice\n2027-12-31,holiday,元旦,乙\n2028-01-01,holiday,元旦,乙\n")
    )
    import_notice(2027, notice())
    assert CalendarDay.objects.get(date=date(2027, 12, 31)).kind == DayKind.HOLIDAY


def test_a_corrected_notice_takes_back_what_the_first_one_said() -> None:
    import_notice(2027, notice())
    import_notice(2027, notice(NOTICE.replace("2027-01-03,adjusted", "2027-01-09,adjusted")))
    assert CalendarDay.objects.get(date=date(2027, 1, 3)).kind == DayKind.REST


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("2027-02-30,holiday,春节,通知", "日期应写成"),
        ("2028-01-01,holiday,元旦,通知", "不在2027年的安排之内"),
        ("2027-03-01,workday,无,通知", "类型应为"),
        ("2027-03-01,adjusted,春节,通知", "本来就是工作日"),
        ("2027-03-01,holiday,,通知", "名称和依据都要填写"),
        ("2027-03-01", "类型应为"),
        ("2027-01-01,holiday,元旦,通知", "日期重复"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_imported(line: str, sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        import_notice(2027, notice(NOTICE + line + "\n"))
    assert "第5行" in refused.value.errors[""][0]
    assert sentence in refused.value.errors[""][0]
    assert not CalendarDay.objects.filter(date__year=2027).exists()


@pytest.mark.parametrize("text", ["", "date,kind\n", "date,kind,name,notice\n"])
def test_a_file_without_columns_or_rows_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        import_notice(2027, notice(text))


def test_current_asks_the_database_once() -> None:
    calendar.forget()
    with CaptureQueriesContext(connection) as queries:
        for _ in range(3):
            calendar.current().add(date(2026, 11, 24), 15)
    assert len([q for q in queries if "timekeeping_calendarday" in q["sql"]]) == 1


def test_command_load_says_which_years_are_not_published() -> None:
    assert "2099年：日历库中没有，日历未公布，暂按周一至周五测算" in run("load", "2026", "2099")


def test_command_show_lists_holidays_and_adjusted_days() -> None:
    load_calendar([2026])
    shown = run("show", "2026")
    assert "工作日 248 天" in shown
    assert "2026-10-10 周六 调休上班 国庆节" in shown


def test_command_show_says_when_a_year_is_not_published() -> None:
    assert "暂按周一至周五测算" in run("show", "2099")


def test_command_import_reads_a_file_as_excel_saves_it(tmp_path: Path) -> None:
    file = tmp_path / "2027.csv"
    file.write_text(NOTICE, encoding="utf-8-sig")
    assert "366 天" in run("import", str(file), "--year", "2027")


def test_command_import_reports_every_bad_line(tmp_path: Path) -> None:
    file = tmp_path / "2027.csv"
    file.write_text(NOTICE + "x,holiday,元旦,通知\ny,holiday,元旦,通知\n", encoding="utf-8")
    with pytest.raises(CommandError, match=r"第5行.*\n第6行"):
        run("import", str(file), "--year", "2027")


def test_command_import_of_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="读不了文件"):
        run("import", str(tmp_path / "none.csv"), "--year", "2027")


def test_command_import_of_a_file_in_another_encoding_says_how_to_save_it(tmp_path: Path) -> None:
    file = tmp_path / "2027.csv"
    file.write_text(NOTICE, encoding="gbk")
    with pytest.raises(CommandError, match="另存为"):
        run("import", str(file), "--year", "2027")


@pytest.mark.parametrize("year", ["0", "99999", "今年", "-1"])
def test_command_refuses_what_is_no_year(year: str) -> None:
    with pytest.raises(CommandError):
        run("show", year)
