"""Workers that die in the middle of a sweep: no act, no step and no notice is lost, and none is doubled."""

import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from bancheng.celery import hint
from bancheng.centres.models import PeriodicRun
from bancheng.centres.scope import in_centre
from bancheng.identity.roles import Role
from bancheng.overview.models import CityNotice
from bancheng.timekeeping import clock
from tenants.matters.models import Event
from tenants.notices.kinds import NoticeKind
from tenants.notices.models import LadderStep, Notice
from tests.desk import Desk
from tests.faults.conftest import Killable

CENTRE = "130722"
MATTERS = 24
RUNGS = ("remind", "supervise", "take_over", "notify_city")
PATIENCE = 120  # seconds until all is done

pytestmark = [pytest.mark.faults, pytest.mark.timeout(PATIENCE + 60)]


@pytest.fixture
def desk(transactional_db: None, zhangbei: Any) -> Desk:
    """A centre with its people, and matters that have been late for weeks."""
    desk = Desk(zhangbei)
    with in_centre(CENTRE), clock.at(clock.now() - timedelta(days=60)):
        for role in (Role.DIRECTOR, Role.DEPUTY, Role.DEPARTMENT_HEAD):
            desk.staff(role)
        for _ in range(MATTERS):
            desk.handling()
    return desk


def test_workers_that_die_in_the_middle_lose_nothing_and_double_nothing(
    desk: Desk, valkey: tuple[Killable, str], workers: tuple[Killable, Killable]
) -> None:
    until(lambda: done() >= 2, ask=True)
    workers[0].restart()
    workers[1].restart()
    killed_at = done()
    assert whole()

    until(lambda: done() >= min(killed_at + 4, MATTERS), ask=True)
    workers[0].restart()
    assert whole()
    until(lambda: done() == MATTERS, ask=True)

    next_period()
    hint("deadlines.sweep", centre=CENTRE)  # were anything left undone or forgotten, it would be done again
    until(lambda: PeriodicRun.objects.filter(outcome="done").exists())
    assert 2 <= killed_at < MATTERS, "the workers were not killed in the middle"
    with in_centre(CENTRE):
        acts = Counter(Event.objects.filter(act__in=RUNGS).values_list("matter_id", "act"))
        told = Counter(Notice.objects.values_list("recipient_id", "matter_id", "kind", "key"))
        by_kind = Counter(Notice.objects.values_list("kind", flat=True))
    assert len(acts) == MATTERS * len(RUNGS)
    assert set(acts.values()) == {1}
    assert set(told.values()) == {1}
    assert by_kind[NoticeKind.REMINDED] == MATTERS  # the head
    assert by_kind[NoticeKind.OVERDUE] == MATTERS * 2  # the handler and the lead
    assert by_kind[NoticeKind.CITY_NOTICE] == MATTERS * 3  # the director, the deputy and the lead
    assert CityNotice.objects.count() == MATTERS


def until(condition: Callable[[], bool], *, ask: bool = False) -> None:
    """Wait for it; with `ask`, as beat does, a sweep for every period, each of which passes at once."""
    ends = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < ends, f"{done()} of {MATTERS} are done"
        if ask:
            next_period()
            hint("deadlines.sweep", centre=CENTRE)
        time.sleep(0.2)


def next_period() -> None:
    PeriodicRun.objects.filter(job__startswith="deadlines.sweep").delete()


def done() -> int:
    """How many matters have come to the city."""
    with in_centre(CENTRE):
        return LadderStep.objects.filter(step="notify_city").count()


def whole() -> bool:
    """Whether every matter has all of its acts with all of its steps, or nothing of either, at one moment."""
    with in_centre(CENTRE), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        acts = Counter(Event.objects.filter(act__in=RUNGS).values_list("matter_id", flat=True))
        steps = Counter(LadderStep.objects.filter(step__in=RUNGS).values_list("matter_id", flat=True))
        told = set(Notice.objects.filter(kind=NoticeKind.CITY_NOTICE).values_list("matter_id", flat=True))
    return acts == steps and set(acts.values()) <= {len(RUNGS)} and told == set(acts)
