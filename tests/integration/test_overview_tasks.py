"""The figures follow the acts by themselves, centre by centre, and hold nothing of any person."""

import logging
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from bancheng.centres.models import Centre, PeriodicRun
from bancheng.centres.scope import in_centre
from bancheng.exchange import dispatch
from bancheng.overview.models import CentreFigure, Fact
from bancheng.timekeeping import clock
from bancheng.timekeeping.clock import SHANGHAI
from tasks import schedule, statistics
from tests.desk import REPORTER, STORY, Desk
from tests.integration.test_referrals import finish_there, refer, sign

NOW = datetime(2026, 3, 9, 10, 0, tzinfo=SHANGHAI)


def test_the_task_counts_its_centre_alone(zhangbei: Any, yuxian: Any) -> None:
    for centre in (zhangbei, yuxian):
        with in_centre(centre.code):
            Desk(centre).registered()
    statistics.summarise(centre="130722")
    assert list(Fact.objects.values_list("centre", "registered")) == [("130722", 1)]


def test_every_centre_in_service_is_summarised(db: None) -> None:
    with clock.at(NOW):
        statistics.summarise_all()
    assert set(CentreFigure.objects.values_list("centre", "summarised_at")) == {
        (code, NOW) for code in ("130700", "130722", "130726")
    }


def test_a_centre_that_fails_is_reported_and_the_others_go_on(
    db: None, caplog: pytest.LogCaptureFixture
) -> None:
    Centre.objects.filter(code="130722").update(schema_name="c139999")  # there is no such schema
    with clock.at(NOW), caplog.at_level(logging.ERROR, "tasks.statistics"):
        statistics.summarise_all()
    assert set(CentreFigure.objects.values_list("centre", flat=True)) == {"130700", "130726"}
    assert [record.getMessage() for record in caplog.records] == ["figures of 130722 not summarised"]


def test_a_suspended_centre_is_left_out(db: None) -> None:
    Centre.objects.filter(code="130722").update(suspended_at=NOW)
    statistics.summarise_all()
    assert not CentreFigure.objects.filter(centre="130722").exists()


def test_two_beats_in_one_minute_make_one_run(db: None) -> None:
    with clock.at(NOW):
        statistics.summarise_all()
    with clock.at(NOW + timedelta(seconds=40)):
        statistics.summarise_all()
    assert CentreFigure.objects.get(centre="130722").summarised_at == NOW
    with clock.at(NOW + timedelta(seconds=60)):
        statistics.summarise_all()
    assert CentreFigure.objects.get(centre="130722").summarised_at == NOW + timedelta(seconds=60)


def test_the_runs_of_days_gone_by_are_not_kept(db: None) -> None:
    PeriodicRun.objects.create(job=statistics.JOB, period="old", started_at=NOW - timedelta(days=400))
    PeriodicRun.objects.create(job="records.anchor", period="old", started_at=NOW - timedelta(days=400))
    statistics.summarise_all()
    assert list(PeriodicRun.objects.filter(period="old").values_list("job", flat=True)) == ["records.anchor"]


def test_beat_asks_every_minute() -> None:
    assert schedule.SCHEDULE["figures"]["task"] == statistics.summarise_all.name
    assert schedule.SCHEDULE["figures"]["schedule"] == 60


def test_public_holds_nothing_of_any_person(zhangbei: Any, city: Any) -> None:
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
