"""The lists that must be empty, and those of leaders and callers; who sees them, and what gets into them."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from bancheng.catalogue.words import Channel
from bancheng.centres.scope import in_centre
from bancheng.identity.actors import Actor
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from bancheng.timekeeping.clock import SHANGHAI
from tenants.coordination import actions as coordination
from tenants.matters import actions, selectors
from tenants.matters.models import Matter
from tenants.replies.actions import Told, reply
from tenants.workbook import lists
from tenants.workbook.workbench import VIEWS, views_of
from tests import schemas
from tests.desk import Desk

MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=SHANGHAI)


def shown(desk: Desk, role: str, key: str) -> str:
    """The workbench of this role with the list of this key opened."""
    with in_centre(desk.centre.code):
        client = schemas.client_for(desk.centre, desk.staff(role))
    page = client.get(reverse("workbench", urlconf="tenants.urls"), {"list": key})
    assert page.status_code == 200
    return str(page.content.decode())


def lead(desk: Desk) -> Actor:
    return desk.actor(Role.WINDOW_LEAD)


# --- 件件有着落 --------------------------------------------------------------------------------------


def test_nothing_is_without_an_owner_on_its_whole_way(desk: Desk) -> None:
    for make in (desk.registered, desk.accepted, desk.assigned, desk.handling, desk.replied, desk.closed):
        make()

    assert not selectors.without_owner().exists()


def test_what_lost_its_owner_shows_up(desk: Desk) -> None:
    matter = desk.handling()
    Matter.objects.filter(pk=matter.pk).update(department=None)
    number = matter.number

    page = shown(desk, Role.DIRECTOR, "no_owner")

    assert number in page
    assert "件件有着落" not in page.split("panel-body")[1]


# --- 事事有回音 --------------------------------------------------------------------------------------


def test_what_was_closed_without_a_reply_shows_up(desk: Desk) -> None:
    matter = desk.closed()
    assert not selectors.without_reply().exists()
    Matter.objects.filter(pk=matter.pk).update(replied_at=None)
    number = matter.number

    assert number in shown(desk, Role.WINDOW_LEAD, "no_reply")


@pytest.fixture
def merged(desk: Desk) -> tuple[Matter, Matter]:
    """Two matters of the same person, the second merged into the first."""
    master, other = desk.handling(), desk.handling()
    actions.merge(matter_id=other.pk, actor=lead(desk), into=master.pk, reason="同一事项")
    return master, other


def test_a_merged_matter_waits_without_reproach_for_the_common_reply(
    desk: Desk, merged: tuple[Matter, Matter]
) -> None:
    assert not selectors.without_reply().exists()


def test_a_merged_matter_is_answered_with_the_one_it_was_merged_into(
    desk: Desk, merged: tuple[Matter, Matter]
) -> None:
    master, other = merged
    desk.resolve(master.pk)
    reply(
        matter_id=master.pk,
        actor=lead(desk),
        text="已办成。",
        channel=Channel.COUNTER,
        reached="本人",
        others=[Told(other.number, Channel.COUNTER, "本人")],
    )

    assert not selectors.without_reply().exists()


def test_a_merged_matter_that_was_forgotten_in_the_reply_shows_up(
    desk: Desk, merged: tuple[Matter, Matter]
) -> None:
    master, other = merged
    Matter.objects.filter(pk=master.pk).update(replied_at=clock.now())
    number = other.number

    assert list(selectors.without_reply()) == [other]
    assert number in shown(desk, Role.WINDOW_LEAD, "no_reply")


# --- The others --------------------------------------------------------------------------------------


def test_what_is_under_supervision_and_led_by_the_director_is_listed(desk: Desk) -> None:
    matter, _ = desk.handling(), desk.handling()
    coordination.supervise(matter_id=matter.pk, actor=desk.actor(Role.SUPERVISOR), demand="请加快办理。")
    coordination.take_over(matter_id=matter.pk, actor=desk.actor(Role.DIRECTOR), reason="示例理由")

    assert list(lists.supervised(lead(desk))) == [matter]
    assert list(lists.taken_over(lead(desk))) == [matter]


def test_who_is_to_be_called_back_is_listed_longest_ago_first(desk: Desk) -> None:
    with clock.at(MONDAY + timedelta(days=1)):
        second = desk.replied()
    with clock.at(MONDAY):
        first = desk.replied()
    desk.call_back(desk.replied().pk)

    assert list(lists.to_call_back(desk.actor(Role.CALLER))) == [first, second]


@pytest.mark.parametrize("key", ["no_owner", "no_reply"])
@pytest.mark.parametrize("role", [Role.WINDOW_LEAD, Role.DEPUTY, Role.DIRECTOR, Role.SUPERVISOR])
def test_the_two_lists_that_must_be_empty_say_so_to_leaders(desk: Desk, role: str, key: str) -> None:
    assert VIEWS[key].empty in shown(desk, role, key)


@pytest.mark.parametrize(
    ("role", "theirs"),
    [
        (Role.HANDLER, {"department", "support", "first_contact", "progress_due", "supervised"}),
        (Role.CALLER, {"to_call_back"}),
        (Role.AUDITOR, set()),
        (Role.DEPUTY, {"supervised", "taken_over", "no_owner", "no_reply"}),
    ],
)
def test_each_role_has_its_own_lists(desk: Desk, role: str, theirs: set[str]) -> None:
    common = {"to_sign", "due_today", "overdue", "to_reply", "mine", "due_soon"}

    assert {view.key for view in views_of(desk.actor(role))} == common | theirs


def test_a_list_of_others_opens_the_own_one(desk: Desk) -> None:
    matter = desk.handling()
    Matter.objects.filter(pk=matter.pk).update(department=None, registrar=None)

    assert VIEWS["mine"].empty in shown(desk, Role.CALLER, "no_owner")


def test_a_sensitive_matter_stays_hidden_in_the_lists(desk: Desk) -> None:
    matter = desk.handling()
    Matter.objects.filter(pk=matter.pk).update(department=None, sensitive=True)

    assert not lists.without_owner(desk.actor(Role.DEPUTY)).exists()
    assert list(lists.without_owner(lead(desk))) == [matter]
