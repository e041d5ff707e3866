"""The deployment's public face."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

pytestmark = pytest.mark.django_db


def landing(**extra: Any) -> str:
    response = Client().get("/", HTTP_HOST="localhost:8000", **extra)
    assert response.status_code == 200
    return response.content.decode()


def test_every_centre_and_the_office_is_one_click_away(
    zhangbei: Any, yuxian: Any, city: Any, office: Any
) -> None:
    page = landing()
    for centre in (zhangbei, yuxian, city, office):
        assert f'href="http://{centre.slug}.localhost:8000/"' in page


def test_behind_a_proxy_a_link_keeps_what_the_visitor_typed(zhangbei: Any) -> None:
    response = Client().get("/", HTTP_HOST="localhost", SERVER_PORT="8000", secure=True)
    assert 'href="https://zhangbei.localhost/"' in response.content.decode()


def test_a_suspended_centre_is_not_offered(zhangbei: Any) -> None:
    zhangbei.suspended_at = timezone.now()
    zhangbei.save()
    assert "zhangbei.localhost" not in landing()


def test_the_page_can_be_read_but_not_written() -> None:
    assert Client().post("/", HTTP_HOST="localhost").status_code == 405


def test_an_unknown_page_is_told_in_the_house_look() -> None:
    response = Client().get("/nowhere/", HTTP_HOST="localhost")
    assert response.status_code == 404
    assert "没有找到" in response.content.decode()


def test_an_unknown_host_is_told_what_was_asked_and_where_to_choose() -> None:
    page = Client().get("/", HTTP_HOST="nowhere.localhost:8000").content.decode()
    assert "nowhere.localhost:8000" in page
    assert 'href="http://localhost:8000/"' in page
