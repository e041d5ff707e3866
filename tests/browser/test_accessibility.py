"""Nothing serious is wrong with the pages of the counter for people who cannot see them, as axe finds it."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from bancheng.centres.models import Centre
from bancheng.centres.scope import in_centre
from bancheng.identity.roles import Role
from tenants.matters.panels import TABS
from tests.browser import axe
from tests.browser.test_scenarios import Play, act_out  # noqa: F401  (a fixture)
from tests.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

WIDTHS = [pytest.param((1366, 768), id="desk"), pytest.param((390, 844), id="phone")]


@pytest.fixture
def play(zhangbei: Centre, act_out: Any) -> Play:  # noqa: F811
    with in_centre(zhangbei.code):
        desk = Desk(zhangbei)
        matter = desk.handling()
        desk.registered()
    play: Play = act_out(zhangbei)
    play.matter = str(matter.pk)
    return play


def at(page: Page, size: tuple[int, int], url: str) -> Page:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(url)
    return page


@pytest.mark.parametrize("size", WIDTHS)
def test_the_login(play: Play, size: tuple[int, int]) -> None:
    axe.check(at(play.open(), size, f"{play.site}/"))


@pytest.mark.parametrize("size", WIDTHS)
@pytest.mark.parametrize("path", ["/", "/intake/", "/workbook/", "/consultations/", "/consultations/new/"])
def test_the_pages_of_the_counter(play: Play, path: str, size: tuple[int, int]) -> None:
    axe.check(at(play.screen(Role.WINDOW_LEAD), size, play.site + path))


@pytest.mark.parametrize("size", WIDTHS)
def test_a_matter_and_each_of_its_tabs(play: Play, size: tuple[int, int]) -> None:
    page = at(play.screen(Role.WINDOW_LEAD), size, f"{play.site}/matters/{play.matter}/")
    axe.check(page)
    for key in TABS:
        page.locator(f"#tab-{key}").click()
        expect(page.locator(f"#tab-{key}[aria-current]")).to_be_visible()
        axe.check(page, within="#tabs")


def test_the_dialog_of_an_act(play: Play) -> None:
    page = at(play.screen(Role.WINDOW_LEAD), (1366, 768), f"{play.site}/matters/{play.matter}/")
    page.locator('.acts a[href$="/act/contact/"]').click()
    expect(page.get_by_role("dialog").locator("form")).to_be_visible()
    axe.check(page, within="#dialog")
