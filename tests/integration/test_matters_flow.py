"""A matter goes from the counter to 销号, and every step is written down."""

from datetime import datetime

import pytest

from bancheng.errors import Conflict, NotAllowed
from bancheng.identity.roles import Role
from bancheng.privacy.append_only import verify_chain
from bancheng.privacy.models import AuditEntry
from bancheng.timekeeping import clock
from bancheng.timekeeping.clock import SHANGHAI
from tenants.matters import actions, selectors
from tenants.matters.acting import event_payload
from tenants.matters.models import Event, Matter
from tenants.matters.states import State
from tests.desk import Desk


def test_a_matter_goes_from_the_counter_to_the_end(desk: Desk) -> None:
    matter = desk.closed()

    matter.refresh_from_db()
    assert matter.state == State.CLOSED
    assert [e.act for e in selectors.timeline(matter)] == [
        "register",
        "triage",
        "accept",
        "assign",
        "sign",
        "resolve",
        "reply",
        "call_back",
        "close",
    ]


def test_the_timeline_is_an_unbroken_chain(desk: Desk) -> None:
    matter = desk.closed()

    assert verify_chain(selectors.timeline(matter), event_payload) is None


def test_every_step_is_audited_with_its_hash(desk: Desk) -> None:
    matter = desk.closed()

    hashes = set(AuditEntry.objects.filter(subject_id=str(matter.pk)).values_list("data__event", flat=True))
    assert hashes == set(matter.events.values_list("hash", flat=True))


def test_due_date_follows_level_and_calendar(desk: Desk) -> None:
    with clock.at(datetime(2026, 9, 28, 10, 0, tzinfo=SHANGHAI)):
        matter = desk.accepted(level=3)

    # 29 and 30 September, then National Day until the 7th: 8, 9 and the adjusted Saturday, 10 October.
    assert str(matter.due_on) == "2026-10-10"
    assert not matter.due_provisional


def test_a_due_date_over_the_year_boundary_is_provisional(desk: Desk) -> None:
    with clock.at(datetime(2026, 12, 11, 10, 0, tzinfo=SHANGHAI)):
        matter = desk.accepted(level=5)

    # 14 working days are left in December; the next is Monday, 4 January, after New Year's Day.
    assert str(matter.due_on) == "2027-01-04"
    assert matter.due_provisional


def test_second_accept_is_refused_and_changes_nothing(desk: Desk) -> None:
    matter = desk.accepted()
    before = Event.objects.count()

    with pytest.raises(Conflict, match="已受理"):
        actions.accept(matter_id=matter.pk, actor=desk.actor(Role.WINDOW_LEAD))

    assert Event.objects.count() == before


def test_another_departments_matter_is_not_handled(desk: Desk) -> None:
    matter = desk.assigned()

    with pytest.raises(NotAllowed, match="社保经办"):
        actions.sign(matter_id=matter.pk, actor=desk.actor(Role.HANDLER, "YB"))

    assert Matter.objects.get(pk=matter.pk).state == State.ASSIGNED


def test_no_close_without_a_reply(desk: Desk) -> None:
    matter = desk.resolved()

    with pytest.raises(Conflict):
        desk.close(matter.pk)


def test_no_close_without_a_callback(desk: Desk) -> None:
    matter = desk.replied()

    with pytest.raises(Conflict, match="回访"):
        desk.close(matter.pk)
