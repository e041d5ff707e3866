"""A centre's own figures on its host: the office's page, of that centre alone, whatever the address says."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from bancheng.identity.permissions import PERMISSIONS
from bancheng.identity.roles import CENTRE_ROLES, Role
from bancheng.overview import rollup
from bancheng.overview.models import (
    BoardCase,
    CentreFigure,
    ConsultationFact,
    Fact,
    MeasureMark,
    ProblemCard,
)
from bancheng.timekeeping import clock
from tests import schemas

DAY = date(2026, 3, 9)
PERIOD = "since=2026-01-01&until=2026-12-31"


@pytest.fixture
def director(zhangbei: Any) -> Client:
    return schemas.client_for(zhangbei, schemas.make_staff(zhangbei, Role.DIRECTOR))


def put(**counts: Any) -> None:
    given = {"centre": "130722", "day": DAY, "item": "YL10", "kind": "hard", "level": 3, "cause": "C06"}
    Fact.objects.create(**given | counts)
    rollup.roll_up_everything()


def problem(**other: Any) -> ProblemCard:
    given = {
        "id": uuid4(),
        "centre": "130722",
        "number": "张北社问〔2026〕1号",
        "item": "YL10",
        "cause": "C06",
        "state": "trial",
    }
    return ProblemCard.objects.create(**given | other)


def text(response: Any) -> str:
    assert response.status_code == 200
    return str(response.content.decode())


def first_figures(response: Any) -> dict[str, str]:
    return {tile.name: tile.value for tile in (*response.context["headline"], *response.context["standing"])}


def test_a_leader_sees_the_figures_of_the_own_centre(director: Client) -> None:
    put(accepted=8, accepted_closed=6, registered=9)
    put(accepted=50, centre="130726")
    CentreFigure.objects.create(centre="130722", open=2, overdue=1, summarised_at=clock.now())
    page = director.get(f"/figures/?{PERIOD}")
    shown = first_figures(page)
    assert (shown["受理"], shown["办结率"], shown["在办"]) == ("8", "75.00 %", "2")
    assert "张北县统计" in text(page)
    assert "6/8" in text(page)


@pytest.mark.parametrize("path", ["/figures/", "/figures/cells/"])
@pytest.mark.parametrize("asked", ["centre=130726", "centre=", "centre=130726&centre=130700"])
def test_another_centres_code_in_the_address_changes_nothing(director: Client, path: str, asked: str) -> None:
    put(accepted=8)
    put(accepted=76543, centre="130726", cause="C01")
    ConsultationFact.objects.create(centre="130726", day=DAY, item="YL10", channel="phone", count=76543)
    CentreFigure.objects.create(centre="130726", open=76543, summarised_at=clock.now())
    BoardCase.objects.create(
        case_id=uuid4(),
        keeper="130726",
        number="蔚社转〔2026〕1号",
        source="130726",
        source_name="蔚县社会保险服务中心",
        target="130700",
        target_name="张家口市社会保险服务中心",
        way="centre",
        item="YL10",
        state="sent",
        sent_at=clock.start_of(DAY),
        moved_at=clock.start_of(DAY),
        sign_due_on=DAY,
    )
    problem(centre="130726", number="蔚社问〔2026〕1号")
    page = text(director.get(f"{path}?{PERIOD}&{asked}"))
    assert "76543" not in page
    assert "76,543" not in page
    assert "蔚" not in page
    assert "历史原因</a>" not in page


def test_the_own_page_has_no_map_and_no_table_of_centres(director: Client) -> None:
    page = text(director.get(f"/figures/?{PERIOD}"))
    assert 'class="citymap"' not in page
    assert 'id="centres"' not in page
    assert "全部中心" not in page


def test_drill_down_at_a_centre_has_no_dimension_of_centres(director: Client) -> None:
    put(accepted=8)
    page = director.get(f"/figures/cells/?{PERIOD}&rows=centre")
    assert "行：" in text(page)
    assert page.context["words"] == {"rows": "月份", "columns": "办理结果"}
    assert page.context["total"] == 8


def test_own_problems_lead_to_their_page_and_measures_stand_on_the_trend(director: Client) -> None:
    put(accepted=8)
    card = problem()
    MeasureMark.objects.create(
        id=uuid4(), problem=card.pk, centre="130722", kind="process", item="YL10", cause="C06", from_on=DAY
    )
    MeasureMark.objects.create(
        id=uuid4(), problem=uuid4(), centre="130726", kind="zone", item="YL10", cause="C06", from_on=DAY
    )
    page = director.get(f"/figures/?{PERIOD}")
    assert "张北社问〔2026〕1号" in text(page)
    assert "流程再造" in text(page)
    assert "专区" not in text(page)
    lines = page.context["trend"][0]["series"][0]["markLine"]["data"]
    assert lines == [{"xAxis": "2026-03", "label": {"formatter": "①"}}]


@pytest.mark.parametrize("role", sorted(CENTRE_ROLES))
@pytest.mark.parametrize("path", ["/figures/", "/figures/cells/"])
def test_figures_are_open_to_those_who_lead_or_check(zhangbei: Any, role: str, path: str) -> None:
    client = schemas.client_for(zhangbei, schemas.make_staff(zhangbei, role))
    expected = 200 if role in PERMISSIONS["figures.view"] else 403
    assert client.get(path).status_code == expected


@pytest.mark.parametrize("path", ["/figures/", "/figures/cells/"])
def test_nobody_sees_them_without_a_login_nor_at_the_office(zhangbei: Any, office: Any, path: str) -> None:
    assert schemas.client_for(zhangbei).get(path).status_code == 302
    analyst = schemas.client_for(office, schemas.make_staff(office, Role.CITY_ANALYST))
    assert analyst.get(path).status_code in (403, 404)
