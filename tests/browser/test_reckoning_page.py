"""A retirement reckoned at the counter, in a real browser: parameters, the form, the sheet on paper."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from bancheng.centres.scope import in_centre
from bancheng.identity.roles import Role
from tests.desk import Desk

pytestmark = pytest.mark.browser

ScreenOf = Callable[[str], Page]


@pytest.fixture
def desk(zhangbei: Any, transactional_db: None) -> Desk:
    return Desk(zhangbei)


@pytest.fixture
def matter_id(desk: Desk) -> str:
    with in_centre(desk.centre.code):
        return str(desk.handling().pk)


@pytest.fixture
def screen_of(desk: Desk, open_as: Callable[..., Page]) -> ScreenOf:
    """`screen_of(role)`: a page of the centre's site, logged in as whoever holds the role."""
    return lambda role: open_as(desk.centre, desk.staff(role))


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


def test_from_parameters_to_the_printed_sheet(screen_of: ScreenOf, matter_id: str) -> None:
    enter_parameters(screen_of(Role.WINDOW_LEAD))
    page = screen_of(Role.WINDOW_CLERK)
    page.goto(f"/matters/{matter_id}/act/reckon/")
    fill_in(page)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**tab=guidance")

    page.goto(f"/matters/{matter_id}/?tab=guidance")
    expect(page.get_by_text("测算仅供参考").first).to_be_visible()
    page.get_by_text("计算步骤和说明").click()
    expect(page.get_by_text("1,510.83元").first).to_be_visible()
    page.get_by_role("button", name="打印测算单").click()
    expect(page.get_by_role("heading", name="退休测算单").first).to_be_visible()
    expect(page.get_by_text("欧阳示例：").first).to_be_visible()


def test_what_was_typed_stands_beside_what_to_do(screen_of: ScreenOf, matter_id: str) -> None:
    page = screen_of(Role.WINDOW_CLERK)
    page.goto(f"/matters/{matter_id}/act/reckon/")
    fill_in(page)
    page.locator("main form button[type=submit]").click()

    expect(page.get_by_text("请窗口负责人在“测算参数”页面录入").first).to_be_visible()
    assert page.input_value("[name=planned]") == "2026-05"
    assert page.input_value("[name=balance]") == "79200"
