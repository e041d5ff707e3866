"""The figures follow the acts by themselves, centre by centre, and hold nothing of any person."""

import logging
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from celery.signals import task_postrun
from django.db import connection, transaction

from bancheng.celery import app, give_back_the_connection
from bancheng.centres.models import Centre, PeriodicRun
from bancheng.centres.scope import in_centre
from bancheng.exchange import dispatch
from bancheng.overview.models import CentreFigure, CityDay, Fact, RollupDue
from bancheng.timekeeping import clock
from bancheng.timekeeping.clock import SHANGHAI
from tasks import schedule, statistics
from tests.desk import REPORTER, STORY, Desk
from tests.integration.test_referrals import finish_there, refer, sign

NOW = datetime(2026, 3, 9, 10, 0, tzinfo=SHANGHAI)


@pytest.fixture
def in_turn(db: None) -> Iterator[None]:
    """The turns of a minute and the roll-up after them are taken here and now, in the test's transaction."""
    app.conf.update(task_always_eager=True, task_eager_propagates=True)
    task_postrun.disconnect(give_back_the_connection)
    yield
    task_postrun.connect(give_back_the_connection)
    app.conf.update(task_always_eager=False, task_eager_propagates=False)


def test_the_task_counts_its_centre_alone(zhangbei: Any, yuxian: Any) -> None:
    for centre in (zhangbei, yuxian):
        with in_centre(centre.code):
            Desk(centre).registered()
    statistics.summarise(centre="130722")
    assert list(Fact.objects.values_list("centre", "registered")) == [("130722", 1)]


def test_every_centre_in_service_is_summarised(in_turn: None) -> None:
    with clock.at(NOW):
        statistics.summarise_all()
    assert set(CentreFigure.objects.values_list("centre", "summarised_at")) == {
        (code, NOW) for code in ("130700", "130722", "130726")
    }


def test_a_centre_that_fails_is_reported_and_the_others_go_on(
    in_turn: None, caplog: pytest.LogCaptureFixture
) -> None:
    Centre.objects.filter(code="130722").update(schema_name="c139999")  # there is no such schema
    with clock.at(NOW):
        statistics.summarise_all()
    assert set(CentreFigure.objects.values_list("centre", flat=True)) == {"130700", "130726"}
    said = [record.getMessage() for record in caplog.records if record.name == "tasks.statistics"]
    assert said == [
        "figures of 130722 not summarised",
        "rolled up with old figures of 130722",
    ]


def test_a_turn_tells_the_centre_and_whether_it_went_well_and_nothing_else(zhangbei: Any) -> None:
    assert statistics.turn(code="130722") == {"centre": "130722", "went_well": True}
    assert statistics.turn(code="130799") == {"centre": "130799", "went_well": False}


def test_a_centre_suspended_in_the_middle_of_a_minute_keeps_its_old_figures(
    zhangbei: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with clock.at(NOW):
        statistics.turn(code="130722")
    with in_centre("130722"):
        Desk(zhangbei).registered()
    Centre.objects.filter(code="130722").update(suspended_at=NOW)
    with clock.at(NOW + timedelta(minutes=1)), caplog.at_level(logging.ERROR):
        assert not statistics.turn(code="130722")["went_well"]
    assert CentreFigure.objects.get(centre="130722").summarised_at == NOW
    assert not Fact.objects.exists()
    assert not caplog.records  # it is nobody's fault


def test_a_centre_that_is_locked_gives_its_turn_back(
    zhangbei: Any, at_once: Callable[..., list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(statistics._LIMITS, "lock_timeout", "100ms")
    with in_centre("130722"):
        Desk(zhangbei).registered()
    locked, done = threading.Event(), threading.Event()

    def migrate() -> None:
        with in_centre("130722"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE matters_event")
            locked.set()
            assert done.wait(20)

    def take_turns() -> list[bool]:
        assert locked.wait(20)
        try:
            return [statistics.turn(code=code)["went_well"] for code in ("130722", "130726")]
        finally:
            done.set()

    assert at_once(migrate, take_turns) == [None, [False, True]]
    assert not Fact.objects.exists()
    assert statistics.turn(code="130722")["went_well"]
    assert Fact.objects.get().registered == 1


def test_a_turn_leaves_no_limits_behind(zhangbei: Any) -> None:
    with connection.cursor() as cursor:
        for code in ("130722", "130799"):
            statistics.turn(code=code)
            for name in ("lock_timeout", "statement_timeout"):
                cursor.execute(f"SHOW {name}")
                assert cursor.fetchone() == ("0",)


def test_a_minute_ends_with_the_sums_of_the_city(in_turn: None, zhangbei: Any, yuxian: Any) -> None:
    for centre in (zhangbei, yuxian):
        with in_centre(centre.code):
            Desk(centre).registered()
    statistics.summarise_all()
    assert CityDay.objects.get().registered == 2
    assert not RollupDue.objects.exists()


def test_after_an_act_the_sums_of_the_city_are_asked_for(
    zhangbei: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(app, "send_task", lambda name, **_: asked.append(name))
    with in_centre("130722"):
        Desk(zhangbei).registered()
    with django_capture_on_commit_callbacks(execute=True):
        statistics.summarise(centre="130722")
    assert asked == ["statistics.roll_up"]
    statistics.roll_up()
    assert CityDay.objects.get().registered == 1


def test_a_suspended_centre_is_left_out(in_turn: None) -> None:
    Centre.objects.filter(code="130722").update(suspended_at=NOW)
    statistics.summarise_all()
    assert not CentreFigure.objects.filter(centre="130722").exists()


def test_two_beats_in_one_minute_make_one_run(in_turn: None) -> None:
    with clock.at(NOW):
        statistics.summarise_all()
    with clock.at(NOW + timedelta(seconds=40)):
        statistics.summarise_all()
    assert CentreFigure.objects.get(centre="130722").summarised_at == NOW
    with clock.at(NOW + timedelta(seconds=60)):
        statistics.summarise_all()
    assert CentreFigure.objects.get(centre="130722").summarised_at == NOW + timedelta(seconds=60)


def test_the_runs_of_days_gone_by_are_not_kept(in_turn: None) -> None:
    PeriodicRun.objects.create(job=statistics.JOB, period="old", started_at=NOW - timedelta(days=400))
    PeriodicRun.objects.create(job="records.anchor", period="old", started_at=NOW - timedelta(days=400))
    statistics.summarise_all()
    assert list(PeriodicRun.objects.filter(period="old").values_list("job", flat=True)) == ["records.anchor"]


def test_beat_asks_every_minute() -> None:
    assert schedule.SCHEDULE["figures"]["task"] == statistics.summarise_all.name
    assert schedule.SCHEDULE["figures"]["schedule"] == 60


def test_public_holds_nothing_of_any_person(in_turn: None, zhangbei: Any, city: Any) -> None:
    county, city_desk = Desk(zhangbei), Desk(city)
    with in_centre("130722"):
        referral = refer(county, "130700")
    assert "YL10" in everything_in_public()  # the sealed envelope is on its way, and the search can find
    on_the_way = everything_in_public()
    dispatch.run_due()
    with in_centre("130700"):
        finish_there(city_desk, sign(city_desk, referral.pk))
    dispatch.run_due()
    statistics.summarise_all()
    arrived = everything_in_public()
    assert referral.number in arrived
    assert Fact.objects.exists()
    for secret in (REPORTER.name, REPORTER.identifier, REPORTER.phone, REPORTER.address, STORY.narrative):
        for where in (on_the_way, arrived):
            assert secret not in where
            assert secret.encode().hex() not in where


def everything_in_public() -> str:
    """Every row of every table as text; bytes as hex."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        rows = []
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT each::text FROM public."{table}" AS each')  # noqa: S608  # from pg_tables
            rows += [row for (row,) in cursor.fetchall()]
    return "\n".join(rows)
