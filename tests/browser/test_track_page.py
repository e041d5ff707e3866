"""The reporter's own page in a real browser: without scripts, on a phone, and up to a rating."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from bancheng.centres.scope import in_centre
from bancheng.identity.roles import Role
from tenants.matters.models import Matter
from tenants.replies import actions
from tenants.replies.models import Rating
from tests import schemas
from tests.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


@pytest.fixture
def replied(transactional_db: None, zhangbei: Any) -> Matter:
    """A matter that was replied to, at a centre that has said how its window is reached."""
    desk = Desk(zhangbei)
    with in_centre(zhangbei.code):
        actions.set_window_card(
            actor=desk.actor(Role.WINDOW_LEAD), telephone="0313-0000000", address="示例路1号"
        )
        return desk.replied()


@pytest.fixture
def phone(browser: Browser, live_server: Any, zhangbei: Any) -> Iterator[Page]:
    """A small screen without scripts, at the centre's first page for reporters."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="zh-CN", java_script_enabled=False
    )
    page = context.new_page()
    page.goto(f"http://{schemas.host_of(zhangbei)}:{urlsplit(live_server.url).port}/track/")
    yield page
    context.close()


def enter(page: Page, number: str, code: str) -> None:
    page.fill("[name=number]", number)
    page.fill("[name=code]", code)
    page.get_by_role("button", name="查询").click()


def test_a_reporter_reads_the_reply_on_a_phone_and_rates_it(
    phone: Page, replied: Matter, zhangbei: Any
) -> None:
    enter(phone, replied.machine_number.lower(), replied.query_code)
    expect(phone.get_by_role("heading", name=replied.subject)).to_be_visible()
    expect(phone.get_by_text("您反映的事项已办成。")).to_be_visible()
    expect(phone.get_by_role("link", name="0313-0000000")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390

    rating = phone.locator("#rate")
    rating.get_by_text("非常满意", exact=True).click()
    rating.get_by_role("button", name="评价").click()
    expect(phone.get_by_text("谢谢您的评价。")).to_be_visible()
    expect(phone.get_by_text("您的评价：")).to_be_visible()
    with in_centre(zhangbei.code):
        assert Rating.objects.get().grade == 5

    phone.get_by_role("button", name="退出查询").click()
    expect(phone.get_by_role("heading", name="查询办理进度")).to_be_visible()
    phone.go_back()
    expect(phone.get_by_text("您反映的事项已办成。")).to_be_hidden()


def test_a_wrong_code_keeps_the_number_and_says_what_to_do(phone: Page, replied: Matter) -> None:
    enter(phone, replied.number, "000000" if replied.query_code != "000000" else "111111")
    expect(phone.get_by_text("编号或者查询码不对，请对照回执重新填写。")).to_be_visible()
    assert phone.input_value("[name=number]") == replied.number
