"""The figures' scope, map and charts: what narrows what, where a division stands, what a table says."""

import csv
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bancheng.centres.models import Centre
from bancheng.overview import charts, tilemap
from bancheng.overview.flows import Flow
from bancheng.overview.models import CentreFigure, CityDay, ConsultationFact, Fact, Span
from bancheng.overview.patterns import Hands, hands
from bancheng.overview.scope import Scope
from bancheng.overview.selectors import NOTHING, CentreRow, Row
from bancheng.overview.trend import Month, firsts

ROOT = Path(__file__).resolve().parents[2]
MARCH = Scope(date(2026, 3, 1), date(2026, 3, 31))


# --- The scope ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [each.name for each in fields(Scope) if each.name not in ("since", "until")])
def test_facts_can_be_narrowed_by_everything(db: None, name: str) -> None:
    assert MARCH.having(name, {"cross": "level", "level": "3"}.get(name, "x")).answered_by(Fact)


@pytest.mark.parametrize(
    ("model", "known"),
    [
        (Span, {"centre", "item", "scheme"}),
        (ConsultationFact, {"centre", "item", "scheme"}),
        (CityDay, set()),
    ],
)
def test_a_table_that_does_not_know_a_condition_is_not_asked(db: None, model: Any, known: set[str]) -> None:
    names = {each.name for each in fields(Scope)} - {"since", "until"}
    asked = {name: MARCH.having(name, {"cross": "level", "level": "3"}.get(name, "x")) for name in names}
    assert {name for name, scope in asked.items() if scope.answered_by(model)} == known
    unknown = next(iter(names - known))
    with pytest.raises(ValueError, match="cannot be narrowed"):
        asked[unknown].narrow(model.objects.all())


def test_an_address_asks_for_what_the_scope_is() -> None:
    scope = MARCH.having("centre", "130722").having("level", "0")
    assert scope.query == "since=2026-03-01&until=2026-03-31&centre=130722&level=0"
    assert scope.having("centre", "").having("level", "") == MARCH
    assert (MARCH.whole_city, scope.whole_city) == (True, False)


def test_months_are_those_that_the_period_touches() -> None:
    found = list(firsts(Scope(date(2025, 12, 31), date(2026, 2, 1))))
    assert found == [date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)]


# --- The map -----------------------------------------------------------------------------------------


def test_every_division_of_the_city_has_a_tile_of_its_own() -> None:
    listing = ROOT / "platform" / "bancheng" / "centres" / "data" / "centres.csv"
    with listing.open(encoding="utf-8") as file:
        codes = {row["code"] for row in csv.DictReader(file) if row["kind"] == "centre"}
    assert codes == tilemap.LAYOUT.keys()
    assert len(set(tilemap.LAYOUT.values())) == len(codes) == 20


def test_every_tile_has_a_place_in_the_style_sheet() -> None:
    sheet = ROOT / "platform" / "bancheng" / "overview" / "static" / "overview" / "figures.css"
    styles = sheet.read_text(encoding="utf-8")
    for row, column in tilemap.LAYOUT.values():
        assert f".citymap-row-{row} " in styles
        assert f".citymap-column-{column} " in styles


@pytest.mark.parametrize(
    ("north", "south"),
    [("130723", "130722"), ("130722", "130700"), ("130700", "130726"), ("130709", "130730")],
)
def test_what_lies_north_stands_above(north: str, south: str) -> None:
    assert tilemap.LAYOUT[north][0] < tilemap.LAYOUT[south][0]


@pytest.mark.parametrize(("west", "east"), [("130725", "130722"), ("130728", "130705"), ("130703", "130702")])
def test_what_lies_west_stands_left(west: str, east: str) -> None:
    assert tilemap.LAYOUT[west][1] < tilemap.LAYOUT[east][1]


def row(code: str, **counts: int) -> CentreRow:
    centre = Centre(code=code, short_name=code)
    return CentreRow(
        code=code,
        label=centre.short_name,
        counts={**NOTHING, **counts},
        scope=MARCH.having("centre", code),
        consultations=None,
        figure=CentreFigure(centre=code),
        suspended=False,
    )


def shades(figure: str, **by_code: dict[str, int]) -> dict[str, tuple[str, str, int]]:
    rows = {code[1:]: row(code[1:], **counts) for code, counts in by_code.items()}
    found = tilemap.drawn(rows, figure, lambda code: f"/?centre={code}")
    return {tile.label: (tile.value, tile.note, tile.shade) for tile in found.tiles}


def test_rates_are_coloured_by_bands_and_those_of_few_not_at_all() -> None:
    found = shades(
        "closing",
        c130722={"accepted": 10, "accepted_closed": 10},
        c130723={"accepted": 10, "accepted_closed": 6},
        c130724={"accepted": 10, "accepted_closed": 5},
        c130725={"accepted": 4, "accepted_closed": 4},
        c130726={},
    )
    assert found == {
        "130722": ("100.00 %", "10/10", 4),
        "130723": ("60.00 %", "6/10", 2),
        "130724": ("50.00 %", "5/10", 1),
        "130725": ("样本不足", "4/4", 0),
        "130726": ("—", "0/0", 0),
    }


def test_counts_are_coloured_against_the_most_as_the_legend_says() -> None:
    rows = {
        code: row(code, accepted=number) for code, number in (("130722", 40), ("130723", 11), ("130724", 0))
    }
    found = tilemap.drawn(rows, "accepted", str)
    assert [(tile.label, tile.shade) for tile in found.tiles] == [("130723", 2), ("130724", 0), ("130722", 4)]
    assert found.legend == [(0, "0"), (1, "1 至 10"), (2, "11 至 20"), (3, "21 至 30"), (4, "31 至 40")]


def test_an_unknown_figure_of_the_map_is_the_first() -> None:
    assert tilemap.drawn({}, "nonsense", str).figure == "accepted"
    assert tilemap.drawn({}, ["closing"], str).figure == "accepted"


def test_a_centre_of_another_city_is_not_on_the_map() -> None:
    assert tilemap.places(["999999", "130722"]) == ["130722"]


# --- The charts --------------------------------------------------------------------------------------


def test_without_consultations_to_tell_the_trend_has_no_second_axis() -> None:
    months = [Month(date(2026, 3, 1), registered=3, accepted=2, closed=1, consultations=None)]
    option, table = charts.trend(months)
    assert [series["name"] for series in option["series"]] == ["登记", "销号"]
    assert table["head"] == ["月份", "登记", "受理", "销号", "措施"]
    assert table["rows"] == [["2026-03", 3, 2, 1, ""], ["合计", 3, 2, 1, ""]]


def test_time_in_hands_is_told_in_working_days_for_one_matter() -> None:
    counts = {"resolved": 10, "held_window": 2700, "held_department": 10800} | dict.fromkeys(
        ("held_centre", "held_outside", "held_reporter"), 0
    )
    found = hands(Row("YL10", "遗属待遇", counts, MARCH))
    assert found == Hands(
        "YL10", "遗属待遇", 10, {"window": 0.5, "department": 2.0, "centre": 0, "outside": 0, "reporter": 0}
    )
    _, table = charts.hands([found])
    assert table["rows"] == [["遗属待遇", 10, "0.5", "2.0", "0.0", "0.0", "0.0", "2.5"]]


@pytest.mark.parametrize(("resolved", "said"), [(0, "—"), (1, "样本不足"), (4, "样本不足")])
def test_of_nothing_or_few_no_mean_is_told(resolved: int, said: str) -> None:
    found = hands(Row("", "全部", {"resolved": resolved, "held_window": 540}, MARCH))
    _, table = charts.hands([found])
    assert table["rows"] == [["全部", resolved, "—", "—", "—", "—", "—", said]]


def test_units_that_refer_to_each_other_make_no_circle() -> None:
    def flow(source: str, target: str, sent: int) -> Flow:
        return Flow(source, source, target, target, "centre", sent=sent, under_way=0, answered=0, returned=0)

    option, table = charts.flows([flow("张北县", "蔚县", 3), flow("蔚县", "张北县", 2)])
    (series,) = option["series"]
    starts, ends = ({link[side] for link in series["links"]} for side in ("source", "target"))
    assert starts.isdisjoint(ends)
    assert starts | ends == {node["name"] for node in series["data"]}
    assert table["rows"][-1] == ["合计", "", 5, 0, 0, 0]
