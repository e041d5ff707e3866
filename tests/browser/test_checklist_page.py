"""A checklist in a real browser: rows that ask for what their status needs, and the papers."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from bancheng.centres.scope import in_centre
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from bancheng.timekeeping.calendar import current as current_calendar
from tests.desk import Desk

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(zhangbei: Any, transactional_db: None) -> Desk:
    return Desk(zhangbei)


@pytest.fixture
def matter_id(desk: Desk) -> str:
    with in_centre(desk.centre.code):
        return str(desk.handling().pk)


@pytest.fixture(params=[(1366, 768), (390, 844)], ids=["counter", "phone"])
def page(request: Any, desk: Desk, open_as: Callable[..., Page]) -> Page:
    """The handler's page, logged in."""
    width, height = request.param
    return open_as(desk.centre, desk.staff(Role.HANDLER), width=width, height=height)


@pytest.fixture
def row(page: Page) -> Callable[[str], Locator]:
    """`row(name)`: the row of that material."""
    return lambda name: page.locator(".line").filter(has=page.get_by_text(name, exact=True))


def test_a_row_asks_for_what_its_status_needs(page: Page, row: Any, matter_id: str) -> None:
    day = current_calendar().add(clock.today(), 3)
    page.goto(f"/matters/{matter_id}/act/check_materials/")
    expect(row("与死者关系的凭证").get_by_label("补齐日期")).to_be_hidden()
    expect(row("死亡证明").get_by_label("来源")).to_be_hidden()

    row("死亡证明").get_by_label("状态").select_option("received")
    row("死亡证明").get_by_label("来源").fill("本人送到窗口")
    row("与死者关系的凭证").get_by_label("状态").select_option("follows")
    row("与死者关系的凭证").get_by_label("补齐日期").fill(str(day))
    row("与死者关系的凭证").get_by_label("容缺承诺").fill("承诺按期补齐户口簿。")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**tab=materials")

    page.goto(f"/matters/{matter_id}/act/ask_material/")
    expect(page.get_by_text("7项，已备1项，容缺1项，缺5项")).to_be_visible()
    expect(page.get_by_role("cell", name="来源：本人送到窗口")).to_be_visible()


def test_the_next_row_appears_once_something_stands_in_the_last(page: Page, matter_id: str) -> None:
    page.goto(f"/matters/{matter_id}/act/check_materials/")
    blanks = page.get_by_placeholder("其他材料")
    expect(blanks.nth(1)).to_be_hidden()
    blanks.nth(0).fill("火化安排单")
    expect(blanks.nth(1)).to_be_visible()
    expect(blanks.nth(2)).to_be_hidden()


def test_a_mistake_stands_at_its_row_and_nothing_is_lost(page: Page, row: Any, matter_id: str) -> None:
    page.goto(f"/matters/{matter_id}/act/check_materials/")
    row("死亡证明").get_by_label("状态").select_option("follows")
    row("死亡证明").get_by_label("容缺承诺").fill("三日内补齐。")
    page.get_by_placeholder("其他材料").first.fill("火化安排单")
    page.locator("main form button[type=submit]").click()
    expect(row("死亡证明").get_by_text("按规定不能容缺，须先补齐。")).to_be_visible()
    expect(row("死亡证明").get_by_label("容缺承诺")).to_have_value("三日内补齐。")
    expect(page.locator("[name=lines-name][value=火化安排单]")).to_be_visible()


def test_what_lacks_is_asked_for_and_printed(page: Page, matter_id: str) -> None:
    page.goto(f"/matters/{matter_id}/act/ask_material/")
    page.get_by_label("说明").fill("死亡证明可到医院或派出所补开。")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(f"**/matters/{matter_id}/")
    page.goto(f"/matters/{matter_id}/?tab=materials")
    page.get_by_role("button", name="打印补正通知书").click()
    expect(page.get_by_role("heading", name="补正通知书").first).to_be_visible()
    expect(page.get_by_text("死亡证明可到医院或派出所补开。").first).to_be_visible()
    expect(page.get_by_text("欧阳示例：").first).to_be_visible()
