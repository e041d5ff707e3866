"""A leader turns a proposal into a measure by clicks alone, and sees it marked on the centre's trend."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from bancheng.centres.scope import in_centre
from bancheng.identity.roles import Role
from bancheng.overview import rollup
from bancheng.overview.models import MeasureMark
from bancheng.timekeeping import clock
from tenants.workbook import summary
from tests.browser.play import fill
from tests.desk import Desk
from tests.improvement import LIGHTER

pytestmark = pytest.mark.browser

STUDY = {
    "attended": "窗口、社保经办、县医院",
    "root_cause": "三个单位各要对方先出证明，没有谁先办的规定。",
    "pain": "block",
    "link": "centre",
    "conclusion": "由窗口统一收件，内部流转。",
}


@pytest.fixture
def desk(zhangbei: Any, transactional_db: None) -> Desk:
    """张北, where the same has come to the window five times."""
    desk = Desk(zhangbei)
    with in_centre(zhangbei.code):
        for _ in range(5):
            desk.triaged()
        summary.summarise(zhangbei.code)
    rollup.roll_up()
    return desk


def step(page: Page, label: str, data: dict[str, Any]) -> None:
    """Take a step from the problem's page: the button, the dialog, what it asks for."""
    page.locator(".acts").get_by_role("link", name=label, exact=True).click()
    form = page.get_by_role("dialog").locator("form")
    expect(form).to_be_visible()
    fill(form, data)
    with page.expect_navigation(wait_until="domcontentloaded"):
        page.get_by_role("dialog").locator("button[type=submit]").click()
    expect(page.get_by_text(f"“{label}”已完成")).to_be_visible()


@pytest.mark.parametrize(
    ("role", "size"),
    [(Role.DIRECTOR, (1366, 768)), (Role.WINDOW_LEAD, (390, 844))],
    ids=["director", "lead-on-a-phone"],
)
def test_a_proposal_becomes_a_measure_that_is_marked_on_the_trend(
    desk: Desk, open_as: Callable[..., Page], role: Role, size: tuple[int, int]
) -> None:
    leader = desk.staff(role)
    page = open_as(desk.centre, leader, width=size[0], height=size[1])
    page.goto("/problems/")
    page.get_by_role("button", name="按最新数据统计").click()
    page.locator("main").get_by_role("link", name="社问").first.click()
    expect(page.get_by_text("待立项").first).to_be_visible()

    step(page, "立项", {"title": "遗属待遇要跑三个单位", "pain": "block"})
    step(page, "研判", STUDY)
    measure = {
        "kind": "one_desk",
        "text": "综合柜员一次收件，内部流转，群众只来一次。",
        "owner": str(leader.pk),
        "due_on": str(clock.today() + timedelta(days=14)),
    }
    step(page, "定措施", measure | {name: str(number) for name, number in LIGHTER.items()})
    step(page, "开始试行", {"from_on": str(clock.today())})
    expect(page.get_by_text("试行中").first).to_be_visible()

    page.goto("/figures/")
    marks = page.locator(".overview-marks")
    expect(marks.get_by_role("link", name="综合柜员")).to_be_visible()
    sign = marks.locator(".overview-sign").inner_text()
    expect(page.locator("#trend svg").get_by_text(sign, exact=True)).to_be_visible()
    expect(page.locator("#trend").get_by_role("cell", name=f"{clock.today():%Y-%m-%d}")).to_be_visible()
    assert MeasureMark.objects.get().centre == desk.centre.code
