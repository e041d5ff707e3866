"""A real Chromium, and the service itself answering it on a port of this machine."""

import os
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from bancheng.centres.models import Centre
from bancheng.devstack.binaries import find_chromium
from tests import schemas
from tests.browser.play import Play, log_in


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window. Every `*.localhost` is this machine to it.

    Its event loop runs in this thread, where Django would otherwise refuse to ask the database.
    """
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-background-networking"]
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=arguments)
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def act_out(transactional_db: None, live_server: Any, browser: Browser) -> Iterator[Callable[[Centre], Play]]:
    """`act_out(centre)`: a stage in real pages, with everybody of PEOPLE in the centre."""
    plays: list[Play] = []

    def open_at(centre: Centre) -> Play:
        plays.append(Play(centre, browser, urlsplit(live_server.url).port or 80))
        return plays[-1]

    yield open_at
    for play in plays:
        play.end()


@pytest.fixture
def open_as(transactional_db: None, live_server: Any, browser: Browser) -> Iterator[Callable[..., Page]]:
    """`open_as(centre, staff, width=1366, height=768)`: a page of the centre's site, the person logged in.

    The office's first page has another `heading` than a centre's.
    """
    pages: list[Page] = []

    def open_page(
        centre: Centre, staff: Any, *, width: int = 1366, height: int = 768, heading: str = "工作台"
    ) -> Page:
        context = browser.new_context(
            base_url=f"http://{schemas.host_of(centre)}:{urlsplit(live_server.url).port}",
            viewport={"width": width, "height": height},
            locale="zh-CN",
        )
        pages.append(context.new_page())
        log_in(pages[-1], "/", staff.username, heading=heading)
        return pages[-1]

    yield open_page
    for page in pages:
        page.context.close()
