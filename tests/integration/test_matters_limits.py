"""A centre's own limits: stricter than the city's, never laxer, on the page and through the API alike."""

from typing import Any

import pytest

from bancheng.centres.scope import in_centre
from bancheng.errors import Invalid, NotAllowed
from bancheng.identity.roles import Role
from bancheng.privacy.models import AuditEntry
from bancheng.timekeeping import clock
from bancheng.timekeeping.due import LEVELS
from tenants.matters import actions, clocks
from tenants.matters.models import LevelLimit
from tests.desk import Desk
from tests.integration.clockwork import on, regrade

CITY = {number: level.days for number, level in LEVELS.items()}


def body(**days: int) -> dict[str, int]:
    return {f"level_{number}": each for number, each in CITY.items()} | days


def test_without_its_own_a_centre_has_the_citys_limits(desk: Desk) -> None:
    assert clocks.own_limits() == CITY


def test_the_lead_sets_stricter_limits(desk: Desk, client_for: Any) -> None:
    client = client_for(desk.centre, desk.staff(Role.WINDOW_LEAD))
    answer = client.post("/settings/limits/", body(level_3=4, level_5=10), follow=True)
    assert "本中心时限已保存" in answer.content.decode()
    with in_centre(desk.centre.code):
        assert clocks.own_limits() == CITY | {3: 4, 5: 10}


def test_the_page_opens_with_what_is_in_force(desk: Desk, client_for: Any) -> None:
    actions.set_limits(actor=desk.actor(Role.WINDOW_LEAD), days={4: 7})
    page = client_for(desk.centre, desk.staff(Role.WINDOW_LEAD)).get("/settings/limits/").content.decode()
    assert 'name="level_4" value="7"' in page
    assert "全市规定10个工作日" in page


def test_a_laxer_limit_is_refused_beside_its_field_and_nothing_typed_is_lost(
    desk: Desk, client_for: Any
) -> None:
    client = client_for(desk.centre, desk.staff(Role.WINDOW_LEAD))
    answer = client.post("/settings/limits/", body(level_2=2, level_3=6))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count("不能超过全市规定的5个工作日。") == 1
    assert 'value="2"' in page
    with in_centre(desk.centre.code):
        assert clocks.own_limits() == CITY


@pytest.mark.parametrize("days", [{3: 6}, {3: 0}, {5: -1}])
def test_the_action_itself_takes_no_laxer_limit(desk: Desk, days: dict[int, int]) -> None:
    with pytest.raises(Invalid):
        actions.set_limits(actor=desk.actor(Role.WINDOW_LEAD), days=days)


def test_only_the_lead_sets_them(desk: Desk, client_for: Any) -> None:
    with pytest.raises(NotAllowed):
        actions.set_limits(actor=desk.actor(Role.DIRECTOR), days={3: 4})
    assert client_for(desk.centre, desk.staff(Role.HANDLER)).get("/settings/limits/").status_code == 403


def test_back_to_the_citys_limit_leaves_no_row(desk: Desk) -> None:
    lead = desk.actor(Role.WINDOW_LEAD)
    actions.set_limits(actor=lead, days={3: 4, 4: 8})
    actions.set_limits(actor=lead, days={3: 5, 4: 8})
    assert list(LevelLimit.objects.values_list("level", "days")) == [(4, 8)]


def test_the_change_is_audited_from_what_to_what(desk: Desk) -> None:
    actions.set_limits(actor=desk.actor(Role.WINDOW_LEAD), days={3: 4})
    entry = AuditEntry.objects.filter(act="limits.set").get()
    assert entry.data == {"changed": {"3": [5, 4]}}


def test_the_api_tells_and_takes_the_same(call: Any) -> None:
    assert call(Role.HANDLER, "get", "/limits/").json()[2] == {"level": 3, "city_days": 5, "days": 5}
    answer = call(Role.WINDOW_LEAD, "put", "/limits/", body(level_3=4))
    assert answer.json()[2] == {"level": 3, "city_days": 5, "days": 4}
    assert call(Role.WINDOW_LEAD, "put", "/limits/", body(level_3=6)).status_code == 422
    assert call(Role.HANDLER, "put", "/limits/", body()).status_code == 403


def test_a_regrade_and_an_extension_go_by_the_centres_own_limit(desk: Desk) -> None:
    actions.set_limits(actor=desk.actor(Role.WINDOW_LEAD), days={4: 6})
    with clock.at(on("03-09")):
        matter = desk.handling(level=2)
        assert regrade(desk, matter.pk, level=4).handling_days == 6


def test_two_who_set_them_at_once_both_succeed(
    transactional_db: None, in_zhangbei: Any, at_once: Any
) -> None:
    lead = Desk(in_zhangbei).actor(Role.WINDOW_LEAD)

    def set_to(days: int) -> None:
        with in_centre("130722"):
            actions.set_limits(actor=lead, days={3: days, 4: days})

    assert at_once(*[lambda d=d: set_to(d) for d in (2, 3, 4)]) == [None] * 3
    own = clocks.own_limits()
    assert own[3] == own[4]
    assert own[3] in (2, 3, 4)
