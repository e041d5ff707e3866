"""The city's sums follow the facts, whoever changes them meanwhile; rebuilt from nothing all is the same."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from bancheng.catalogue.words import Channel
from bancheng.centres.scope import in_centre
from bancheng.exchange import dispatch
from bancheng.identity.roles import Role
from bancheng.overview import rollup
from bancheng.overview.models import (
    CentreFigure,
    CityDay,
    CitySpan,
    ConsultationFact,
    Fact,
    RollupDue,
    Span,
)
from bancheng.timekeeping import clock
from tenants.matters import actions
from tenants.workbook import reconcile, summary
from tests.desk import Desk
from tests.integration.clockwork import on
from tests.integration.test_referrals import finish_there, refer, sign

ZHANGBEI, CITY, YUXIAN = "130722", "130700", "130726"
TABLES: tuple[type[Any], ...] = (Fact, Span, ConsultationFact, CityDay, CitySpan)
DAY = date(2026, 3, 9)


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of facts and sums, except for their ids."""
    found = {}
    for table in TABLES:
        names = [field.name for field in table._meta.fields if field.name != "id"]
        found[table.__name__] = sorted(table._default_manager.values_list(*names), key=str)
    return found


def fact(centre: str, **counters: int) -> None:
    Fact.objects.create(centre=centre, day=DAY, item="YL10", kind="hard", **counters)


def test_the_city_is_the_sum_of_its_centres(db: None) -> None:
    fact(ZHANGBEI, registered=2, closed=1)
    fact(YUXIAN, registered=3)
    ConsultationFact.objects.create(centre=CITY, day=DAY, item="YL10", channel="phone", count=7)
    for centre in (ZHANGBEI, YUXIAN):
        Span.objects.create(centre=centre, day=DAY, item="YL10", what="gross", value=4, count=2)
    rollup.due([DAY])
    assert rollup.roll_up() == 1
    city = CityDay.objects.get()
    assert (city.day, city.registered, city.closed, city.consultations) == (DAY, 5, 1, 7)
    assert CitySpan.objects.values_list("day", "what", "value", "count").get() == (DAY, "gross", 4, 4)


def test_only_the_days_that_are_due_are_summed(db: None) -> None:
    fact(ZHANGBEI, registered=2)
    assert rollup.roll_up() == 0
    assert not CityDay.objects.exists()
    assert rollup.roll_up_everything() == 1
    assert not RollupDue.objects.exists()


def test_a_day_on_which_nothing_is_left_has_no_sum(db: None) -> None:
    fact(ZHANGBEI, registered=2)
    rollup.roll_up_everything()
    Fact.objects.all().delete()
    rollup.due([DAY])
    rollup.roll_up()
    assert not CityDay.objects.exists()


def test_a_change_that_commits_during_the_roll_up_is_summed_next_time(
    transactional_db: None, at_once: Callable[..., list[Any]]
) -> None:
    fact(ZHANGBEI, registered=1)
    rollup.due([DAY])
    written, rolled = threading.Event(), threading.Event()

    def change() -> None:
        with transaction.atomic():
            fact(YUXIAN, registered=1)
            rollup.due([DAY])
            written.set()
            assert rolled.wait(20)

    def roll() -> int:
        assert written.wait(20)
        try:
            return rollup.roll_up()
        finally:
            rolled.set()

    assert at_once(change, roll) == [None, 1]
    assert (CityDay.objects.get().registered, RollupDue.objects.count()) == (1, 1)
    rollup.roll_up()
    assert (CityDay.objects.get().registered, RollupDue.objects.count()) == (2, 0)


def test_roll_ups_at_once_sum_each_day_once(
    transactional_db: None, at_once: Callable[..., list[Any]]
) -> None:
    fact(ZHANGBEI, registered=1)
    rollup.due([DAY])
    assert sorted(at_once(*[rollup.roll_up] * 4)) == [0, 0, 0, 1]
    assert CityDay.objects.get().registered == 1


def test_a_summary_says_which_days_are_due(desk: Desk) -> None:
    with clock.at(on("03-09")):
        matter = desk.handling()
    with clock.at(on("03-11")):
        desk.resolve(matter.pk)
    summary.summarise(ZHANGBEI)
    assert set(RollupDue.objects.values_list("day", flat=True)) == {date(2026, 3, 9), date(2026, 3, 11)}
    RollupDue.objects.all().delete()
    summary.summarise("130722")
    assert CityDay.objects.count() == 0


def test_what_a_rebuild_takes_away_is_due_too(desk: Desk) -> None:
    fact(ZHANGBEI, registered=9)
    rollup.roll_up_everything()
    summary.rebuild(ZHANGBEI)
    rollup.roll_up()
    assert not CityDay.objects.exists()


# --- From nothing ------------------------------------------------------------------------------------


def a_little_of_everything(desk: Desk, city_desk: Desk) -> None:
    """Two centres, a referral between them, something reopened, counted in small steps."""
    with in_centre(ZHANGBEI):
        with clock.at(on("03-09")):
            closed, referral = desk.closed(), refer(desk, CITY)
            desk.awaiting_material()
            clerk = desk.actor(Role.WINDOW_CLERK)
            actions.record_consultation(actor=clerk, item_code="YL10", subject="a")
        summary.summarise(ZHANGBEI)
        with clock.at(on("03-11")):
            actions.reopen(matter_id=closed.pk, actor=desk.actor(Role.WINDOW_LEAD), reason="a")
            day = clock.today() - timedelta(days=1)
            actions.count_consultations(
                actor=clerk, day=day, item_code="YL01", channel=Channel.PHONE, count=5
            )
        summary.summarise(ZHANGBEI)
    with clock.at(on("03-11", 14)):
        dispatch.run_due()
        with in_centre(CITY):
            finish_there(city_desk, sign(city_desk, referral.pk))
            summary.summarise(CITY)
        dispatch.run_due()
    with in_centre(ZHANGBEI):
        summary.summarise(ZHANGBEI)
    rollup.roll_up()


def test_rebuilt_from_nothing_everything_is_the_same_bit_for_bit(desk: Desk, city: Any) -> None:
    a_little_of_everything(desk, Desk(city))
    before = everything()
    assert all(before[table.__name__] for table in TABLES)
    for table in TABLES:
        table._default_manager.all().delete()
    CentreFigure.objects.all().delete()
    call_command("overview", "rebuild", stdout=StringIO())
    assert everything() == before
    said = StringIO()
    call_command("overview", "reconcile", stdout=said)
    assert "全市汇总一致，差异为0" in said.getvalue()


def test_a_sum_that_is_wrong_is_found_and_named(desk: Desk) -> None:
    with clock.at(on("03-09")):
        desk.registered()
    summary.summarise(ZHANGBEI)
    rollup.roll_up()
    CityDay.objects.update(registered=4)
    (found,) = reconcile.city_differences()
    assert str(found) == "全市 登记 2026-03-09：总览4，重算1"
    with pytest.raises(CommandError, match="第一处：全市 登记"):
        call_command("overview", "reconcile", "--centre", YUXIAN, stdout=StringIO())
    call_command("overview", "rebuild", "--centre", YUXIAN, stdout=StringIO())
    assert reconcile.city_differences() == []


# --- Faults ------------------------------------------------------------------------------------------


class Broken(DatabaseError):
    """What a connection that was lost looks like from within."""


def failing_at(statement: int) -> Callable[..., Any]:
    """The database goes away just before this statement of those that come."""
    seen = 0

    def execute(run: Callable[..., Any], *args: Any) -> Any:
        nonlocal seen
        seen += 1
        if seen == statement:
            raise Broken
        return run(*args)

    return execute


def test_lost_at_any_statement_a_summary_leaves_all_as_it_was(desk: Desk) -> None:
    with clock.at(on("03-09")):
        matter = desk.handling()
        actions.record_consultation(actor=desk.actor(Role.WINDOW_CLERK), item_code="YL10", subject="a")
    summary.summarise(ZHANGBEI)
    rollup.roll_up()
    with clock.at(on("03-11")):
        desk.close(desk.call_back(desk.reply(desk.resolve(matter.pk).pk).pk).pk)
        actions.record_consultation(actor=desk.actor(Role.WINDOW_CLERK), item_code="YL10", subject="a")
    before, mark = everything(), CentreFigure.objects.get().watermark
    lost = 0
    while True:
        try:
            with connection.execute_wrapper(failing_at(lost + 1)), transaction.atomic():
                summary.summarise(ZHANGBEI)
            break
        except Broken:
            lost += 1
        assert (everything(), CentreFigure.objects.get().watermark) == (before, mark)
        assert not RollupDue.objects.exists()
    assert lost > 20
    assert reconcile.differences(ZHANGBEI) == []
    assert everything() != before


def test_lost_at_any_statement_a_roll_up_leaves_all_as_it_was(desk: Desk) -> None:
    desk.closed()
    summary.summarise(ZHANGBEI)
    before, due = everything(), RollupDue.objects.count()
    lost = 0
    while True:
        try:
            with connection.execute_wrapper(failing_at(lost + 1)), transaction.atomic():
                rollup.roll_up()
            break
        except Broken:
            lost += 1
        assert (everything(), RollupDue.objects.count()) == (before, due)
    assert lost >= 5
    assert reconcile.city_differences() == []
