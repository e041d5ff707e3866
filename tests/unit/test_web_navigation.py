"""The left navigation: what a person sees where."""

from collections.abc import Mapping
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import path, resolve

from bancheng.exchange.models import Message
from bancheng.identity.actors import Actor
from bancheng.identity.roles import Role
from bancheng.web import navigation
from bancheng.web.icons import ICONS


@pytest.fixture(autouse=True)
def nothing_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The apps above count their own tables; here there are none, and no bell."""
    monkeypatch.setattr(navigation, "_counters", {})
    monkeypatch.setattr(navigation, "_bells", {})


def page(_: object) -> HttpResponse:
    return HttpResponse()


urlpatterns = [
    path("", page, name="workbench"),
    path("intake/", page, name="intake"),
    path("matters/7/", page, name="matter"),
    path("workbook/", page, name="workbook"),
]


def seen(role: Role, at: str = "/", counts: Mapping[str, int] | None = None) -> list[navigation.Line]:
    request = RequestFactory().get(at)
    request.urlconf = __name__
    request.resolver_match = resolve(at, __name__)
    actor = Actor(UUID(int=1), "示例", frozenset({role}), "", "130722")
    return list(navigation.lines(request, "centre", actor, counts or {}))


def test_only_pages_that_exist_here_are_offered() -> None:
    assert [line.label for line in seen(Role.WINDOW_CLERK)] == ["工作台", "登记", "工作簿"]


def test_a_page_without_permission_is_not_offered() -> None:
    assert "登记" not in [line.label for line in seen(Role.HANDLER)]


def test_a_matters_page_marks_the_workbook() -> None:
    assert [line.label for line in seen(Role.HANDLER, "/matters/7/") if line.active] == ["工作簿"]


def test_a_count_stands_beside_its_entry() -> None:
    assert [line.count for line in seen(Role.HANDLER, counts={"workbench": 23})] == [23, 0]


def test_a_count_that_no_entry_shows_is_refused() -> None:
    with pytest.raises(ValueError, match="no navigation entry"):
        navigation.register_count("nothing", lambda _: Message.objects.none())


def test_two_apps_cannot_count_the_same_entry() -> None:
    navigation.register_count("workbench", lambda _: Message.objects.none())
    with pytest.raises(ValueError, match="already"):
        navigation.register_count("workbench", lambda _: Message.objects.all())


def test_every_entry_has_a_listed_icon() -> None:
    used = {entry.icon for entries in navigation.NAVIGATION.values() for entry in entries}
    assert used <= ICONS
