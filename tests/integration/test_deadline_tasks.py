"""The sweep and the morning's digest, asked for by beat: in working time, once, and for every centre."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from bancheng.centres.models import PeriodicRun
from bancheng.centres.scope import in_centre
from bancheng.identity.models import Staff
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from bancheng.timekeeping.clock import SHANGHAI
from tasks import deadlines, notices, schedule
from tenants.matters.models import Matter
from tenants.notices.models import Digest, LadderStep
from tenants.workbook import digests
from tests.desk import Desk

MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=SHANGHAI)
FRIDAY = MONDAY + timedelta(days=4)
ZHANGBEI = "130722"


@pytest.fixture
def asked_for(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """The tasks that were handed out, each with its centre."""
    found: list[tuple[str, str]] = []
    for module in (deadlines, notices):
        monkeypatch.setattr(module, "hint", lambda task, centre: found.append((task, centre)))
    return found


# --- When --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "works"),
    [
        (MONDAY.replace(hour=8, minute=29), False),
        (MONDAY.replace(hour=8, minute=30), True),
        (MONDAY.replace(hour=17, minute=55), True),
        (MONDAY.replace(hour=18, minute=5), False),
        (MONDAY - timedelta(days=1), False),  # a Sunday
        (datetime(2026, 10, 1, 10, 0, tzinfo=SHANGHAI), False),  # the national holiday
    ],
)
def test_clocks_are_swept_in_working_time(
    db: None, asked_for: list[tuple[str, str]], moment: datetime, works: bool
) -> None:
    with clock.at(moment):
        deadlines.sweep_all()

    assert bool(asked_for) is works


@pytest.mark.parametrize(
    ("moment", "works"),
    [
        (MONDAY.replace(hour=8, minute=34), False),
        (MONDAY.replace(hour=8, minute=35), True),
        ((MONDAY - timedelta(days=1)).replace(hour=8, minute=35), False),
    ],
)
def test_digests_are_written_from_half_past_eight_on_working_days(
    db: None, asked_for: list[tuple[str, str]], moment: datetime, works: bool
) -> None:
    with clock.at(moment):
        notices.digest_all()

    assert bool(asked_for) is works


def test_every_centre_in_service_is_asked(db: None, asked_for: list[tuple[str, str]]) -> None:
    with clock.at(MONDAY):
        deadlines.sweep_all()
        notices.digest_all()

    centres = ("130700", "130722", "130726")
    assert sorted(asked_for) == sorted(
        (task, centre) for task in ("deadlines.sweep", "notices.digest") for centre in centres
    )


def test_beat_asks_for_both_every_five_minutes() -> None:
    for line, task in (("deadlines", deadlines.sweep_all), ("digests", notices.digest_all)):
        assert schedule.SCHEDULE[line]["task"] == task.name
        assert schedule.SCHEDULE[line]["schedule"].minute == set(range(0, 60, 5))


# --- Once --------------------------------------------------------------------------------------------


def test_two_beats_make_one_sweep(zhangbei: Any) -> None:
    with in_centre(ZHANGBEI), clock.at(MONDAY):
        Desk(zhangbei).accepted()
    with clock.at(FRIDAY):
        deadlines.sweep(centre=ZHANGBEI)
        with in_centre(ZHANGBEI):
            taken = LadderStep.objects.count()
            LadderStep.objects.all().delete()
    with clock.at(FRIDAY + timedelta(minutes=4)):
        deadlines.sweep(centre=ZHANGBEI)
    with in_centre(ZHANGBEI):
        assert (taken, LadderStep.objects.count()) == (2, 0)  # amber, and nobody contacted
    with clock.at(FRIDAY + timedelta(minutes=5)):
        deadlines.sweep(centre=ZHANGBEI)
    with in_centre(ZHANGBEI):
        assert LadderStep.objects.count() == 2


def test_centres_do_not_take_each_others_turn(zhangbei: Any, yuxian: Any) -> None:
    with clock.at(MONDAY):
        for centre in (zhangbei, yuxian):
            deadlines.sweep(centre=centre.code)

    assert PeriodicRun.objects.filter(job__startswith="deadlines.sweep ").count() == 2


def test_the_runs_of_days_gone_by_are_not_kept(db: None, asked_for: list[tuple[str, str]]) -> None:
    PeriodicRun.objects.create(job="deadlines.sweep 130722", period="old", started_at=MONDAY)
    with clock.at(MONDAY + timedelta(days=8)):
        deadlines.sweep_all()

    assert not PeriodicRun.objects.filter(period="old").exists()


def test_a_sweep_works_in_its_centre_alone(zhangbei: Any, yuxian: Any) -> None:
    for centre in (zhangbei, yuxian):
        with in_centre(centre.code), clock.at(MONDAY):
            Desk(centre).accepted()
    with clock.at(FRIDAY):
        deadlines.sweep(centre=ZHANGBEI)

    with in_centre(yuxian.code):
        assert not LadderStep.objects.exists()


# --- The digest --------------------------------------------------------------------------------------


def test_everybody_who_works_here_gets_one_digest_a_day(zhangbei: Any) -> None:
    with in_centre(ZHANGBEI):
        desk = Desk(zhangbei)
        lead, gone = desk.staff(Role.WINDOW_LEAD), desk.staff(Role.CALLER)
        Staff.objects.filter(pk=gone.pk).update(is_active=False)
    for minutes in (0, 5):
        with clock.at(MONDAY + timedelta(minutes=minutes)):
            notices.digest(centre=ZHANGBEI)

    with in_centre(ZHANGBEI):
        assert [digest.recipient_id for digest in Digest.objects.all()] == [lead.pk]


def test_a_digest_that_was_broken_off_is_finished_and_nobody_gets_two(desk: Desk) -> None:
    desk.staff(Role.WINDOW_LEAD)
    with clock.at(MONDAY):
        assert digests.digest() == 1
        desk.staff(Role.DEPUTY)
        assert digests.digest() == 1

    assert Digest.objects.count() == 2


def test_a_digest_counts_the_persons_own_lists(desk: Desk) -> None:
    with clock.at(MONDAY):
        desk.assigned()
        desk.replied()
    with clock.at(MONDAY + timedelta(days=10)):
        of_the_caller = digests.counts(desk.actor(Role.CALLER))
        of_the_handler = digests.counts(desk.actor(Role.HANDLER))

    assert [(each["key"], each["count"]) for each in of_the_handler] == [
        ("to_sign", 1),
        ("overdue", 1),
        ("mine", 1),
        ("department", 2),
        ("progress_due", 1),
        ("first_contact", 1),
    ]
    assert ("to_call_back", 1) in [(each["key"], each["count"]) for each in of_the_caller]


def test_a_digest_counts_and_names_nothing(desk: Desk) -> None:
    with clock.at(MONDAY):
        matter = desk.accepted()
        digests.digest()

    (row,) = Digest.objects.filter(recipient=desk.staff(Role.WINDOW_LEAD)).values_list("counts", flat=True)
    assert all(set(each) == {"key", "title", "count"} for each in row)
    assert matter.number not in str(row)
    assert Matter.objects.get().subject not in str(row)
