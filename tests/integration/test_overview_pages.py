"""The municipal office's pages: figures and headers for those who may, nothing of any case or person."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bancheng.catalogue import selectors as catalogue
from bancheng.centres.models import Centre
from bancheng.centres.scope import in_centre
from bancheng.identity.roles import Role
from bancheng.overview import patterns, rollup, selectors, trend
from bancheng.overview.models import BoardCase, CentreFigure, CityNotice, ConsultationFact, Fact
from bancheng.overview.scope import Scope
from bancheng.timekeeping import clock
from bancheng.timekeeping.clock import SHANGHAI
from tenants.workbook import summary
from tests import schemas
from tests.desk import Desk

MONDAY = datetime(2026, 3, 9, 10, 0, tzinfo=SHANGHAI)
NOW = datetime(2026, 3, 31, 16, 0, tzinfo=SHANGHAI)
MARCH = Scope(MONDAY.date().replace(day=1), NOW.date())
PERIOD = "?since=2026-03-01&until=2026-03-31"


@pytest.fixture
def analyst(office: Any) -> Client:
    return schemas.client_for(office, schemas.make_staff(office, Role.CITY_ANALYST))


@pytest.fixture
def coordinator(office: Any) -> Client:
    return schemas.client_for(office, schemas.make_staff(office, Role.CITY_COORDINATOR))


def put(*, rolled_up: bool = True, **counts: Any) -> None:
    """A fact of 张北 in March, and that its figures are fresh."""
    given = {
        "centre": "130722",
        "day": MONDAY.date(),
        "item": "YL10",
        "kind": "hard",
        "level": 3,
        "cause": "C06",
    }
    Fact.objects.create(**given | counts)
    CentreFigure.objects.update_or_create(centre="130722", defaults={"summarised_at": clock.now()})
    if rolled_up:
        rollup.roll_up_everything()


def refer(**other: Any) -> BoardCase:
    """A referral of 张北 to 蔚县, sent in March, on the board."""
    given = {
        "case_id": uuid4(),
        "keeper": "130722",
        "number": "张北社转〔2026〕1号",
        "source": "130722",
        "source_name": "张北县社会保险服务中心",
        "target": "130726",
        "target_name": "蔚县社会保险服务中心",
        "way": "centre",
        "item": "YL10",
        "state": "sent",
        "sent_at": MONDAY,
        "moved_at": MONDAY,
        "sign_due_on": MONDAY.date(),
    }
    return BoardCase.objects.create(**given | other)


def first_figures(response: Any) -> dict[str, str]:
    """The tiles by their words."""
    return {tile.name: tile.value for tile in (*response.context["headline"], *response.context["standing"])}


def text(response: Any) -> str:
    assert response.status_code == 200
    return str(response.content.decode())


# --- What is read -----------------------------------------------------------------------------------


def test_centres_stand_in_registry_order_whatever_their_figures(db: None) -> None:
    put(centre="130726", accepted=99)
    assert [row.code for row in selectors.centres(MARCH)] == ["130700", "130722", "130726"]


def test_months_without_anything_are_shown_as_well(db: None) -> None:
    put(registered=3, closed=1)
    ConsultationFact.objects.create(centre="130722", day="2026-01-31", item="YL10", channel="phone", count=7)
    rollup.roll_up_everything()
    months = trend.months(Scope(datetime(2026, 1, 5, tzinfo=SHANGHAI).date(), NOW.date()))
    assert [(m.label, m.registered, m.closed, m.consultations) for m in months] == [
        ("2026-01", 0, 0, 7),
        ("2026-02", 0, 0, 0),
        ("2026-03", 3, 1, 0),
    ]


def test_the_days_at_both_ends_belong_to_the_period(db: None) -> None:
    put(registered=1, day=MARCH.since)
    put(registered=1, day=MARCH.until)
    put(registered=1, day=MARCH.until + timedelta(days=1))
    assert selectors.total(MARCH, selectors.centres(MARCH)).counts["registered"] == 2
    assert [month.registered for month in trend.months(MARCH)] == [2]


def test_items_and_causes_are_ranked_by_what_was_accepted(db: None) -> None:
    put(accepted=2, item="YL10", cause="C06")
    put(accepted=5, item="YL01", cause="C06")
    put(accepted=1, item="YL01", cause="C01")
    found = patterns.patterns(MARCH)
    assert [(row.code, row.counts["accepted"]) for row in found.items] == [("YL01", 6), ("YL10", 2)]
    assert [(row.code, row.counts["accepted"]) for row in found.causes] == [("C06", 7), ("C01", 1)]
    assert found.cells["YL01", "C06"] == 5


# --- The overview ------------------------------------------------------------------------------------


def test_the_overview_shows_numerator_and_denominator(analyst: Client) -> None:
    with clock.at(NOW):
        put(registered=12, accepted=10, accepted_closed=9, resolved=8, resolved_on_time=6)
        page = text(analyst.get(f"/{PERIOD}"))
    for said in ("90.00 %", "9/10", "75.00 %", "6/8", "登记 12"):
        assert said in page


def test_every_centre_says_when_its_figures_are_from(analyst: Client) -> None:
    with clock.at(NOW):
        put(accepted=1)
    with clock.at(NOW + timedelta(hours=1)):
        page = text(analyst.get(f"/{PERIOD}"))
    assert "03-31 16:00" in page
    assert "3 个中心数据截至 2026-03-31 16:00 或更晚" in page
    assert "蔚县（尚未汇总）" in page


def test_a_centre_and_a_period_are_chosen_in_the_address(analyst: Client) -> None:
    with clock.at(NOW):
        put(accepted=6)
        put(accepted=70, centre="130726")
        both = text(analyst.get(f"/{PERIOD}"))
        one = text(analyst.get(f"/{PERIOD}&centre=130722"))
        before = analyst.get("/?since=2026-02-01&until=2026-02-28")
    assert "全市总览" in both
    assert "76</span>" in both
    assert "张北县总览" in one
    assert '<span class="tile-value num">6</span>' in one
    assert first_figures(before)["受理"] == "0"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?since=2026-03-31&until=2026-03-01", "截止日期不能早于起始日期"),
        ("?since=2026-13-41&until=2026-03-01", "起始日期"),
        ("?since=2010-01-01&until=2026-03-01", "期间最长五年"),
        ("?centre=999999", "中心"),
        ("?since=9999-12-31&until=9999-12-31", "日期须在2000年至2099年之间"),
        ("?since=0001-01-01&until=0001-01-31", "日期须在2000年至2099年之间"),
        ("?sort=nonsense", "各中心"),
    ],
)
def test_an_impossible_period_is_answered_in_one_sentence(analyst: Client, query: str, said: str) -> None:
    assert said in text(analyst.get(f"/{query}"))


def test_the_table_can_be_sorted_and_goes_back_to_registry_order(analyst: Client) -> None:
    put(centre="130726", registered=9)
    put(centre="130722", registered=2)
    sorted_rows = analyst.get(f"/{PERIOD}&sort=registered").context["rows"]
    assert [row.code for row in sorted_rows] == ["130726", "130722", "130700"]
    assert [row.code for row in analyst.get(f"/{PERIOD}").context["rows"]] == ["130700", "130722", "130726"]


def test_matters_without_owner_or_reply_stand_out_per_centre(analyst: Client) -> None:
    CentreFigure.objects.create(centre="130722", no_owner=3, no_reply=1, summarised_at=clock.now())
    page = text(analyst.get("/"))
    assert '<strong class="overview-wrong">3</strong>' in page
    assert "应为 0，请逐一落实" in page


def test_what_leaders_have_in_hand_stands_beside_what_is_overdue(analyst: Client) -> None:
    CentreFigure.objects.create(
        centre="130722", overdue=4, supervised=3, taken_over=2, city_notices=1, summarised_at=clock.now()
    )
    page = text(analyst.get("/"))
    assert "<small>督办 3</small><small>包案 2</small><small>通报 1</small>" in page
    assert "1 件超期已满10个工作日，仍在办理。" in page
    assert "看通报清单" not in page


# --- City notices ------------------------------------------------------------------------------------


def notice(**other: Any) -> CityNotice:
    given = {"centre": "130722", "number": "BF130722-2026-000007", "item": "YL10", "days": 10}
    return CityNotice.objects.create(**given | {"due_on": MONDAY.date(), "at": NOW} | other)


def test_the_coordinator_sees_what_was_reported_to_the_city(coordinator: Client) -> None:
    notice()
    page = text(coordinator.get("/city-notices/"))
    assert "BF130722-2026-000007" in page
    assert "2026-03-09" in page


def test_reports_to_the_city_are_narrowed_by_centre(coordinator: Client) -> None:
    notice()
    assert "这个中心没有超期通报" in text(coordinator.get("/city-notices/?centre=130726"))
    assert "BF130722-2026-000007" in text(coordinator.get("/city-notices/?centre=nonsense"))


def test_without_reports_to_the_city_the_list_says_so(coordinator: Client) -> None:
    assert "没有超期通报" in text(coordinator.get("/city-notices/"))


def test_numbers_of_matters_are_not_for_the_analyst(analyst: Client) -> None:
    notice()
    answer = analyst.get("/city-notices/")
    assert answer.status_code == 403
    assert "BF130722" not in answer.content.decode()


def test_every_chart_has_its_table_and_its_formula(analyst: Client) -> None:
    put(accepted=6, registered=6, resolved=6, held_window=540)
    refer()
    page = text(analyst.get(f"/{PERIOD}"))
    charts = page.count('class="chart-canvas"')
    assert charts == 6
    assert page.count("数据表与口径") == charts


def test_an_empty_year_is_said_not_drawn(analyst: Client) -> None:
    page = text(analyst.get(f"/{PERIOD}"))
    assert "期内没有受理件" in page
    assert page.count("—") > 5


def test_more_centres_take_no_more_queries(analyst: Client) -> None:
    put(accepted=3)
    few = _queries(analyst)
    for n in range(30):
        code = f"1399{n:02}"
        Centre.objects.create(
            schema_name=f"c{code}",
            code=code,
            kind="centre",
            slug=f"x{n}",
            name=f"示例{n}",
            short_name=f"示例{n}",
            abbreviation="示",
            created_at=clock.now(),
        )
        put(centre=code, accepted=n, rolled_up=False)
        CentreFigure.objects.create(centre=code, summarised_at=clock.now())
    assert _queries(analyst) == few
    assert few <= 40


def test_the_page_and_the_recount_say_the_same(analyst: Client, zhangbei: Any) -> None:
    desk = Desk(zhangbei)
    with in_centre("130722"), clock.at(MONDAY):
        for _ in range(5):
            desk.closed()
        desk.handling()
        summary.summarise("130722")
    rollup.roll_up()
    page = analyst.get(f"/{PERIOD}")
    figures = first_figures(page)
    assert (figures["受理"], figures["办结率"], figures["在办"]) == ("6", "83.33 %", "1")
    assert "5/6" in text(page)


# --- Who may -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        (Role.CITY_ANALYST, "/", 200),
        (Role.CITY_COORDINATOR, "/", 200),
        (Role.OPERATOR, "/", 200),
        (Role.CITY_ANALYST, "/board/", 403),
        (Role.CITY_COORDINATOR, "/board/", 200),
        (Role.OPERATOR, "/board/", 403),
        (Role.CITY_ANALYST, "/centres/", 403),
        (Role.CITY_COORDINATOR, "/centres/", 403),
        (Role.OPERATOR, "/centres/", 200),
    ],
)
def test_each_page_is_open_to_its_roles(office: Any, role: str, path: str, status: int) -> None:
    client = schemas.client_for(office, schemas.make_staff(office, role))
    assert client.get(path).status_code == status


@pytest.mark.parametrize("path", ["/", "/board/", "/centres/"])
def test_without_a_login_there_is_nothing_to_see(office: Any, path: str) -> None:
    assert schemas.client_for(office).get(path).status_code == 302


def test_a_centres_host_has_no_overview(zhangbei: Any) -> None:
    client = schemas.client_for(zhangbei, schemas.make_staff(zhangbei, Role.DIRECTOR))
    assert client.get("/board/").status_code == 404
    assert client.get("/centres/").status_code == 404


def test_the_office_is_refused_the_address_of_a_case(analyst: Client, zhangbei: Any) -> None:
    with in_centre("130722"):
        matter = Desk(zhangbei).registered()
    for path in (f"/matters/{matter.pk}/", f"/api/v1/matters/{matter.pk}/", "/workbook/", "/intake/"):
        answer = analyst.get(path)
        assert answer.status_code == 403
        assert matter.number not in answer.content.decode()


@pytest.mark.parametrize("path", ["/", "/board/", "/centres/"])
def test_the_pages_only_read(office: Any, path: str) -> None:
    client = schemas.client_for(office, schemas.make_staff(office, Role.CITY_COORDINATOR))
    assert client.post(path).status_code == 405


# --- The registry ------------------------------------------------------------------------------------


def test_the_registry_lists_hosts_and_states(office: Any, zhangbei: Any) -> None:
    Centre.objects.filter(code="130726").update(suspended_at=MONDAY)
    page = text(schemas.client_for(office, schemas.make_staff(office, Role.OPERATOR)).get("/centres/"))
    for said in ("130722", zhangbei.name, "zhangbei.localhost", "已停用", "在用"):
        assert said in page


def _queries(client: Client) -> int:
    path = f"/{PERIOD}"
    schemas.forget_caches()
    catalogue.forget()
    client.get(path)  # the host and the dictionaries are remembered from here on, for half a minute
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)
