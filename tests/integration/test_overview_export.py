"""The overview as a spreadsheet: what is seen, numbers as numbers, nothing that could run."""

import io
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bancheng.identity.roles import Role
from bancheng.overview import exports, rollup
from bancheng.overview.models import CentreFigure, Fact, ProblemCard, ProblemState
from bancheng.overview.scope import Scope
from bancheng.timekeeping import clock
from bancheng.timekeeping.clock import SHANGHAI
from bancheng.web.sheets import Sheet, book
from tests import schemas

NOW = datetime(2026, 3, 31, 16, 0, tzinfo=SHANGHAI)
MARCH = Scope(date(2026, 3, 1), date(2026, 3, 31))
PERIOD = "?since=2026-03-01&until=2026-03-31"


@pytest.fixture(autouse=True)
def _counted(city: Any, zhangbei: Any, yuxian: Any) -> Iterator[None]:
    """167 matters accepted in the city in March, of which 139 are closed; 3 of them in 蔚县."""
    with clock.at(NOW):
        usual = {"day": date(2026, 3, 9), "item": "YL10", "kind": "hard", "cause": "C06"}
        Fact.objects.create(**usual, centre="130722", registered=170, accepted=164, accepted_closed=137)
        Fact.objects.create(**usual, centre="130726", registered=3, accepted=3, accepted_closed=2)
        CentreFigure.objects.create(centre="130722", summarised_at=NOW, open=27)
        rollup.roll_up_everything()
        yield


@pytest.fixture
def analyst(office: Any) -> Client:
    return schemas.client_for(office, schemas.make_staff(office, Role.CITY_ANALYST))


def opened(answer: Any) -> Any:
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(answer.content))


def table(file: Any, name: str) -> dict[Any, dict[str, Any]]:
    """The rows of a sheet by their first cell, each by the words of the head."""
    _, head, *rows = file[name].iter_rows(values_only=True)
    key = 1 if name == "指标" else 0
    return {row[key]: dict(zip(head, row, strict=True)) for row in rows if row[key] is not None}


def test_indicators_are_numbers_with_numerator_denominator_and_formula(analyst: Client) -> None:
    closing = table(opened(analyst.get(f"/export/{PERIOD}")), "指标")["办结率"]
    assert (closing["数值"], closing["分子"], closing["分母或样本数"]) == (0.8323, 139, 167)
    assert closing["数值（分子/分母）"] == "83.23 %（139/167）"
    assert closing["口径"] == "期内受理件中现已销号的 ÷ 期内受理件"


def test_a_rate_of_few_is_a_word_with_its_numbers_beside(analyst: Client) -> None:
    rows = table(opened(analyst.get(f"/export/{PERIOD}")), "各中心")
    yuxian = rows["蔚县"]
    assert (yuxian["办结率"], yuxian["办结率分子"], yuxian["办结率分母"]) == ("样本不足", 2, 3)
    assert (rows["张家口市"]["办结率"], rows["张北县"]["在办"]) == ("—", 27)
    assert (rows["合计"]["受理"], rows["合计"]["办结率"]) == (167, 0.8323)


def test_it_is_narrowed_as_the_page_is_and_says_so(analyst: Client) -> None:
    file = opened(analyst.get(f"/export/{PERIOD}&centre=130722&kind=hard"))
    assert table(file, "指标")["受理"]["数值"] == 164
    about = table(file, "说明")
    assert (about["范围"]["内容"], about["类别"]["内容"]) == ("张北县", "难事")
    assert "无事可办指数" not in file.sheetnames


def test_months_items_and_causes_have_sheets_of_their_own(analyst: Client) -> None:
    file = opened(analyst.get(f"/export/{PERIOD}"))
    assert table(file, "逐月")["2026-03"]["受理"] == 167
    heat = list(table(file, "事项与主因").values())
    assert [list(row.values())[1:] for row in heat] == [[167]]
    assert {"事项", "主因", "时间在谁手上", "转办流向", "措施", "问题", "无事可办指数", "零报告"} <= set(
        file.sheetnames
    )


def test_a_centre_gets_its_own_whatever_the_address_says(zhangbei: Any) -> None:
    director = schemas.client_for(zhangbei, schemas.make_staff(zhangbei, Role.DIRECTOR))
    file = opened(director.get(f"/figures/export/{PERIOD}&centre=130726"))
    assert table(file, "指标")["受理"]["数值"] == 164
    assert list(table(file, "各中心")) == ["张北县", "按名册次序。各地人口与业务量不同，本表不作排名。"]


@pytest.mark.parametrize(
    ("host", "path", "role"),
    [
        ("130722", "/figures/export/", Role.WINDOW_CLERK),
        ("130700-office", "/figures/export/", Role.CITY_ANALYST),
        ("130722", "/export/", Role.DIRECTOR),
    ],
)
def test_nobody_else_gets_it(office: Any, host: str, path: str, role: str) -> None:
    centre = schemas.centre(host)
    client = schemas.client_for(centre, schemas.make_staff(centre, role))
    assert client.get(path).status_code in (403, 404)


@pytest.mark.parametrize("query", ["?since=x", "?centre=999999", "?until=1999-01-01", "?kind=%00"])
def test_wrong_conditions_export_what_the_page_would_show(analyst: Client, query: str) -> None:
    assert "指标" in opened(analyst.get(f"/export/{query}")).sheetnames


def test_more_centres_take_no_more_queries() -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            exports.sheets(MARCH, [])
        return len(found)

    few = queries()
    for number in range(40):
        Fact.objects.create(centre=f"{number:06}", day=date(2026, 3, 9), item="YL10", kind="hard", accepted=1)
    assert queries() == few


def test_text_stays_text_whatever_it_begins_with() -> None:
    ProblemCard.objects.create(
        id="00000000-0000-7000-8000-000000000001",
        centre="130722",
        number="=1+1",
        item="YL10",
        cause="C06",
        state=ProblemState.OPEN,
    )
    file = openpyxl.load_workbook(io.BytesIO(book(exports.sheets(MARCH, []))))
    cell = next(row[1] for row in file["问题"].iter_rows() if row[1].value == "=1+1")
    assert cell.data_type == "s"


def test_a_moment_is_written_in_shanghais_time_and_a_day_as_a_day() -> None:
    sheet = Sheet("时间", "时间", ["时刻", "日期"], [[NOW, date(2026, 3, 9)]])
    row = openpyxl.load_workbook(io.BytesIO(book([sheet])))["时间"][3]
    assert [cell.value.isoformat() for cell in row] == ["2026-03-31T16:00:00", "2026-03-09T00:00:00"]
