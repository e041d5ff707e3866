"""The clocks of a referral: not signed in time, silent, silent after two chases, material that is due."""

from datetime import datetime, timedelta
from typing import Any

from bancheng.timekeeping import clock
from bancheng.timekeeping.clock import SHANGHAI
from tenants.notices.kinds import NoticeKind
from tenants.notices.models import Notice
from tenants.workbook import ladder
from tests.between import Side, deliver

CITY = "130700"
MONDAY = datetime(2026, 3, 2, 10, tzinfo=SHANGHAI)


def sweep(side: Side, days: int) -> None:
    """The clocks are read so many days after that Monday, in the morning; what is posted arrives."""
    with clock.at(MONDAY + timedelta(days=days)):
        with side.inside():
            ladder.sweep()
        deliver()


def sent(county: Side) -> Any:
    with clock.at(MONDAY):
        referral = county.send(CITY)
        deliver()
    return referral


def told(side: Side, referral: Any, kind: NoticeKind) -> bool:
    with side.inside():
        return Notice.objects.filter(matter=side.matter(referral), kind=kind).exists()


def test_whoever_does_not_sign_in_time_is_chased_once(county: Side, city_side: Side) -> None:
    referral = sent(county)
    sweep(county, 1)  # the day for signing is not over yet
    assert county.row(referral).chases == 0
    for _ in range(2):
        sweep(county, 2)
    assert (county.row(referral).chases, city_side.row(referral).chases) == (1, 1)
    assert told(county, referral, NoticeKind.UNSIGNED_AWAY)


def test_silent_after_two_chases_it_goes_to_the_coordinator(county: Side, city_side: Side) -> None:
    referral = sent(county)
    sweep(county, 2)  # not signed in time
    sweep(county, 10)  # five working days after the first chase
    assert county.row(referral).chases == 2
    assert county.row(referral).escalated_at is None
    sweep(county, 18)
    assert county.row(referral).escalated_at is not None
    assert city_side.row(referral).escalated_at is not None
    assert told(county, referral, NoticeKind.REFERRAL_ESCALATED)


def test_a_word_from_the_other_side_starts_the_count_anew(county: Side, city_side: Side) -> None:
    referral = sent(county)
    sweep(county, 2)
    with clock.at(MONDAY + timedelta(days=3)):
        city_side.sign(referral)
        deliver()
    sweep(county, 14)
    assert county.row(referral).chases_unheard == 1
    sweep(county, 22)
    assert county.row(referral).escalated_at is None


def test_material_that_is_not_given_in_time_is_told(county: Side, city_side: Side) -> None:
    referral = sent(county)
    with clock.at(MONDAY + timedelta(days=1)):
        city_side.sign(referral)
        city_side.ask(referral, due_on=(MONDAY + timedelta(days=2)).date())
        deliver()
    sweep(county, 2)
    assert not told(county, referral, NoticeKind.MATERIAL_DUE)
    sweep(county, 3)
    assert told(county, referral, NoticeKind.MATERIAL_DUE)
