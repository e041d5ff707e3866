"""The morning's look at problems: on working days, once for every centre, and all that it does."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from bancheng.centres.scope import every_centre, in_centre
from bancheng.timekeeping import clock
from bancheng.timekeeping.clock import SHANGHAI
from tasks import improvement, schedule
from tenants.improvement.models import Problem, Watch
from tenants.notices.kinds import NoticeKind
from tenants.notices.models import Notice
from tests.desk import Desk
from tests.improvement import Register

MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=SHANGHAI)


@pytest.fixture
def asked_for(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The centres for which the look was handed out."""
    found: list[str] = []
    monkeypatch.setattr(improvement, "hint", lambda task, centre: found.append(centre))
    return found


def test_on_a_working_day_every_centre_is_asked(db: None, asked_for: list[str]) -> None:
    with clock.at(MONDAY):
        improvement.look_all()

    assert sorted(asked_for) == sorted(every_centre())


def test_on_a_day_of_rest_nobody_is_asked(db: None, asked_for: list[str]) -> None:
    with clock.at(MONDAY - timedelta(days=1)):
        improvement.look_all()

    assert asked_for == []


def test_beat_asks_every_five_minutes_of_the_morning() -> None:
    line = schedule.SCHEDULE["problems"]

    assert line["task"] == improvement.look_all.name
    assert (line["schedule"].hour, line["schedule"].minute) == ({8, 9, 10, 11}, set(range(0, 60, 5)))


def test_a_look_watches_proposes_and_reminds(zhangbei: Any) -> None:
    with in_centre(zhangbei.code):
        register = Register(Desk(zhangbei))
        with clock.at(MONDAY):
            register.routine()
        with clock.at(MONDAY + timedelta(days=30)):
            problem = register.opened_of("ZG01")
            register.measure(register.study(problem))
        with clock.at(MONDAY + timedelta(days=119)):
            register.matters(5)

    with clock.at(MONDAY + timedelta(days=120)):
        improvement.look(centre=zhangbei.code)

    with in_centre(zhangbei.code):
        assert Watch.objects.exclude(watched_at=None).get().days == 90
        assert Problem.objects.get(item="YL10").round == 2
        assert Notice.objects.filter(kind=NoticeKind.MEASURE_DUE).exists()


def test_a_part_that_fails_keeps_the_others_from_nothing(
    zhangbei: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise ValueError("one problem is broken")

    monkeypatch.setattr(improvement, "PARTS", (broken, *improvement.PARTS))
    with clock.at(MONDAY):
        with in_centre(zhangbei.code):
            Register(Desk(zhangbei)).matters(5)
        with pytest.raises(improvement.Unfinished):
            improvement.look(centre=zhangbei.code)

    with in_centre(zhangbei.code):
        assert Problem.objects.exists()


def test_a_look_is_taken_once_a_day(zhangbei: Any) -> None:
    with clock.at(MONDAY):
        improvement.look(centre=zhangbei.code)
        with in_centre(zhangbei.code):
            Register(Desk(zhangbei)).matters(5)
        improvement.look(centre=zhangbei.code)

    with in_centre(zhangbei.code):
        assert not Problem.objects.exists()
