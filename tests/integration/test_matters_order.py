"""No act is earlier than the one before it, whatever the servers' clocks say."""

from datetime import timedelta

import pytest

from bancheng.errors import Conflict
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from tenants.matters import actions
from tenants.matters.models import Event, Matter
from tenants.replies import actions as replies
from tenants.replies.models import Callback
from tests.desk import Desk
from tests.integration.clockwork import on

OPENED = on("03-09")


def test_a_matter_cannot_be_closed_before_it_was_opened(desk: Desk) -> None:
    with clock.at(OPENED):
        matter = desk.handling()
    with clock.at(OPENED - timedelta(days=1)), pytest.raises(Conflict) as refused:
        desk.resolve(matter.pk)
    assert refused.value.code == "clock_behind"
    assert refused.value.message.startswith("服务器时钟比此件上一步的时间（2026-03-09 10:00）慢")
    matter.refresh_from_db()
    assert (matter.resolved_at, matter.events_count) == (None, 5)


@pytest.mark.parametrize("behind", [timedelta(seconds=1), timedelta(minutes=1)])
def test_a_clock_that_is_a_little_behind_waits_for_the_other(desk: Desk, behind: timedelta) -> None:
    with clock.at(OPENED):
        matter = desk.handling()
    with clock.at(OPENED - behind):
        desk.resolve(matter.pk)
    matter.refresh_from_db()
    assert matter.resolved_at == matter.events.get(act="resolve").at == OPENED


def test_with_the_clock_put_right_the_act_is_done(desk: Desk) -> None:
    with clock.at(OPENED):
        matter = desk.handling()
    with clock.at(OPENED - timedelta(minutes=2)), pytest.raises(Conflict):
        desk.resolve(matter.pk)
    with clock.at(OPENED + timedelta(minutes=2)):
        assert desk.resolve(matter.pk).resolved_at == OPENED + timedelta(minutes=2)


def test_a_matter_from_before_the_time_was_kept_in_it_is_held_to_its_timeline(desk: Desk) -> None:
    with clock.at(OPENED):
        matter = desk.handling()
    Matter.objects.filter(pk=matter.pk).update(head_at=None)
    with clock.at(OPENED - timedelta(hours=1)), pytest.raises(Conflict) as refused:
        desk.resolve(matter.pk)
    assert refused.value.code == "clock_behind"


def test_all_that_one_act_writes_down_has_one_moment(desk: Desk) -> None:
    matter = desk.replied()
    replies.call_back(matter_id=matter.pk, actor=desk.actor(Role.CALLER), reached=False, note="a")
    event = Event.objects.get(act="call_back")
    matter.refresh_from_db()
    assert Callback.objects.get().at == event.at == matter.head_at


def test_other_matters_are_not_held_up(desk: Desk) -> None:
    with clock.at(OPENED):
        desk.handling()
    with clock.at(OPENED - timedelta(days=1)):
        matter = desk.registered()
        actions.withdraw(matter_id=matter.pk, actor=desk.actor(Role.WINDOW_LEAD), reason="a", told_by="b")
