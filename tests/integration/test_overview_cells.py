"""Drill-down: counts by two dimensions of whatever the overview is narrowed by, never a case."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from bancheng.identity.roles import Role
from bancheng.overview import cells
from bancheng.overview.cells import DIMENSIONS, MEASURES
from bancheng.overview.models import Fact
from bancheng.overview.scope import Scope
from tests import schemas

DAY = date(2026, 3, 9)
YEAR = Scope(date(2026, 1, 1), date(2026, 12, 31))
PERIOD = "since=2026-01-01&until=2026-12-31"


@pytest.fixture
def analyst(office: Any) -> Client:
    return schemas.client_for(office, schemas.make_staff(office, Role.CITY_ANALYST))


def put(**counts: Any) -> Fact:
    given = {"centre": "130722", "day": DAY, "item": "YL10", "kind": "hard", "level": 3, "cause": "C06"}
    return Fact.objects.create(**given | counts)


def table(scope: Scope, rows: str, columns: str, measure: str = "accepted") -> dict[tuple[str, str], int]:
    """Every count by the words of its line and column."""
    found = cells.cells(scope, rows=rows, columns=columns, measure=measure)
    return {
        (row.label, column.label): found.cell(row, column) for row in found.rows for column in found.columns
    }


def text(response: Any) -> str:
    assert response.status_code == 200
    return str(response.content.decode())


# --- What is counted ---------------------------------------------------------------------------------


def test_counts_by_month_and_centre_are_sums_of_the_facts(db: None) -> None:
    put(accepted=3)
    put(accepted=4, cause="C01")
    put(accepted=5, centre="130726", day=date(2026, 5, 2))
    assert table(YEAR, "month", "centre") == {
        ("2026-03", "张北县"): 7,
        ("2026-03", "蔚县"): 0,
        ("2026-05", "张北县"): 0,
        ("2026-05", "蔚县"): 5,
    }


@pytest.mark.parametrize("rows", DIMENSIONS)
def test_every_dimension_sums_to_the_same_whole(db: None, rows: str) -> None:
    put(accepted=3)
    put(accepted=4, cause="", outcome="done", level=0, kind="novel", cross_level=True)
    put(accepted=5, centre="130726", mode="special", reporter="enterprise", cross_region=True)
    columns = "outcome" if rows != "outcome" else "cause"
    found = cells.cells(YEAR, rows=rows, columns=columns, measure="accepted")
    assert (
        found.total
        == sum(line.total for line in found.rows)
        == sum(line.total for line in found.columns)
        == 12
    )
    assert sum(found.cell(row, column) for row in found.rows for column in found.columns) == 12


@pytest.mark.parametrize("name", DIMENSIONS)
def test_behind_every_line_lies_just_what_it_counts(db: None, name: str) -> None:
    put(accepted=3)
    put(accepted=4, cause="", outcome="done", level=0, kind="novel", cross_department=True, cross_level=True)
    put(accepted=5, centre="130726", day=date(2026, 5, 2), mode="special", item="YL01", cross_region=True)
    columns = "outcome" if name != "outcome" else "cause"
    found = cells.cells(YEAR, rows=name, columns=columns, measure="accepted")
    leading = [line for line in found.rows if line.scope]
    assert leading
    for line in leading:
        assert line.scope
        behind = cells.cells(line.scope, rows=name, columns=columns, measure="accepted")
        assert behind.total == line.total


def test_of_many_columns_the_smaller_ones_are_summed(db: None) -> None:
    for number in range(1, cells.COLUMNS + 4):
        put(accepted=number, item=f"X{number:02}")
    found = cells.cells(YEAR, rows="month", columns="item", measure="accepted")
    assert [column.label for column in found.columns][-1] == "其余 3 项"
    (line,) = found.rows
    assert [found.cell(line, column) for column in found.columns][-1] == 1 + 2 + 3
    assert sum(found.cell(line, column) for column in found.columns) == line.total


def test_columns_stand_in_their_own_order_not_in_that_of_their_size(db: None) -> None:
    put(accepted=1, level=1)
    put(accepted=9, level=4)
    put(accepted=5, level=0)
    found = cells.cells(YEAR, rows="month", columns="level", measure="accepted")
    assert [column.label for column in found.columns] == ["尚未定级", "1级 简单", "4级 疑难"]


def test_it_takes_one_query_however_many_lines(db: None) -> None:
    for number in range(40):
        put(accepted=1, item=f"X{number:02}")
    with CaptureQueriesContext(connection) as captured:
        cells.cells(YEAR, rows="item", columns="cause", measure="accepted")
    assert len(captured) == 1


def test_sums_of_days_or_trips_are_not_counts() -> None:
    assert not {"handling_days", "gross_days", "trips_before", "held_window"} & set(MEASURES)


# --- The page ----------------------------------------------------------------------------------------


def test_a_cell_leads_to_the_matters_of_both_its_lines_alone(analyst: Client) -> None:
    put(accepted=7)
    put(accepted=2, centre="130726")
    page = text(analyst.get(f"/cells/?{PERIOD}&rows=kind&columns=centre"))
    narrowed = "since=2026-01-01&until=2026-12-31&centre=130722&kind=hard"
    assert escape(f"/cells/?{narrowed}") in page
    behind = analyst.get(f"/cells/?{narrowed}&rows=month&columns=cause")
    assert behind.context["total"] == 7


def test_shares_of_few_are_hidden_and_counts_are_shown(analyst: Client) -> None:
    put(accepted=3)
    put(accepted=1, kind="urgent")
    page = text(analyst.get(f"/cells/?{PERIOD}&rows=kind&columns=centre"))
    assert page.count("样本不足") == 2
    assert ">3</a>" in page
    put(accepted=1, kind="novel")
    assert "60.00 %" in text(analyst.get(f"/cells/?{PERIOD}&rows=kind&columns=centre"))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("rows=kind&columns=kind", "行和列不能是同一个"),
        ("rows=person", "行："),
        ("measure=held_window", "计数："),
        ("since=x", "起始日期："),
        ("kind=nobody", "类别："),
        ("page=99999999999999999999", "月份"),
        ("level=9", "难度等级："),
        ("cross=everything", "跨部门、层级、地区："),
    ],
)
def test_what_cannot_be_counted_is_said_and_the_usual_is_shown(
    analyst: Client, query: str, said: str
) -> None:
    put(accepted=3)
    assert said in text(analyst.get(f"/cells/?{PERIOD}&{query}"))


def test_without_anything_to_count_the_page_says_so(analyst: Client) -> None:
    assert "所选条件下没有计数" in text(analyst.get(f"/cells/?{PERIOD}"))


def test_what_it_is_narrowed_by_is_told_and_can_be_taken_off(analyst: Client) -> None:
    put(accepted=3)
    page = text(analyst.get(f"/cells/?{PERIOD}&item=YL10&cause=C06"))
    assert "跨层级</strong>" in page
    assert (
        f'href="/cells/?{escape("since=2026-01-01&until=2026-12-31&cause=C06&rows=month&columns=centre")}'
        in page
    )
    assert 'aria-label="去掉条件：事项"' in page


def test_lines_come_in_pages(analyst: Client) -> None:
    for number in range(45):
        put(accepted=1, item=f"X{number:02}")
    page = text(analyst.get(f"/cells/?{PERIOD}&rows=item&columns=kind&page=2"))
    assert "第 41–45 条，共 45 条" in page
    assert "X44" in page


def test_no_page_of_counts_names_a_case(analyst: Client) -> None:
    put(accepted=3)
    assert "BF130722" not in text(analyst.get(f"/cells/?{PERIOD}"))
