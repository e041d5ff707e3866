"""The figures by the API: the same as on the pages, at a centre's host of that centre alone."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from bancheng.identity.roles import Role
from bancheng.overview import rollup
from bancheng.overview.models import Fact, MeasureMark
from tests import schemas

DAY = date(2026, 3, 9)
PERIOD = "since=2026-03-01&until=2026-03-31"
PARTS = ("months", "cells", "hands", "flows", "centres")


@pytest.fixture
def analyst(office: Any) -> Any:
    return schemas.api_for(office, schemas.make_staff(office, Role.CITY_ANALYST))


@pytest.fixture
def director(zhangbei: Any) -> Any:
    return schemas.api_for(zhangbei, schemas.make_staff(zhangbei, Role.DIRECTOR))


def put(**counts: Any) -> None:
    given = {"centre": "130722", "day": DAY, "item": "YL10", "kind": "hard", "level": 3, "cause": "C06"}
    Fact.objects.create(**given | counts)
    rollup.roll_up_everything()


def asked(client: Any, part: str, query: str = "") -> Any:
    response = client.get(f"/api/v1/figures/{part}/?{PERIOD}{query}")
    assert response.status_code == 200, response.content
    return response.json()


def test_months_come_with_the_measures_that_took_effect(analyst: Any) -> None:
    put(registered=3, accepted=2, closed=1)
    MeasureMark.objects.create(
        id=uuid4(), problem=uuid4(), centre="130722", kind="zone", item="YL10", cause="C06", from_on=DAY
    )
    found = asked(analyst, "months")
    (month,) = found["months"]
    assert month == {"month": "2026-03-01", "registered": 3, "accepted": 2, "closed": 1, "consultations": 0}
    assert [(each["kind"], each["from_on"]) for each in found["measures"]] == [("zone", "2026-03-09")]


def test_cells_are_counts_in_the_order_of_their_lines(analyst: Any) -> None:
    put(accepted=3)
    put(accepted=4, centre="130726", kind="urgent")
    found = asked(analyst, "cells", "&rows=kind&columns=centre")
    assert [line["code"] for line in found["rows"]] == ["urgent", "hard"]
    assert [line["code"] for line in found["columns"]] == ["130722", "130726"]
    assert (found["counts"], found["total"]) == ([[0, 4], [3, 0]], 7)


def test_hands_are_working_days_for_one_matter_and_none_of_few(analyst: Any) -> None:
    put(resolved=6, held_window=6 * 540, held_department=3 * 540)
    put(resolved=2, held_window=0, item="YL01")
    whole, item, few = asked(analyst, "hands", "&cause=C06")["results"]
    assert (whole["resolved"], whole["days"]["window"]) == (8, 0.75)
    assert item["days"] == {"window": 1.0, "department": 0.5, "centre": 0.0, "outside": 0.0, "reporter": 0.0}
    assert (few["item_code"], few["resolved"], few["days"]) == ("YL01", 2, {})


def test_flows_say_when_they_cannot_be_told(analyst: Any) -> None:
    assert asked(analyst, "flows") == {"told": True, "flows": []}
    assert asked(analyst, "flows", "&kind=hard") == {"told": False, "flows": []}


def test_centres_come_by_the_page_in_the_order_asked_for(analyst: Any) -> None:
    put(accepted=3, accepted_closed=3)
    put(accepted=8, accepted_closed=4, centre="130726")
    found = asked(analyst, "centres", "&sort=accepted&page_size=2")
    assert [each["code"] for each in found["results"]] == ["130726", "130722"]
    assert [each["closing"]["text"] for each in found["results"]] == ["50.00 %（4/8）", "样本不足（n=3）"]
    assert asked(analyst, "centres", "&q=蔚")["count"] == 1


@pytest.mark.parametrize("part", PARTS)
def test_what_makes_no_sense_is_refused_by_its_name(analyst: Any, part: str) -> None:
    response = analyst.get(f"/api/v1/figures/{part}/?since=2026-13-01&kind=x&nobody=1")
    assert response.status_code in (400, 422)
    assert "#/nobody" in response.content.decode()
    response = analyst.get(f"/api/v1/figures/{part}/?since=2026-13-01&kind=x")
    assert {error["pointer"] for error in response.json()["errors"]} == {"#/since", "#/kind"}


@pytest.mark.parametrize("part", PARTS[:-1])
def test_a_centre_gets_its_own_figures_and_may_not_ask_for_others(director: Any, part: str) -> None:
    put(accepted=3, registered=3, resolved=3)
    put(accepted=76543, registered=76543, resolved=76543, centre="130726")
    assert "76543" not in str(asked(director, part))
    assert director.get(f"/api/v1/figures/{part}/?centre=130726").status_code in (400, 422)


def test_a_centre_has_no_list_of_centres(director: Any) -> None:
    assert director.get("/api/v1/figures/centres/").status_code == 404


@pytest.mark.parametrize("part", PARTS[:-1])
def test_a_clerk_may_not_see_them(zhangbei: Any, part: str) -> None:
    clerk = schemas.api_for(zhangbei, schemas.make_staff(zhangbei, Role.WINDOW_CLERK))
    assert clerk.get(f"/api/v1/figures/{part}/").status_code == 403
