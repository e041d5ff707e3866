"""At the same moment: two people, a person and an arrival, two arrivals. One order of locks, one outcome."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from bancheng.centres.scope import in_centre
from bancheng.errors import Conflict
from bancheng.exchange import selectors
from bancheng.exchange.models import Inbox, Message
from tenants.matters.models import Matter
from tenants.matters.states import State as MatterState
from tenants.referrals.models import Referral, State
from tests import notes
from tests.between import Side, decide, deliver, newest_of

CITY, COUNTY, YUXIAN = "130700", "130722", "130726"

AtOnce = Callable[..., list[Any]]


@pytest.fixture
def county(transactional_db: None, zhangbei: Any) -> Side:
    return Side(zhangbei)


@pytest.fixture
def city_side(transactional_db: None, city: Any) -> Side:
    return Side(city)


@pytest.fixture
def sent(county: Side, city_side: Side) -> UUID:
    """A referral that waits at the city to be signed for."""
    for side in (county, city_side):  # the people are made before the threads start
        with side.inside() as desk:
            for role in ("window_clerk", "window_lead", "handler"):
                desk.staff(role)
    referral = county.send(CITY)
    deliver()
    return referral


@pytest.fixture
def signed(county: Side, city_side: Side, sent: UUID) -> UUID:
    city_side.sign(sent)
    city_side.take_up(sent)
    deliver()
    return sent


def settle() -> None:
    """Whatever was posted arrives; a batch that met a lock is tried again."""
    for _ in range(4):
        notes.end_waiting()
        deliver()
    assert selectors.status().dead == 0
    assert not Message.objects.exclude(state=Message.State.DELIVERED).exists()
    assert not Inbox.objects.exclude(state=Inbox.State.APPLIED).exists()


def states(referral: UUID, *sides: Side) -> list[str]:
    return [side.row(referral).state for side in sides]


def refusals(results: list[Any]) -> list[str]:
    """The codes of those who were refused; nothing else may go wrong."""
    assert [each for each in results if isinstance(each, Exception) and not isinstance(each, Conflict)] == []
    return [each.code for each in results if isinstance(each, Conflict)]


def test_of_two_who_sign_one_is_told_so(county: Side, city_side: Side, sent: UUID, at_once: AtOnce) -> None:
    results = at_once(partial(city_side.sign, sent), partial(city_side.sign, sent))
    assert refusals(results) == ["wrong_state"]
    settle()
    with in_centre(CITY):
        assert Matter.objects.count() == 1
    assert states(sent, county, city_side) == [State.SIGNED, State.SIGNED]


def test_of_signing_and_giving_back_one_happens(
    county: Side, city_side: Side, sent: UUID, at_once: AtOnce
) -> None:
    results = at_once(partial(city_side.sign, sent), partial(city_side.give_back, sent))
    assert refusals(results) == ["wrong_state"]
    settle()
    ours, theirs = states(sent, county, city_side)
    assert ours == theirs
    assert ours in (State.SIGNED, State.RETURNED)


def test_of_two_who_confirm_one_is_told_so(
    county: Side, city_side: Side, signed: UUID, at_once: AtOnce
) -> None:
    city_side.resolve(signed)
    city_side.answer(signed)
    deliver()
    results = at_once(partial(county.confirm, signed), partial(county.confirm, signed))
    assert refusals(results) == ["wrong_state"]
    settle()
    assert states(signed, county, city_side) == [State.CONFIRMED, State.CONFIRMED]
    assert county.acts(signed).count("take_back") == 1


def test_signed_for_while_the_recall_arrives(
    county: Side, city_side: Side, sent: UUID, at_once: AtOnce
) -> None:
    county.recall(sent)
    results = at_once(deliver, partial(city_side.sign, sent))
    settle()
    ours, theirs = states(sent, county, city_side)
    assert ours == theirs == (State.RECALLED if refusals(results) else State.SIGNED)
    away = ours == State.SIGNED
    assert county.matter(sent).state == (MatterState.REFERRED if away else MatterState.HANDLING)


def test_recalled_while_the_signature_arrives(
    county: Side, city_side: Side, sent: UUID, at_once: AtOnce
) -> None:
    city_side.sign(sent)
    results = at_once(deliver, partial(county.recall, sent))
    refusals(results)
    settle()
    assert states(sent, county, city_side) == [State.SIGNED, State.SIGNED]


def test_given_back_while_the_chase_arrives(
    county: Side, city_side: Side, sent: UUID, at_once: AtOnce
) -> None:
    county.chase(sent)
    refusals(at_once(deliver, partial(city_side.give_back, sent)))
    settle()
    assert states(sent, county, city_side) == [State.RETURNED, State.RETURNED]


def test_asked_while_the_redirection_arrives(
    county: Side, city_side: Side, signed: UUID, yuxian: Any, at_once: AtOnce
) -> None:
    other = Side(yuxian)
    decide("redirect", signed, COUNTY, unit=YUXIAN)
    deliver_to_home = partial(deliver)
    refusals(at_once(deliver_to_home, partial(city_side.ask, signed)))
    settle()
    fresh = newest_of(county, signed)
    assert states(signed, county, city_side) == [State.REDIRECTED, State.REDIRECTED]
    assert states(fresh.pk, county, other) == [State.SENT, State.SENT]
    assert city_side.matter(signed).state == MatterState.WITHDRAWN
    assert county.matter(signed).state == MatterState.REFERRED


def test_answered_while_the_redirection_arrives(
    county: Side, city_side: Side, signed: UUID, yuxian: Any, at_once: AtOnce
) -> None:
    city_side.resolve(signed)
    decide("redirect", signed, COUNTY, unit=YUXIAN)
    refusals(at_once(deliver, partial(city_side.answer, signed)))
    settle()
    ours, theirs = states(signed, county, city_side)
    assert ours == theirs
    assert ours in (State.REDIRECTED, State.ANSWERED)
    assert county.matter(signed).state == MatterState.REFERRED


def test_referred_on_while_home_chases_and_recalls_nothing(
    county: Side, city_side: Side, signed: UUID, yuxian: Any, at_once: AtOnce
) -> None:
    county.chase(signed)
    refusals(at_once(deliver, partial(city_side.send_again, signed, YUXIAN)))
    settle()
    assert county.row(signed).onward_unit == city_side.row(signed).onward_unit == yuxian.name


def test_many_referrals_answered_and_worked_on_at_once_end_well(
    county: Side, city_side: Side, sent: UUID, at_once: AtOnce
) -> None:
    """Arrivals come in batches, people act meanwhile: no circle of locks, nothing is lost."""
    referrals = [sent, *(county.send(CITY) for _ in range(5))]
    deliver()
    for referral in referrals:
        city_side.sign(referral)
        city_side.report(referral)
    chases = [partial(county.chase, referral) for referral in referrals[:3]]
    refusals(at_once(deliver, *chases, deliver))
    settle()
    for referral in referrals:
        assert states(referral, county, city_side) == [State.SIGNED, State.SIGNED]
    with in_centre(COUNTY):
        assert Referral.objects.filter(chases=1).count() == 3
