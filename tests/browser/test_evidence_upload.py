"""Uploading evidence in a real browser: told before it is sent, nothing lost, seen with a mark."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from bancheng.centres.scope import in_centre
from bancheng.identity.roles import Role
from tests import papers
from tests.desk import Desk

pytestmark = pytest.mark.browser

TOO_LARGE = "文件超过10MB，请压缩或分开上传。"


@pytest.fixture
def desk(zhangbei: Any, transactional_db: None) -> Desk:
    return Desk(zhangbei)


@pytest.fixture
def matter_id(desk: Desk) -> str:
    with in_centre(desk.centre.code):
        desk.staff(Role.WINDOW_LEAD)
        return str(desk.handling().pk)


@pytest.fixture
def page(desk: Desk, open_as: Callable[..., Page]) -> Page:
    """The centre's site, with the clerk logged in."""
    return open_as(desk.centre, desk.staff(Role.WINDOW_CLERK))


def file_of(content: bytes, name: str = "photo.jpg") -> Any:
    return {"name": name, "mimeType": "image/jpeg", "buffer": content}


def open_dialog(page: Page, matter_id: str, act: str) -> Any:
    page.goto(f"/matters/{matter_id}/?tab=evidence")
    page.get_by_role("link", name=act).click()
    dialog = page.locator("#dialog")
    expect(dialog.locator("form")).to_be_visible()
    return dialog


def look(page: Page, name: str) -> None:
    """Keep a picture of the page where somebody wants to look at it, narrow and wide."""
    if folder := os.environ.get("BANCHENG_SCREENSHOTS"):
        for width, height in ((1366, 768), (390, 844)):
            page.set_viewport_size({"width": width, "height": height})
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
        page.set_viewport_size({"width": 1366, "height": 768})


def test_a_file_that_is_too_large_is_told_and_not_sent(page: Page, matter_id: str) -> None:
    dialog = open_dialog(page, matter_id, "上传佐证")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    dialog.locator("[name=file]").set_input_files(file_of(b"x" * (10 * 1024 * 1024 + 1)))
    expect(dialog.get_by_text(TOO_LARGE)).to_be_visible()
    dialog.get_by_role("button", name="上传佐证").click()
    expect(dialog.get_by_text(TOO_LARGE)).to_be_visible()
    assert "POST" not in sent
    dialog.locator("[name=file]").set_input_files(file_of(papers.picture()))
    expect(dialog.get_by_text(TOO_LARGE)).to_have_count(0)


def test_a_refused_upload_keeps_what_was_typed_and_the_file(page: Page, matter_id: str) -> None:
    dialog = open_dialog(page, matter_id, "上传佐证")
    dialog.get_by_text("照片", exact=True).click()
    dialog.get_by_text("办件留存", exact=True).click()
    dialog.locator("[name=description]").fill("到账回执")
    dialog.locator("[name=file]").set_input_files(file_of(papers.photo()))
    look(page, "upload")
    dialog.get_by_role("button", name="上传佐证").click()
    expect(dialog.get_by_text("拍照前须先提供替代方式并记下结果", exact=False)).to_be_visible()
    expect(dialog.locator("[name=description]")).to_have_value("到账回执")
    look(page, "refused")
    dialog.get_by_text("回执或凭证", exact=True).click()
    dialog.get_by_role("button", name="上传佐证").click()
    expect(page.get_by_text("“上传佐证”已完成", exact=False)).to_be_visible()
    page.goto(f"/matters/{matter_id}/?tab=evidence")
    expect(page.get_by_role("cell", name="到账回执")).to_be_visible()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="查看", exact=True).click()
    assert opened.value.evaluate("document.images[0].naturalWidth") == 80


def test_consents_and_offers_are_recorded_at_the_counter(page: Page, matter_id: str) -> None:
    for way, answer in (("数据比对", "未成"), ("上门认证", "选用"), ("村社协助", "不需要")):
        dialog = open_dialog(page, matter_id, "提供替代方式")
        dialog.get_by_text(way, exact=True).last.click()
        dialog.get_by_text(answer, exact=True).last.click()
        dialog.locator("[name=note]").fill("示例说明")
        dialog.get_by_role("button", name="提供替代方式").click()
        expect(page.get_by_text("“提供替代方式”已完成", exact=False)).to_be_visible()
    dialog = open_dialog(page, matter_id, "记录同意")
    dialog.get_by_text("资格认证", exact=True).click()
    dialog.locator("[name=scope]").fill("照片只用于本年度资格认证。")
    dialog.get_by_text("监护人", exact=True).click()
    dialog.locator("[name=name]").fill("欧阳监护")
    dialog.locator("[name=relation]").fill("户口簿")
    dialog.locator("[name=second]").select_option(index=1)
    dialog.locator("[name=valid_until]").fill("2099-12-31")
    look(page, "consent")
    dialog.get_by_role("button", name="记录同意").click()
    expect(dialog.get_by_text("书面同意须上传签字后的同意书扫描件。")).to_be_visible()
    dialog.locator("[name=scan]").set_input_files(file_of(papers.pdf(), "同意书.pdf"))
    dialog.get_by_role("button", name="记录同意").click()
    expect(page.get_by_text("“记录同意”已完成", exact=False)).to_be_visible()
    page.goto(f"/matters/{matter_id}/?tab=evidence")
    expect(page.get_by_text("有效", exact=True)).to_be_visible()
    expect(page.get_by_text("欧*（监护人）", exact=False)).to_be_visible()
    look(page, "tab")
    page.goto(f"/matters/{matter_id}/consent/paper/")
    look(page, "paper")
