"""A matter's page in a real browser: tabs with addresses, rare acts folded, nothing typed is ever lost."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from bancheng.centres.models import Centre
from bancheng.centres.scope import in_centre
from bancheng.identity.roles import Role
from tests import schemas
from tests.browser.play import Play
from tests.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


@pytest.fixture
def play(zhangbei: Centre, act_out: Any) -> Play:
    with in_centre(zhangbei.code):
        matter = Desk(zhangbei).handling()
    play: Play = act_out(zhangbei)
    play.matter = str(matter.pk)
    return play


@pytest.fixture
def page(play: Play) -> Page:
    """The lead at the matter."""
    page = play.screen(Role.WINDOW_LEAD)
    page.goto(address(play))
    return page


def address(play: Play) -> str:
    return f"{play.site}/matters/{play.matter}/"


def test_a_tab_has_an_address_and_back_works(play: Play, page: Page) -> None:
    page.locator("#tab-guidance").click()
    expect(page).to_have_url(f"{address(play)}?tab=guidance")
    expect(page.locator("#tabs .tab-empty")).to_contain_text("还没有帮办记录")

    page.go_back()

    expect(page).to_have_url(address(play))
    expect(page.locator("#tab-facts[aria-current]")).to_be_visible()
    expect(page.locator("#tabs")).to_contain_text("情况说明")
    assert play.failures == []


def test_rare_acts_stand_behind_a_menu_that_closes_by_itself(page: Page) -> None:
    rare = page.locator('.acts a[href$="/act/amend/"]')
    expect(rare).to_be_hidden()

    page.locator(".more > summary").click()
    expect(rare).to_be_visible()
    page.locator("h1").click()

    expect(rare).to_be_hidden()


def test_what_was_typed_in_a_dialog_survives_a_lost_session(play: Play, page: Page) -> None:
    page.locator("#tab-guidance").click()
    expect(page).to_have_url(f"{address(play)}?tab=guidance")
    page.locator('.acts a[href$="/act/contact/"]').click()
    page.get_by_role("dialog").get_by_label("沟通情况").fill("已说明还缺一份材料。")
    page.context.clear_cookies(name="sessionid")

    page.get_by_role("dialog").get_by_role("button", name="联系反映人").click()
    page.wait_for_url("**/login/**")
    page.fill("[name=username]", play.names[Role.WINDOW_LEAD, ""])
    page.fill("[name=password]", schemas.PASSWORD)
    page.keyboard.press("Enter")

    expect(page).to_have_url(f"{address(play)}?tab=guidance")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("沟通情况")).to_have_value("已说明还缺一份材料。")
    expect(dialog.get_by_text("已恢复上次未提交的内容。")).to_be_visible()


def test_the_page_of_an_act_has_what_was_typed_in_its_dialog(play: Play, page: Page) -> None:
    page.locator('.acts a[href$="/act/contact/"]').click()
    page.get_by_role("dialog").get_by_label("沟通情况").fill("已说明还缺一份材料。")
    page.get_by_role("dialog").get_by_role("button", name="取消").click()

    page.goto(f"{address(play)}act/contact/")

    expect(page.get_by_label("沟通情况")).to_have_value("已说明还缺一份材料。")


def test_a_dialog_that_went_through_stays_closed(play: Play, page: Page) -> None:
    page.locator('.acts a[href$="/act/contact/"]').click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("沟通情况").fill("已说明还缺一份材料。")
    with page.expect_navigation():
        dialog.get_by_role("button", name="联系反映人").click()

    expect(page.get_by_text("“联系反映人”已完成")).to_be_visible()
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.locator('.acts a[href$="/act/contact/"]').click()
    expect(page.get_by_role("dialog").get_by_label("沟通情况")).to_have_value("")


@pytest.mark.parametrize("width", [1366, 390])
def test_nothing_runs_over_the_edge(play: Play, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for path in ("", "?tab=coordination", "?tab=materials"):
        page.goto(address(play) + path)
        if page.locator(".more").count():
            page.locator(".more > summary").click()
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over == 0, path
