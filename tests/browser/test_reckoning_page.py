"""A retirement reckoned at the counter, in a real browser: parameters, the form, the sheet on paper."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from bancheng.centres.scope import in_centre
from bancheng.identity.roles import Role
from tests import schemas
from tests.desk import Desk

pytestmark = pytest.mark.browser

OpenAs = Callable[[str], Page]


@pytest.fixture
def desk(zhangbei: Any, transactional_db: None) -> Desk:
    return Desk(zhangbei)


@pytest.fixture
def matter_id(desk: Desk) -> str:
    with in_centre(desk.centre.code):
        return str(desk.handling().pk)


@pytest.fixture
def open_as(desk: Desk, live_server: Any, browser: Browser) -> Iterator[OpenAs]:
    """`open_as(role)`: a page of the centre's site, logged in as whoever holds the role."""
    port = urlsplit(live_server.url).port
    pages: list[Page] = []

    def log_in(role: str) -> Page:
        desk.staff(role)
        context = browser.new_context(
            base_url=f"http://{schemas.host_of(desk.centre)}:{port}",
            viewport={"width": 1366, "height": 768},
            locale="zh-CN",
        )
        page = context.new_page()
        page.goto("/")
        page.fill("[name=username]", desk.staff(role).username)
        page.fill("[name=password]", schemas.PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="工作台")).to_be_visible()
        pages.append(page)
        return page

    yield log_in
    for page in pages:
        page.context.close()


def enter_parameters(page: Page) -> None:
    page.goto("/settings/reckoning/")
    page.fill("[name=province]", "示例省")
    page.fill("[name=base]", "7000")
    page.fill("[name=coefficient]", "1.3")
    page.fill("[name=source]", "示例参数")
    page.get_by_role("button", name="录入").click()
    expect(page.get_by_role("cell", name="示例省")).to_be_visible()


def fill_in(page: Page) -> None:
    page.fill("[name=born]", "1966-01")
    page.get_by_text("男职工（原60周岁）").click()
    page.fill("[name=planned]", "2026-05")
    page.fill("[name=actual_months]", "200")
    page.fill("[name=deemed_months]", "80")
    page.fill("[name=average_index]", "0.85")
    page.fill("[name=balance]", "79200")


def test_from_parameters_to_the_printed_sheet(open_as: OpenAs, matter_id: str) -> None:
    enter_parameters(open_as(Role.WINDOW_LEAD))
    page = open_as(Role.WINDOW_CLERK)
    page.goto(f"/matters/{matter_id}/act/reckon/")
    fill_in(page)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(f"**/matters/{matter_id}/**")

    page.goto(f"/matters/{matter_id}/?tab=guidance")
    page.locator("[data-bs-target='#tab-guidance'], [href*='tab=guidance']").first.click()
    expect(page.get_by_text("测算仅供参考").first).to_be_visible()
    page.get_by_text("计算步骤和说明").click()
    expect(page.get_by_text("1,510.83元").first).to_be_visible()
    page.get_by_role("button", name="打印测算单").click()
    expect(page.get_by_role("heading", name="退休测算单").first).to_be_visible()
    expect(page.get_by_text("欧阳示例：").first).to_be_visible()


def test_what_was_typed_stands_beside_what_to_do(open_as: OpenAs, matter_id: str) -> None:
    page = open_as(Role.WINDOW_CLERK)
    page.goto(f"/matters/{matter_id}/act/reckon/")
    fill_in(page)
    page.locator("main form button[type=submit]").click()

    expect(page.get_by_text("请窗口负责人在“测算参数”页面录入").first).to_be_visible()
    assert page.input_value("[name=planned]") == "2026-05"
    assert page.input_value("[name=balance]") == "79200"
