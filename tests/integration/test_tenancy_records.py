"""Jobs once per period, signs of life, anchors of chains, and what /readyz makes of it all."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from bancheng.centres import anchors, health, periodic
from bancheng.centres.anchors import Head
from bancheng.centres.models import Centre, ChainAnchor, PeriodicRun
from bancheng.centres.scope import in_centre
from bancheng.identity.actors import Actor
from bancheng.privacy import audit
from tasks import records


def run(period: str = "2026-11-24") -> bool:
    with periodic.once(job="tests.job", period=period) as mine:
        return mine


def test_a_period_is_given_once(db: None) -> None:
    assert (run(), run(), run("2026-11-25")) == (True, False, True)


def test_failed_run_can_be_repeated(db: None) -> None:
    with pytest.raises(ZeroDivisionError), periodic.once(job="tests.job", period="2026-11-24"):
        raise ZeroDivisionError
    assert (run(), run()) == (True, False)


@pytest.mark.parametrize(("seconds", "taken_over"), [(599, False), (601, True)])
def test_run_that_died_is_taken_over_after_ten_minutes(db: None, seconds: int, taken_over: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO centres_periodicrun (job, period, started_at, outcome)"
            " VALUES ('tests.job', '2026-11-24', now() - make_interval(secs => %s), '')",
            [seconds],
        )
    assert run() is taken_over


def test_two_beats_at_once_run_a_job_once(at_once: Callable[..., list[Any]]) -> None:
    assert sorted(at_once(*[run] * 6)) == [False] * 5 + [True]
    assert PeriodicRun.objects.get(job="tests.job").outcome == "done"


def test_heartbeat_is_seen_at_readyz(db: None) -> None:
    assert health.last_beat() == health.Check(False, "never")
    records.heartbeat()
    assert health.last_beat().ok


def test_old_heartbeat_counts_as_none(db: None) -> None:
    records.heartbeat()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE centres_heartbeat SET at = now() - interval '61 seconds'")
    assert not health.last_beat().ok


def readyz() -> tuple[int, dict[str, Any]]:
    answer = Client(HTTP_HOST="10.0.0.7").get("/readyz")
    return answer.status_code, answer.json()


def test_readyz_with_everything_there(db: None) -> None:
    records.heartbeat()
    status, body = readyz()
    assert (status, body["status"]) == (200, "ready")
    assert {"database", "broker", "beat"} <= set(body["checks"])


def test_broker_away_is_degraded_and_still_served(db: None, settings: Settings) -> None:
    records.heartbeat()
    settings.REDIS_URL = "redis://:secret@127.0.0.1:1/0"
    status, body = readyz()
    assert (status, body["status"], body["checks"]["broker"]["ok"]) == (200, "degraded", False)
    assert "secret" not in str(body)


def test_database_away_is_down(db: None) -> None:
    def away(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        raise connection.Database.OperationalError("connection to 10.0.0.9 refused")

    with connection.execute_wrapper(away):
        status, body = readyz()
    assert (status, body["status"]) == (503, "down")
    assert "10.0.0.9" not in str(body)


def test_anchoring_twice_keeps_a_head_once(db: None) -> None:
    heads = [Head("audit", 3, "aa"), Head("matter:1", 1, "bb"), Head("empty", 0, "")]
    assert anchors.anchor(centre="130722", heads=heads) == []
    assert anchors.anchor(centre="130722", heads=heads) == []
    assert ChainAnchor.objects.count() == 2


@pytest.mark.parametrize("rewritten", [Head("audit", 3, "zz"), Head("audit", 2, "aa"), Head("audit", 0, "")])
def test_rewritten_or_cut_chain_contradicts_its_anchor(db: None, rewritten: Head) -> None:
    anchors.anchor(centre="130722", heads=[Head("audit", 3, "aa")])
    assert anchors.anchor(centre="130722", heads=[rewritten]) == ["audit"]
    assert ChainAnchor.objects.get().hash == "aa"


def test_same_chain_of_another_centre_is_another_chain(db: None) -> None:
    anchors.anchor(centre="130722", heads=[Head("audit", 3, "aa")])
    assert anchors.anchor(centre="130726", heads=[Head("audit", 3, "zz")]) == []


def test_audit_trail_of_each_schema_is_anchored_once_a_day(zhangbei: Centre) -> None:
    with in_centre("130722"):
        audit.record(actor=Actor.system("测试", "130722"), act="tests.note", subject=("tests", "1"))
        seq, digest = audit.head()
    records.anchor()
    kept = ChainAnchor.objects.get(centre="130722", chain="audit")
    assert (kept.seq, kept.hash) == (seq, digest)
    ChainAnchor.objects.all().delete()
    records.anchor()
    assert not ChainAnchor.objects.exists()


def test_one_broken_schema_does_not_stop_the_anchoring_of_others(
    zhangbei: Centre, caplog: pytest.LogCaptureFixture
) -> None:
    with in_centre("130726"):
        audit.record(actor=Actor.system("测试", "130726"), act="tests.note", subject=("tests", "1"))
    Centre.objects.filter(code="130722").update(schema_name="c000000")
    records.anchor()
    assert "130722 not anchored" in caplog.text
    assert ChainAnchor.objects.filter(centre="130726").exists()
