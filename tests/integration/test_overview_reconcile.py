"""The facts equal a recount, whatever happened in whatever order; and a fact that does not is found."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from random import Random
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bancheng.catalogue.words import Channel, DeclineReason, Kind, Mode
from bancheng.centres.scope import in_centre
from bancheng.errors import Refused
from bancheng.exchange import dispatch
from bancheng.identity.roles import Role
from bancheng.overview.models import ConsultationFact, Fact
from bancheng.timekeeping import clock
from bancheng.timekeeping.clock import SHANGHAI
from tenants.coordination import actions as coordination
from tenants.matters import actions
from tenants.matters.models import Matter
from tenants.referrals import receiving, sending
from tenants.referrals.models import Direction, Referral
from tenants.workbook import reconcile, summary
from tests import schemas
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
    assert "3个中心的总览数据与记录一致，差异为0" in said.getvalue()


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


@settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32))
def test_any_history_of_two_centres_agrees_with_a_recount(transactional_db: None, seed: int) -> None:
    schemas.empty_database()
    rng = Random(seed)  # noqa: S311  # a history that can be told again
    desks = {code: Desk(schemas.centre(code)) for code in (ZHANGBEI, CITY)}
    moment, took = START, 0
    for _ in range(60):
        moment += timedelta(minutes=rng.choice((7, 90, 400, 1440, 3000)))
        code = rng.choice((ZHANGBEI, CITY))
        with clock.at(moment), in_centre(code):
            if rng.random() < 0.2:
                summary.summarise(code)
            else:
                took += step(desks[code], rng, moment)
        if rng.random() < 0.2:
            dispatch.run_due()
    with clock.at(moment):
        for code in desks:
            with in_centre(code):
                assert [str(each) for each in reconcile.differences(code)] == []
    assert took > 10


def step(desk: Desk, rng: Random, moment: datetime) -> int:
    """One random act; those that the state or a rule forbids change nothing. Returns how many took place."""
    lead, clerk = desk.actor(Role.WINDOW_LEAD), desk.actor(Role.WINDOW_CLERK)
    handler, head = desk.actor(Role.HANDLER), desk.actor(Role.DEPARTMENT_HEAD)
    known = list(Matter.objects.order_by("registered_at", "pk").values_list("pk", flat=True))
    it = rng.choice(known) if known else None
    if it is None or rng.random() < 0.2:
        rng.choice((desk.registered, desk.accepted, desk.handling, desk.handling, desk.resolved))()
        return 1
    sent = Referral.objects.filter(direction=Direction.SENT).order_by("created_at").last()
    received = Referral.objects.filter(direction=Direction.RECEIVED).order_by("created_at").last()
    other = CITY if desk.centre.code == ZHANGBEI else ZHANGBEI
    acts: list[Callable[[], Any]] = [
        lambda: retriage(desk, it, rng),
        lambda: actions.accept(matter_id=it, actor=lead),
        lambda: desk.assign(it),
        lambda: actions.sign(matter_id=it, actor=handler),
        lambda: coordination.return_to_window(matter_id=it, actor=head, reason="a", basis="b", suggested="c"),
        lambda: actions.decline(
            matter_id=it, actor=lead, reason=DeclineReason.NOT_OURS, explanation="a", remedy="b"
        ),
        lambda: actions.contact(matter_id=it, actor=clerk, channel=Channel.PHONE, reached=True, text="a"),
        lambda: desk.resolve(it),
        lambda: desk.reply(it),
        lambda: desk.call_back(it),
        lambda: desk.close(desk.call_back(desk.reply(desk.resolve(it).pk).pk).pk),
        lambda: desk.close(it),
        lambda: actions.reopen(matter_id=it, actor=lead, reason="a"),
        lambda: actions.withdraw(matter_id=it, actor=lead, reason="a", told_by="b"),
        lambda: actions.record_consultation(actor=clerk, item_code="YL10", subject="a"),
        lambda: actions.count_consultations(
            actor=clerk,
            day=moment.date() - timedelta(days=rng.randrange(9)),
            item_code="YL01",
            channel=Channel.HOTLINE,
            count=rng.randrange(1, 40),
        ),
        lambda: sending.send(
            referral_id=sending.draft(
                matter_id=it, actor=lead, unit=rng.choice((other, "130000")), reason="a", requested="b"
            ).pk,
            actor=lead,
        ),
        lambda: sending.confirm(referral_id=sent.pk, actor=lead) if sent else None,
        lambda: receiving.sign(referral_id=received.pk, actor=lead) if received else None,
        lambda: receiving.answer(referral_id=received.pk, actor=lead, text="a") if received else None,
    ]
    try:
        rng.choice(acts)()
    except Refused:
        return 0
    return 1


def retriage(desk: Desk, matter_id: Any, rng: Random) -> None:
    actions.triage(
        matter_id=matter_id,
        actor=desk.actor(Role.WINDOW_LEAD),
        kind=rng.choice(list(Kind)),
        item_code=rng.choice(("YL10", "YL01", "YL02")),
        level=rng.randrange(1, 6),
        mode=rng.choice((Mode.ROUTINE, Mode.EXPEDITE)),
        principal_cause=rng.choice(("C01", "C02", "C06")),
    )


def _take_a_transaction_id() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()")
