"""Referrals county → city → county under kills and a broker that forgets: one arrival each, in order."""

import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import redis

from bancheng.celery import hint
from bancheng.centres.scope import in_centre
from bancheng.exchange import dispatch, selectors
from bancheng.identity.roles import Role
from tenants.matters import actions
from tenants.matters.models import Matter
from tenants.matters.states import State as MatterState
from tenants.referrals import receiving, sending
from tenants.referrals.models import Direction, Referral, State
from tests import notes, schemas
from tests.desk import Desk
from tests.faults.conftest import Killable

COUNTY, CITY = "130722", "130700"
REFERRALS = 15
PATIENCE = 150  # seconds until all have come home

pytestmark = [pytest.mark.faults, pytest.mark.timeout(PATIENCE + 60)]


@pytest.fixture
def county(transactional_db: None, zhangbei: Any) -> Desk:
    return Desk(zhangbei)


@pytest.fixture
def city_desk(transactional_db: None, city: Any) -> Desk:
    return Desk(city)


def test_each_referral_comes_home_once_and_in_order(
    county: Desk,
    city_desk: Desk,
    valkey: tuple[Killable, str],
    workers: tuple[Killable, Killable],
) -> None:
    broker, url = valkey
    faults: list[Callable[[], None]] = [
        workers[0].restart,
        lambda: redis.Redis.from_url(url).flushall(),
        workers[1].restart,
        broker.restart,
        workers[0].restart,
        lambda: redis.Redis.from_url(url).flushall(),
        workers[1].restart,
    ]
    sent: list[UUID] = []
    ends = time.monotonic() + PATIENCE
    while len(sent) < REFERRALS or confirmed_there() < REFERRALS:
        assert time.monotonic() < ends, f"{confirmed_there()} of {REFERRALS} came home"
        if len(sent) < REFERRALS:
            sent.append(send(county))
            if len(sent) % 2 == 0:  # always in the middle of the work
                faults.pop(0)()
        work_at_the_city(city_desk)
        work_at_the_county(county)
        notes.end_waiting()  # the minutes of a doubled lease, passed at once
        hint("exchange.sweep")  # what beat does
        time.sleep(0.3)

    notes.end_waiting()
    dispatch.run_due()  # were anything still under way, this would be its second arrival
    assert faults == []
    assert selectors.status() == selectors.Status(pending=0, in_flight=0, held=0, dead=0, blocked=0, lag=0)
    with in_centre(CITY):
        assert set(Referral.objects.values_list("pk", flat=True)) == set(sent)
        assert Matter.objects.count() == REFERRALS
        assert set(Matter.objects.values_list("state", flat=True)) == {MatterState.CLOSED}
    with in_centre(COUNTY):
        for referral in Referral.objects.filter(direction=Direction.SENT).select_related("matter"):
            assert referral.matter is not None
            acts = list(referral.matter.events.order_by("seq").values_list("act", flat=True))
            assert acts[acts.index("refer") :] == ["refer", "hear", "hear", "take_back"]


def test_without_a_broker_every_act_works_and_referrals_arrive_when_it_is_back(
    county: Desk, city_desk: Desk, valkey: tuple[Killable, str], workers: tuple[Killable, Killable]
) -> None:
    broker, _ = valkey
    broker.kill()

    referral_id = send(county)
    lead = schemas.client_for(county.centre, county.staff(Role.WINDOW_LEAD))
    for path in ("/", "/intake/", "/workbook/", "/referrals/", f"/referrals/{referral_id}/"):
        assert lead.get(path).status_code == 200, path

    broker.start()
    ends = time.monotonic() + PATIENCE
    while not arrived(referral_id):
        assert time.monotonic() < ends
        notes.end_waiting()
        hint("exchange.sweep")
        time.sleep(0.3)


def send(county: Desk) -> UUID:
    """A matter of the county on its way to the city."""
    with in_centre(COUNTY):
        matter = county.handling(level=5)
        lead = county.actor(Role.WINDOW_LEAD)
        draft = sending.draft(matter_id=matter.pk, actor=lead, unit=CITY, reason="示例", requested="示例")
        return sending.send(referral_id=draft.pk, actor=lead).pk


def work_at_the_city(desk: Desk) -> None:
    """Sign for, handle and answer whatever has come in."""
    with in_centre(CITY):
        lead, handler = desk.actor(Role.WINDOW_LEAD), desk.actor(Role.HANDLER)
        for referral in list(Referral.objects.filter(state=State.SENT)):
            signed = receiving.sign(referral_id=referral.pk, actor=lead)
            assert signed.matter_id is not None
            desk.assign(signed.matter_id)
            actions.sign(matter_id=signed.matter_id, actor=handler)
            desk.resolve(signed.matter_id)
            receiving.answer(referral_id=referral.pk, actor=lead, text="已认定")


def work_at_the_county(desk: Desk) -> None:
    """Confirm whatever was answered."""
    with in_centre(COUNTY):
        for referral in list(Referral.objects.filter(state=State.ANSWERED)):
            sending.confirm(referral_id=referral.pk, actor=desk.actor(Role.WINDOW_LEAD))


def confirmed_there() -> int:
    """How many the city knows to be confirmed: the end of their way."""
    with in_centre(CITY):
        return Referral.objects.filter(state=State.CONFIRMED).count()


def arrived(referral_id: UUID) -> bool:
    with in_centre(CITY):
        return Referral.objects.filter(pk=referral_id).exists()
