"""The overview in a real browser: an analyst reads, filters, drills to counts and prints; a leader looks."""

import io
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from bancheng.centres.models import Centre
from bancheng.identity.roles import Role
from bancheng.overview import rollup
from bancheng.overview.models import (
    BoardCase,
    CentreFigure,
    ConsultationFact,
    Fact,
    MeasureMark,
    ProblemCard,
    Span,
)
from bancheng.timekeeping import clock
from tests import schemas
from tests.browser import axe

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

CENTRES = ("130700", "130722", "130726")
CHARTS = {"trend-chart", "kinds-chart", "items-chart", "causes-chart", "hands-chart", "flows-chart"}
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def year(transactional_db: None) -> date:
    """Twelve months of three centres, with measures, problems and referrals; the day on which it began."""
    today = clock.today()
    facts, spans, asked = [], [], []
    for number, (item, cause, kind) in enumerate(
        (
            ("YL10", "C06", "hard"),
            ("YL01", "C07", "urgent"),
            ("ZG01", "C16", "novel"),
            ("ZY01", "C04", "hard"),
        )
    ):
        for month in range(12):
            for centre in CENTRES:
                day = today - timedelta(days=30 * month + number)
                count = 2 + (month + number) % 5
                facts.append(
                    Fact(
                        centre=centre,
                        day=day,
                        item=item,
                        cause=cause,
                        kind=kind,
                        level=1 + number,
                        outcome="done",
                        registered=count,
                        accepted=count,
                        accepted_closed=count - 1,
                        contacted_same_day=count,
                        contacted_next_day=count,
                        resolved=count,
                        resolved_on_time=count - (month % 2),
                        closed=count - 1,
                        rated=count,
                        satisfied=count - (number % 2),
                        called_back=count,
                        solved=count,
                        held_window=300 * count,
                        held_department=900 * count,
                        held_outside=200 * number * count,
                        held_reporter=100 * count,
                    )
                )
                spans.append(
                    Span(centre=centre, day=day, item=item, what="contact", value=30 + number, count=count)
                )
                asked.append(
                    ConsultationFact(centre=centre, day=day, item=item, channel="phone", count=40 + month)
                )
    Fact.objects.bulk_create(facts)
    Span.objects.bulk_create(spans)
    ConsultationFact.objects.bulk_create(asked)
    for centre in CENTRES:
        CentreFigure.objects.create(centre=centre, open=9, overdue=1, summarised_at=clock.now())
    _improve(today)
    _refer(today)
    rollup.roll_up_everything()
    return today


def _improve(today: date) -> None:
    for centre, kind, back in (("130722", "process", 120), ("130726", "zone", 60), ("", "policy", 60)):
        problem, on = uuid4(), today - timedelta(days=back)
        MeasureMark.objects.create(
            id=uuid4(), problem=problem, centre=centre, kind=kind, item="YL10", cause="C06", from_on=on
        )
        if centre:
            ProblemCard.objects.create(
                id=problem,
                centre=centre,
                number=f"示例问〔2026〕{back}号",
                item="YL10",
                cause="C06",
                pain="block",
                link="city",
                state="trial",
                before=12,
                after=3,
                verdict="worked",
                verdict_on=today,
            )


def _refer(today: date) -> None:
    sent_at = clock.start_of(today - timedelta(days=40))
    for number, (source, target, way) in enumerate(
        (
            ("130722", "130726", "centre"),
            ("130726", "130722", "centre"),
            ("130722", "130000", "letter"),
            ("130722", "130000", "letter"),
        )
    ):
        BoardCase.objects.create(
            case_id=uuid4(),
            keeper=source,
            number=f"示例转〔2026〕{number}号",
            source=source,
            source_name=source,
            target=target,
            target_name="河北省社会保险中心（示例名称）",
            way=way,
            item="YL10",
            state="sent",
            sent_at=sent_at,
            moved_at=sent_at,
            sign_due_on=today,
        )


@pytest.fixture
def analyst(office: Centre, year: date, open_as: Callable[..., Page]) -> Page:
    return open_as(office, schemas.make_staff(office, Role.CITY_ANALYST), heading="全市总览")


def test_every_chart_is_drawn_and_has_its_table_and_formula(analyst: Page) -> None:
    assert {figure.get_attribute("id") for figure in analyst.locator("figure.chart").all()} == CHARTS
    for name in CHARTS:
        chart = analyst.locator(f"#{name}")
        expect(chart.locator("svg")).to_be_visible()
        chart.locator("summary").click()
        expect(chart.locator("table")).to_be_visible()
        expect(chart.locator(".chart-formula")).to_be_visible()
    expect(analyst.locator("#trend-chart svg")).to_contain_text("①")
    expect(analyst.locator(".overview-marks")).to_contain_text("流程再造")


def test_an_analyst_filters_and_takes_a_condition_off_again(analyst: Page) -> None:
    first = analyst.locator(".overview-headline .tile-value").first
    whole = first.inner_text()
    analyst.select_option("[name=centre]", "130722")
    analyst.locator(".overview-more summary").click()
    analyst.select_option("[name=kind]", "hard")
    analyst.get_by_role("button", name="筛选").click()
    expect(analyst.locator("h1")).to_have_text("张北县总览")
    assert "centre=130722" in analyst.url
    expect(analyst.locator(".overview-chips")).to_contain_text("类别：难事")
    assert first.inner_text() != whole
    analyst.get_by_label("去掉条件：类别").click()
    analyst.get_by_label("去掉条件：中心").click()
    expect(analyst.locator("h1")).to_have_text("全市总览")
    assert first.inner_text() == whole


def test_a_tile_of_the_map_filters_its_centre(analyst: Page) -> None:
    analyst.get_by_role("link", name="办结率", exact=True).click()
    tile = analyst.locator(".citymap-tile", has_text="蔚县")
    expect(tile).to_contain_text("%")
    tile.click()
    expect(analyst.locator("h1")).to_have_text("蔚县总览")


def test_an_analyst_drills_down_to_counts_and_no_further(analyst: Page) -> None:
    analyst.locator("#heat tr", has_text="遗属待遇").locator("td a").click()
    expect(analyst.locator("h1")).to_contain_text("交叉统计")
    expect(analyst.locator(".overview-chips")).to_contain_text("跨层级")
    analyst.select_option("select[name=columns]", "outcome")
    analyst.get_by_role("button", name="显示").click()
    cell = analyst.locator(".overview-cells tbody td a").first
    count = cell.inner_text()
    cell.click()
    expect(analyst.locator(".overview-cells tfoot td").nth(-2)).to_have_text(count)
    assert not [
        link for link in analyst.locator("main a").all() if "/matters/" in (link.get_attribute("href") or "")
    ]


def test_the_overview_prints_as_a_report_on_a4(analyst: Page) -> None:
    analyst.select_option("[name=centre]", "130722")
    analyst.get_by_role("button", name="筛选").click()
    analyst.emulate_media(media="print")
    analyst.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(analyst.locator(".nav-side")).to_be_hidden()
    expect(analyst.locator(".overview-scope form")).to_be_hidden()
    expect(analyst.locator(".overview-chips")).to_be_visible()
    for table in analyst.locator("figure.chart table").all():
        expect(table).to_be_visible()
    printed = PdfReader(io.BytesIO(analyst.pdf(prefer_css_page_size=True)))
    # The font's own table names some characters by their radicals.
    text = unicodedata.normalize("NFKC", "".join(page.extract_text() for page in printed.pages))
    width, height = printed.pages[0].mediabox[2:]
    assert (round(width), round(height)) == (595, 842)  # points of A4, standing
    for said in ("张北县总览", "办结率", "口径", "打印于"):
        assert said in text


def test_a_leader_sees_the_own_centre(zhangbei: Centre, year: date, open_as: Callable[..., Page]) -> None:
    page = open_as(zhangbei, schemas.make_staff(zhangbei, Role.DIRECTOR))
    page.locator(".nav-lines").get_by_text("统计").click()
    expect(page.locator("h1")).to_have_text("张北县统计")
    expect(page.locator("#trend-chart svg")).to_contain_text("①")
    expect(page.locator(".overview-marks")).to_contain_text("流程再造")
    expect(page.locator(".overview-marks")).not_to_contain_text("专区")
    page.get_by_role("link", name="交叉统计").first.click()
    expect(page.locator(".overview-cells")).to_be_visible()


def test_the_offices_pages_fit_a_screen_and_a_phone(analyst: Page) -> None:
    for path in ("/", "/cells/?rows=item&columns=cause", "/?centre=130722&kind=hard"):
        _fits(analyst, path)


def test_a_leaders_pages_fit_a_screen_and_a_phone(
    zhangbei: Centre, year: date, open_as: Callable[..., Page]
) -> None:
    page = open_as(zhangbei, schemas.make_staff(zhangbei, Role.DIRECTOR))
    for path in ("/figures/", "/figures/cells/"):
        _fits(page, path)


def _fits(page: Page, path: str) -> None:
    """Nothing serious is wrong with it, and nothing but tables scrolls sideways."""
    for size in ({"width": 1366, "height": 768}, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]  # Playwright's own shape of the same
        shown: Any = page.goto(path)
        assert shown.ok
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        axe.check(page)
