"""How every page behaves in a real browser: drafts, questions, one submit per press, search, dialog, charts.

The test itself renders the pages and hands them to the browser with the real static files: no server, no
database, nothing of an app.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django import forms
from django.contrib.staticfiles import finders
from django.template import engines
from django.test import RequestFactory
from playwright.sync_api import Browser, Page, Route

from bancheng.identity.actors import Actor
from bancheng.identity.roles import Role
from bancheng.web import errors
from bancheng.web.middleware import CONTENT_SECURITY_POLICY

pytestmark = pytest.mark.browser

SITE = "http://zhangbei.localhost"
ACTOR = Actor(UUID(int=7), "示例", frozenset({Role.WINDOW_CLERK}), "", "130722")
INTAKE = """{% extends "web/base.html" %}{% block content %}
<form method="post" data-draft="intake" novalidate>{{ form }}{% submit "登记" %}</form>{% endblock %}"""
ASKING = """{% extends "web/base.html" %}{% block content %}
<form method="post" action="/sent/">{% submit "销号" confirm="确认将张社反〔2026〕0007号销号？" %}</form>
<form method="post" action="/sent/">{% submit "提交" tone="" %}</form>
{% masked "李*" "/unmask/" label="姓名" %}{% endblock %}"""
SEARCHING = """{% extends "web/skeleton.html" %}{% block body %}
<main id="main"><input id="search"></main>{% endblock %}"""
CHARTED = """{% extends "web/base.html" %}{% block scripts %}{% include "web/charts.html" %}{% endblock %}
{% block content %}{% chart "trend" option table title="趋势" %}{% endblock %}"""
OUTSIDE = """{% extends "web/base.html" %}{% block content %}
<form id="act" method="post" hx-post="/nowhere/"></form><button form="act">办理</button>{% endblock %}"""
UNMASK = """{% extends "web/modal.html" %}{% block title %}查看完整姓名{% endblock %}"""


class Intake(forms.Form):
    kind = forms.ChoiceField(label="类别", widget=forms.RadioSelect, choices=[("u", "急事"), ("h", "难事")])
    name = forms.CharField(label="姓名")
    what = forms.CharField(label="经过", widget=forms.Textarea)


class Site:
    """What the browser finds at SITE; `sent` counts what arrived at /sent/."""

    def __init__(self) -> None:
        self.sent = 0
        self.answers: dict[tuple[str, str], Callable[[], tuple[int, str]]] = {
            ("GET", "/intake/"): lambda: (200, self.draw(INTAKE, form=Intake())),
            ("POST", "/intake/"): lambda: (200, self.draw(INTAKE, form=Intake({"name": "示例"}))),
            ("GET", "/asking/"): lambda: (200, self.draw(ASKING)),
            ("GET", "/searching/"): lambda: (200, self.draw(SEARCHING)),
            ("GET", "/outside/"): lambda: (200, self.draw(OUTSIDE)),
            ("GET", "/unmask/"): lambda: (200, self.draw(UNMASK)),
            ("GET", "/login/"): lambda: (200, self.draw('{% extends "web/plain.html" %}', known=False)),
            ("GET", "/done/"): lambda: (200, self.draw('{% extends "web/base.html" %}')),
            ("GET", "/chart/"): lambda: (200, self.draw(CHARTED, option=OPTION, table=TABLE)),
            ("POST", "/sent/"): self.count,
        }

    def draw(self, source: str, *, known: bool = True, **context: object) -> str:
        request = RequestFactory().get("/")
        request.user = SimpleNamespace(is_authenticated=known, actor=ACTOR)
        request.tenant = SimpleNamespace(kind="centre", name="张北县社会保险服务中心")
        request.urlconf = "bancheng.urls.public"
        request.session = {}
        return str(engines["django"].from_string(source).render(context, request))

    def count(self) -> tuple[int, str]:
        self.sent += 1
        return 200, self.draw('{% extends "web/base.html" %}')

    def serve(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith("/static/") and (file := finders.find(path.removeprefix("/static/"))):
            route.fulfill(path=file)
            return
        missing = lambda: (404, errors.answer(RequestFactory().get(path), 404).content.decode())  # noqa: E731
        status, page = self.answers.get((route.request.method, path), missing)()
        headers = {"Content-Security-Policy": CONTENT_SECURITY_POLICY}
        route.fulfill(status=status, body=page, content_type="text/html; charset=utf-8", headers=headers)


OPTION = {
    "xAxis": {"type": "category", "data": ["2026-10", "2026-11"]},
    "yAxis": {},
    "series": [{"type": "bar", "name": "受理", "data": [40, 25]}],
}
TABLE = {"head": ["月份", "受理"], "rows": [["2026-10", 40], ["2026-11", 25]]}


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """A fresh browser at the site; a script error or a policy violation on any page fails the test."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    context.set_default_timeout(10_000)
    context.route("**/*", site.serve)
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None
    )
    yield opened
    context.close()
    assert complaints == []


def fill(page: Page) -> None:
    page.goto(f"{SITE}/intake/")
    page.get_by_label("姓名").fill("示例")
    page.get_by_text("难事").click()
    page.get_by_label("经过").fill("跑了三趟")


def filled(page: Page) -> tuple[str, str, bool]:
    name, what = page.get_by_label("姓名").input_value(), page.get_by_label("经过").input_value()
    return name, what, page.locator("[name=kind][value=h]").is_checked()


def test_what_was_typed_survives_a_lost_session(page: Page, site: Site) -> None:
    fill(page)
    site.answers["POST", "/intake/"] = site.answers["GET", "/login/"]  # where a lost session ends up
    with page.expect_navigation():  # whole, so that the next page has read what was sent
        page.get_by_role("button", name="登记").click()
    page.goto(f"{SITE}/intake/")
    assert filled(page) == ("示例", "跑了三趟", True)
    assert page.get_by_text("已恢复上次未提交的内容").is_visible()


def test_a_draft_is_dropped_once_it_went_through(page: Page, site: Site) -> None:
    fill(page)
    site.answers["POST", "/intake/"] = site.answers["GET", "/done/"]
    with page.expect_navigation():  # whole, so that the next page has read what was sent
        page.get_by_role("button", name="登记").click()
    page.goto(f"{SITE}/intake/")
    assert filled(page) == ("", "", False)


def test_what_was_typed_a_moment_ago_survives_leaving_the_page(page: Page) -> None:
    fill(page)
    page.goto(f"{SITE}/login/")
    page.goto(f"{SITE}/intake/")
    assert filled(page) == ("示例", "跑了三趟", True)


def test_another_person_finds_nothing_of_it(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(page)
    monkeypatch.setattr(f"{__name__}.ACTOR", replace(ACTOR, id=UUID(int=8)))
    page.goto(f"{SITE}/intake/")
    assert filled(page) == ("", "", False)


def test_a_button_outside_its_form_can_be_pressed_again_after_a_failure(page: Page, site: Site) -> None:
    page.goto(f"{SITE}/outside/")
    page.get_by_role("button", name="办理").click()
    page.get_by_text("操作没有完成（404），请重试。").wait_for()
    assert page.get_by_role("button", name="办理").get_attribute("aria-busy") is None


def test_the_first_wrong_field_gets_the_focus(page: Page) -> None:
    page.goto(f"{SITE}/intake/")
    page.get_by_role("button", name="登记").click()
    page.locator(".field-error").first.wait_for()
    page.wait_for_function("document.activeElement.name")  # focus comes once the page has loaded
    assert page.evaluate("document.activeElement.name") == "kind"


def test_a_final_act_asks_once_and_names_the_matter(page: Page, site: Site) -> None:
    page.goto(f"{SITE}/asking/")
    page.get_by_role("button", name="销号").click()
    assert "张社反〔2026〕0007号" in page.get_by_role("dialog").inner_text()
    assert site.sent == 0
    page.get_by_role("dialog").get_by_role("button", name="销号").click()
    page.wait_for_url(f"{SITE}/sent/")
    assert site.sent == 1


def test_a_question_can_be_declined(page: Page, site: Site) -> None:
    page.goto(f"{SITE}/asking/")
    page.get_by_role("button", name="销号").click()
    page.keyboard.press("Escape")
    assert not page.get_by_role("dialog").is_visible()
    assert site.sent == 0


def test_three_presses_send_once(page: Page, site: Site) -> None:
    page.goto(f"{SITE}/asking/")
    page.evaluate("[1, 2, 3].forEach(() => document.querySelectorAll('main button[type=submit]')[1].click())")
    page.wait_for_url(f"{SITE}/sent/")
    assert site.sent == 1


def test_a_slash_goes_to_the_search_box(page: Page) -> None:
    page.goto(f"{SITE}/searching/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    assert page.locator("#search").input_value() == ""


def test_a_slash_inside_a_field_is_a_slash(page: Page) -> None:
    page.goto(f"{SITE}/intake/")
    page.get_by_label("姓名").press("/")
    assert page.get_by_label("姓名").input_value() == "/"


def test_unmasking_opens_in_the_dialog(page: Page) -> None:
    page.goto(f"{SITE}/asking/")
    page.get_by_role("button", name="查看完整姓名").click()
    page.get_by_role("heading", name="查看完整姓名").wait_for()
    page.get_by_role("button", name="关闭").click()
    assert not page.get_by_role("dialog").is_visible()


def test_a_failure_of_a_fragment_is_said(page: Page, site: Site) -> None:
    del site.answers["GET", "/unmask/"]
    page.goto(f"{SITE}/asking/")
    page.get_by_role("button", name="查看完整姓名").click()
    page.get_by_text("操作没有完成（404），请重试。").wait_for()


def test_a_chart_is_drawn_as_svg_within_its_frame(page: Page) -> None:
    page.goto(f"{SITE}/chart/")
    page.locator("[data-chart] svg").wait_for()
    assert page.locator("[data-chart] svg text", has_text="2026-11").count() == 1
    assert "受理" in (page.locator("[data-chart]").get_attribute("aria-label") or "")


def test_on_a_phone_the_navigation_folds_away_and_nothing_overflows(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{SITE}/intake/")
    assert not page.locator("#nav").is_visible()
    page.get_by_role("button", name="打开导航").click()
    page.locator("#nav.show").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_keyboard_reaches_the_content_first(page: Page) -> None:
    page.goto(f"{SITE}/intake/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
