"""The invented year: made by the real actions, in order, and with something at every stage."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction

from bancheng.centres.scope import in_centre
from bancheng.exchange.models import Message
from bancheng.identity.models import Staff
from bancheng.identity.roles import CENTRE_ROLES
from bancheng.privacy import audit, identifiers
from bancheng.privacy.append_only import verify_chain
from bancheng.timekeeping import clock
from bancheng.timekeeping.calendar import current as current_calendar
from bancheng.timekeeping.due import BUSINESS_CLOSES, BUSINESS_OPENS
from tenants.matters import clocks, selectors
from tenants.matters.acting import event_payload
from tenants.matters.models import Consultation, ConsultationTally, Event, Matter
from tenants.matters.states import State
from tenants.notices.models import Notice
from tenants.referrals.models import Counterpart, Direction, Referral
from tenants.replies.models import Rating, Via
from tenants.workbook import ladder, reconcile
from tests.integration.demo_year import CODES, NOW, book, make


@pytest.fixture(scope="module")
def whole_year(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Made once, in a transaction around all tests of this module, and rolled back after the last."""
    with django_db_blocker.unblock(), transaction.atomic():
        make(45)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def small_year(whole_year: None, db: None) -> None:
    """A small year of the city and 张北."""


def test_every_state_is_there(small_year: None) -> None:
    states = Counter(state for code in CODES for _, _, state in book(code))

    assert set(states) >= {
        State.REGISTERED,
        State.ACCEPTED,
        State.ASSIGNED,
        State.HANDLING,
        State.AWAITING_MATERIAL,
        State.REFERRED,
        State.AWAITING_SIGNOFF,
        State.RESOLVED,
        State.REPLIED,
        State.CLOSED,
        State.MERGED,
    }


def test_nothing_lacks_an_owner_or_a_reply(small_year: None) -> None:
    for code in CODES:
        with in_centre(code), clock.at(NOW):
            assert list(selectors.without_owner()) == []
            assert list(selectors.without_reply()) == []


def test_whoever_brought_what_was_merged_is_answered_too(small_year: None) -> None:
    for code in CODES:
        with in_centre(code):
            merged = Matter.objects.get(state=State.MERGED)
            assert merged.replied_at is not None
            assert merged.merged_into is not None
            assert merged.merged_into.replied_at == merged.replied_at


def test_nobody_waits_longer_than_five_working_days_for_a_word(small_year: None) -> None:
    calendar = current_calendar()
    for code in CODES:
        with in_centre(code), clock.at(NOW):
            owed = Matter.objects.filter(state__in=clocks.OWING_WORD, origin_referral=None)
            days = [clocks.progress_by(matter, calendar) for matter in owed]
        assert days
        assert all(day >= NOW.date() for day in days if day is not None)


def test_handling_is_shown_in_full(small_year: None) -> None:
    acts: set[str] = set()
    for code in CODES:
        with in_centre(code):
            acts |= set(Event.objects.values_list("act", flat=True))

    assert acts >= {
        "check_materials",
        "ask_material",
        "receive_material",
        "explain_policy",
        "sign_support",
        "answer_support",
        "merge",
        "rate",
        "remind",
        "supervise",
    }


def test_grades_are_given_by_reporters_alone(small_year: None) -> None:
    with in_centre("130700"):
        ratings = list(Rating.objects.all())

    assert ratings
    assert all(rating.by_id is None and rating.via != Via.STAFF for rating in ratings)


def test_the_clocks_were_swept_once_at_the_end(small_year: None) -> None:
    with in_centre("130700"), clock.at(NOW):
        assert Notice.objects.filter(read_at=None).exists()
        assert Notice.objects.exclude(read_at=None).exists()
        assert ladder.sweep() == 0


def test_something_is_overdue_and_something_due_soon(small_year: None) -> None:
    with in_centre("130700"), clock.at(NOW):
        colours = {selectors.light_of(m).color for m in Matter.objects.filter(state=State.HANDLING)}

    assert {"red", "amber"} <= colours


def test_numbers_have_no_gap_and_follow_the_dates(small_year: None) -> None:
    for code in CODES:
        with in_centre(code):
            moments: dict[int, list[datetime]] = {}
            serials: dict[int, list[int]] = {}
            for matter in Matter.objects.order_by("machine_number"):
                _, years, serial = matter.machine_number.split("-")
                serials.setdefault(int(years), []).append(int(serial))
                moments.setdefault(int(years), []).append(matter.registered_at)
        assert all(found == list(range(1, len(found) + 1)) for found in serials.values())
        assert all(found == sorted(found) for found in moments.values())


def test_chains_of_timelines_and_audit_hold(small_year: None) -> None:
    for code in CODES:
        with in_centre(code):
            assert audit.verify() is None
            for matter in Matter.objects.all():
                assert verify_chain(selectors.timeline(matter), event_payload) is None


def test_the_facts_of_the_overview_equal_a_recount(small_year: None) -> None:
    for code in CODES:
        with in_centre(code), clock.at(NOW):
            assert reconcile.differences(code) == []
    assert reconcile.city_differences() == []


def test_everything_happens_in_office_hours_before_now(small_year: None) -> None:
    calendar = current_calendar()
    with in_centre("130722"):
        moments = [clock.local(at) for at in Event.objects.values_list("at", flat=True)]

    assert max(moments) <= NOW
    assert all(calendar.is_workday(at.date()) for at in moments)
    assert all(BUSINESS_OPENS <= at.time() <= BUSINESS_CLOSES for at in moments)


def test_what_one_centre_sent_the_other_has(small_year: None) -> None:
    sent, received = set(), set()
    for code in CODES:
        with in_centre(code):
            between = Referral.objects.filter(counterpart=Counterpart.CENTRE).exclude(number="")
            sent |= set(between.filter(direction=Direction.SENT).values_list("number", flat=True))
            received |= set(between.filter(direction=Direction.RECEIVED).values_list("number", flat=True))

    assert sent
    assert received == sent
    assert not Message.objects.exclude(state=Message.State.DELIVERED).exists()


def test_letters_went_to_the_province(small_year: None) -> None:
    with in_centre("130700"):
        letters = Referral.objects.filter(counterpart=Counterpart.LETTER).exclude(number="")
        assert {letter.unit_code for letter in letters} == {"130000"}
        assert all(letter.contacts.exists() for letter in letters)


def test_consultations_are_counted_and_a_dozen_written_down(small_year: None) -> None:
    with in_centre("130722"):
        assert Consultation.objects.filter(matter_id=None).count() == 12
        assert sum(ConsultationTally.objects.values_list("count", flat=True)) > 500


def test_invented_people_have_valid_cards_of_the_area(small_year: None) -> None:
    with in_centre("130722"):
        people = [m.reporter for m in Matter.objects.select_related("reporter").filter(origin_referral=None)]

    cards = [person.identifier or "" for person in people if person.kind == "person"]
    assert cards
    assert all(identifiers.check_id_number(card).startswith("130722") for card in cards)
    assert all(identifiers.check_uscc(p.identifier or "") for p in people if p.kind == "enterprise")
    assert all(person.phone == "" or (person.phone or "").startswith("1380000") for person in people)


def test_every_role_of_a_centre_has_somebody(small_year: None) -> None:
    with in_centre("130722"):
        held = {role for person in Staff.objects.all() for role in person.held_roles}

    assert held == CENTRE_ROLES
