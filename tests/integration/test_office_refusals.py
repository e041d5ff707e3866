"""The municipal office is refused every address that only centres have, and the attempt is in its trail."""

from typing import Any

import pytest
from django.test import Client

from bancheng.centres.scope import in_centre
from bancheng.identity.roles import Role
from bancheng.privacy.models import AuditEntry
from tenants import office_urls
from tests import schemas

OFFICE = "130700-office"
MATTER = "0198f000-0000-7000-8000-000000000001"
ROLES = [Role.CITY_ANALYST, Role.CITY_COORDINATOR, Role.OPERATOR]


def trail() -> list[AuditEntry]:
    with in_centre(OFFICE):
        return list(AuditEntry.objects.filter(act=office_urls.ACT).order_by("seq"))


@pytest.fixture
def analyst(office: Any) -> Client:
    return schemas.client_for(office, schemas.make_staff(office, Role.CITY_ANALYST))


@pytest.mark.parametrize("role", ROLES)
def test_a_case_is_refused_with_a_page_and_audited(office: Any, role: str) -> None:
    person = schemas.make_staff(office, role)
    answer = schemas.client_for(office, person).get(f"/matters/{MATTER}/")
    assert answer.status_code == 403
    assert office_urls.REFUSED in answer.content.decode()
    (entry,) = trail()
    assert entry.actor_id == person.pk
    assert entry.data == {"pattern": "matters/<uuid:matter_id>/", "method": "GET"}


def test_the_trail_holds_nothing_of_what_was_typed(analyst: Client) -> None:
    analyst.get(f"/matters/{MATTER}/?q=130722196003071234")
    (entry,) = trail()
    said = f"{entry.subject_type}{entry.subject_id}{entry.data}{entry.reason}"
    assert MATTER not in said
    assert "130722196003071234" not in said


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "head"])
def test_every_method_is_refused(analyst: Client, method: str) -> None:
    assert getattr(analyst, method)(f"/matters/{MATTER}/").status_code == 403
    assert len(trail()) == 1


def test_for_htmx_it_is_a_short_message_and_nothing_is_swapped(analyst: Client) -> None:
    answer = analyst.get(f"/matters/{MATTER}/", headers={"HX-Request": "true"})
    assert answer.status_code == 403
    assert answer.headers["HX-Reswap"] == "none"


@pytest.mark.parametrize("method", ["get", "post", "options"])
def test_by_the_api_it_is_a_problem(office: Any, method: str) -> None:
    api = schemas.api_for(office, schemas.make_staff(office, Role.CITY_ANALYST))
    answer = getattr(api, method)(f"/api/v1/matters/{MATTER}/")
    assert answer.status_code == 403
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "office_sees_no_case"
    assert answer.json()["detail"] == office_urls.REFUSED
    (entry,) = trail()
    assert entry.data["pattern"] == "api/v1/matters/<uuid:matter_id>/"


def test_nobody_is_sent_to_the_login_and_not_audited(office: Any) -> None:
    page = Client(HTTP_HOST=schemas.host_of(office)).get(f"/matters/{MATTER}/")
    assert page.status_code == 302
    assert page.url.startswith("/login/")
    assert schemas.api_for(office).get(f"/api/v1/matters/{MATTER}/").status_code == 401
    assert trail() == []


def test_what_no_centre_has_either_is_not_found(analyst: Client) -> None:
    assert analyst.get("/nothing/of/the/kind/").status_code == 404
    assert trail() == []


def test_a_missing_slash_is_mended_before_it_is_refused(analyst: Client) -> None:
    answer = analyst.get(f"/matters/{MATTER}")
    assert (answer.status_code, answer.url) == (301, f"/matters/{MATTER}/")


def test_the_offices_own_pages_are_answered_as_before(analyst: Client) -> None:
    for own in ("/", "/bulletins/", "/city-problems/", "/api/v1/me/", "/zero-reports/"):
        assert analyst.get(own).status_code == 200, own
    assert trail() == []


def test_no_link_of_a_centre_is_one_of_the_office(analyst: Client) -> None:
    page = analyst.get("/").content.decode()
    assert "工作簿" not in page
    assert 'role="search" data-once' not in page


def test_an_analysts_session_is_nobody_at_a_centre(analyst: Client, zhangbei: Any) -> None:
    analyst.defaults["HTTP_HOST"] = schemas.host_of(zhangbei)
    answer = analyst.get(f"/matters/{MATTER}/")
    assert answer.status_code == 302
    assert answer.url.startswith("/login/")
