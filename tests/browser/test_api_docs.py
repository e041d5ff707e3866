"""The viewer of the API in a real browser: it draws every operation and asks nobody else for anything."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Route, sync_playwright

from bancheng.devstack.binaries import find_chromium
from tests import schemas

pytestmark = pytest.mark.browser

SITE = "http://zhangbei.localhost"
VENDOR = "/static/drf_spectacular_sidecar/swagger-ui-dist"
PLACES = (
    "/api/v1/docs/",
    "/api/v1/docs/?script=",
    "/api/v1/schema/",
    f"{VENDOR}/swagger-ui.css",
    f"{VENDOR}/swagger-ui-bundle.js",
    f"{VENDOR}/favicon-32x32.png",
)


@pytest.fixture
def answers(zhangbei: Any) -> dict[str, dict[str, Any]]:
    """What the centre's host answers at PLACES, fetched before the browser's loop occupies the thread."""
    client = schemas.client_for(zhangbei)
    found = {}
    for place in PLACES:
        answer = client.get(place)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        answer.close()
        assert answer.status_code == 200, place
        found[place] = {"body": body, "headers": dict(answer.headers)}
    return found


def test_every_operation_is_drawn_and_nothing_is_asked_for_elsewhere(answers: dict[str, Any]) -> None:
    elsewhere: list[str] = []
    complaints: list[str] = []

    def serve(route: Route) -> None:
        parts = urlsplit(route.request.url)
        place = f"{parts.path}?{parts.query}" if parts.query else parts.path
        if route.request.url.startswith(SITE) and place in answers:
            route.fulfill(**answers[place])
        else:
            elsewhere.append(route.request.url)
            route.abort()

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        page = chromium.new_page(viewport={"width": 1366, "height": 768}, locale="zh-CN")
        page.route("**/*", serve)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.goto(f"{SITE}/api/v1/docs/")
        page.locator("h3", has_text="matters").click()
        page.get_by_text("/api/v1/matters/{matter_id}/actions/accept/").wait_for(timeout=20_000)
        drawn = page.locator(".opblock").count()
        chromium.close()

    assert drawn > 20
    assert elsewhere == []
    assert complaints == []
