"""The frame around every page."""

import re
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.template import engines
from django.test import RequestFactory
from django.urls import path

from bancheng.exchange.models import Message
from bancheng.identity.actors import Actor
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from bancheng.web import navigation

urlpatterns = [path("search/", lambda request: HttpResponse(), name="search")]
BASE = '{% extends "web/base.html" %}'


@pytest.fixture(autouse=True)
def nothing_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The apps above count their own tables; here there are none, and no bell."""
    monkeypatch.setattr(navigation, "_counters", {})
    monkeypatch.setattr(navigation, "_bells", {})


def shown(
    kind: str = "centre", role: Role = Role.WINDOW_CLERK, urlconf: str = "tests.unit.test_web_navigation"
) -> str:
    request: Any = RequestFactory().get("/")
    request.tenant = SimpleNamespace(kind=kind, name="张北县社会保险服务中心")
    request.user = SimpleNamespace(
        is_authenticated=True, actor=Actor(UUID(int=1), "示例员工", frozenset({role}), "", "130722")
    )
    request.urlconf = urlconf
    request.session = {}
    return str(engines["django"].from_string(BASE).render({}, request))


def test_the_page_says_where_and_who_we_are() -> None:
    page = shown()
    assert all(word in page for word in ("张北县社会保险服务中心", "示例员工", "窗口专员"))


def test_the_page_is_chinese_and_can_be_skipped_into() -> None:
    page = shown()
    assert '<html lang="zh-CN"' in page
    assert re.search(r'<body[^>]*>\s*<a class="skip-link" href="#main">', page)


def test_the_date_is_that_of_the_clock() -> None:
    with clock.at(clock.now().replace(year=2026, month=11, day=24, hour=12)):
        assert "2026年11月24日 星期二" in shown()


def test_the_municipal_office_wears_another_accent() -> None:
    assert 'data-place="office"' in shown("office", Role.CITY_ANALYST)
    assert 'data-place="centre"' in shown()


def test_nothing_that_leads_nowhere_is_offered() -> None:
    page = shown()  # this urlconf has neither search, password nor logout
    assert "top-search" not in page
    assert "修改密码" not in page


def test_the_bell_leads_to_what_is_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_bells", {"search": lambda _: Message.objects.all()})
    monkeypatch.setattr(navigation, "numbers", lambda asked: dict.fromkeys(asked, 3))
    page = shown(urlconf="tests.unit.test_web_shell")
    assert re.search(r'<a class="top-bell" href="/search/" aria-label="3 条未读提醒"', page)


def test_where_nothing_is_told_there_is_no_bell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_bells", {"search": lambda _: Message.objects.none()})
    assert "top-bell" not in shown()


def test_there_is_one_bell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_bells", {"search": lambda _: Message.objects.none()})
    with pytest.raises(ValueError, match="already"):
        navigation.register_bell("another", lambda _: Message.objects.none())


def test_what_is_searched_for_never_stands_in_an_address() -> None:
    page = shown(urlconf="tests.unit.test_web_shell")
    form = re.search(r"<form[^>]*top-search[^>]*>", page)
    assert form
    assert 'method="post"' in form[0]
