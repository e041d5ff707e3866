"""The facts equal a recount, whatever happened in whatever order; and a fact that does not is found."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from bancheng.catalogue.words import Channel
from bancheng.centres.scope import in_centre
from bancheng.identity.roles import Role
from bancheng.overview.models import ConsultationFact, Fact
from bancheng.timekeeping import clock
from bancheng.timekeeping.clock import SHANGHAI
from tenants.matters import actions
from tenants.workbook import reconcile, summary
from tests.desk import Desk

ZHANGBEI, CITY = "130722", "130700"
START = datetime(2026, 2, 10, 9, 0, tzinfo=SHANGHAI)
AtOnce = Callable[..., list[Any]]


@pytest.fixture
def desk(transactional_db: None, in_zhangbei: Any) -> Desk:
    return Desk(in_zhangbei)


@pytest.fixture
def own_horizon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The watermark waits for this database's transactions alone.

    A test of another worker that holds one open would have the days counted again, and so mended, before
    the difference is looked for.
    """

    def oldest() -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce(min(backend_xid::text::bigint),"
                " pg_snapshot_xmax(pg_current_snapshot())::text::bigint)"
                " FROM pg_stat_activity WHERE datname = current_database()"
            )
            return int(cursor.fetchone()[0])

    monkeypatch.setattr(summary, "_oldest_running_transaction", oldest)


def test_honest_figures_agree(desk: Desk) -> None:
    desk.closed()
    desk.handling()
    assert reconcile.differences(ZHANGBEI) == []
    assert sum(Fact.objects.values_list("registered", flat=True)) == 2


def test_a_changed_fact_is_found(own_horizon: None, desk: Desk) -> None:
    with clock.at(START):
        desk.closed()
    summary.summarise(ZHANGBEI)
    Fact.objects.update(closed=5)
    (found,) = reconcile.differences(ZHANGBEI)
    assert (found.what[:2], found.fact, found.recount) == (("closed", "2026-02-10"), 5, 1)


def test_a_fact_with_nothing_behind_it_is_found(own_horizon: None, desk: Desk) -> None:
    desk.registered()
    summary.summarise(ZHANGBEI)
    Fact.objects.create(centre=ZHANGBEI, day="2026-01-05", item="YL10", kind="hard", accepted=3)
    (found,) = reconcile.differences(ZHANGBEI)
    assert (found.what[0], found.fact, found.recount) == ("accepted", 3, 0)


def test_a_missing_fact_is_found(own_horizon: None, desk: Desk) -> None:
    desk.registered()
    summary.summarise(ZHANGBEI)
    Fact.objects.all().delete()
    (found,) = reconcile.differences(ZHANGBEI)
    assert (found.what[0], found.fact, found.recount) == ("registered", 0, 1)


def test_a_missing_consultation_is_found(own_horizon: None, desk: Desk) -> None:
    actions.record_consultation(actor=desk.actor(Role.WINDOW_CLERK), item_code="YL10", subject="问材料")
    summary.summarise(ZHANGBEI)
    ConsultationFact.objects.all().delete()
    (found,) = reconcile.differences(ZHANGBEI)
    assert (found.what[0], found.fact, found.recount) == ("consultations", 0, 1)


def test_the_command_names_the_first_difference_and_rebuild_removes_it(own_horizon: None, desk: Desk) -> None:
    desk.registered()
    summary.summarise(ZHANGBEI)
    Fact.objects.update(registered=2)
    said = StringIO()
    with pytest.raises(CommandError, match="第一处：130722 登记"):
        call_command("overview", "reconcile", "--centre", ZHANGBEI, stdout=said)
    assert "有1处差异" in said.getvalue()
    call_command("overview", "rebuild", "--centre", ZHANGBEI, stdout=said)
    call_command("overview", "reconcile", stdout=said)
    assert "3个中心的总览数据与记录一致，全市汇总一致，差异为0" in said.getvalue()


def test_an_older_transaction_that_commits_last_is_not_lost(desk: Desk, at_once: AtOnce) -> None:
    clerk = desk.actor(Role.WINDOW_CLERK)
    written, summarised = threading.Event(), threading.Event()

    def count(days_ago: int, number: int) -> None:
        actions.count_consultations(
            actor=clerk,
            day=clock.today() - timedelta(days=days_ago),
            item_code="YL10",
            channel=Channel.PHONE,
            count=number,
        )

    def slow() -> None:
        with in_centre(ZHANGBEI), transaction.atomic():
            _take_a_transaction_id()
            written.set()
            assert summarised.wait(20)
            count(1, 3)

    def quick() -> None:
        assert written.wait(20)
        with in_centre(ZHANGBEI):
            count(0, 1)
            summary.summarise(ZHANGBEI)
        summarised.set()

    assert at_once(slow, quick) == [None, None]
    summary.summarise(ZHANGBEI)
    assert sorted(ConsultationFact.objects.values_list("count", flat=True)) == [1, 3]


def test_summaries_at_once_and_between_acts_agree_with_a_recount(desk: Desk, at_once: AtOnce) -> None:
    matters = [desk.handling().pk for _ in range(6)]

    def resolve(half: int) -> None:
        with in_centre(ZHANGBEI):
            for matter in matters[half::2]:
                desk.resolve(matter)

    def count() -> None:
        with in_centre(ZHANGBEI):
            for _ in range(5):
                summary.summarise(ZHANGBEI)

    assert at_once(lambda: resolve(0), lambda: resolve(1), count, count, count) == [None] * 5
    with in_centre(ZHANGBEI):
        assert reconcile.differences(ZHANGBEI) == []
        assert sum(Fact.objects.values_list("resolved", flat=True)) == 6


def _take_a_transaction_id() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()")
