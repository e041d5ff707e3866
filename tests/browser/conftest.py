"""A real Chromium, and the service itself answering it on a port of this machine."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from bancheng.devstack.binaries import find_chromium


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
