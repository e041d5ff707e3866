"""The calendar of a year is published while matters are open: due dates move, and each timeline says so."""

import io
import json
from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from bancheng.celery import app
from bancheng.centres.scope import in_centre
from bancheng.identity.actors import Actor
from bancheng.timekeeping import calendar, clock
from bancheng.timekeeping.loader import import_notice
from bancheng.timekeeping.models import CalendarDay
from tasks import deadlines, schedule
from tenants.matters import actions, clocks, selectors
from tenants.matters.models import Event, Matter
from tenants.workbook import reconcile
from tests import schemas
from tests.desk import Desk
from tests.integration.clockwork import extend, go_on, on, wait

ZHANGBEI = "130722"
TITLE = "国务院办公厅关于2027年部分节假日安排的通知"
NOTICE = f"""date,kind,name,notice
2027-01-01,holiday,元旦,{TITLE}
2027-01-02,adjusted,元旦,{TITLE}
2027-01-04,holiday,元旦,{TITLE}
2027-01-05,holiday,元旦,{TITLE}
"""


@pytest.fixture(autouse=True)
def _nothing_known_of_2027(db: None) -> Any:
    CalendarDay.objects.filter(date__year__gte=2027).delete()
    calendar.forget()
    yield
    calendar.forget()


def publish() -> None:
    import_notice(2027, io.StringIO(NOTICE))


def rereckon() -> None:
    """The task as it runs after the notice came, when all that these tests do has happened."""
    with clock.at(on("2027-01-09")):
        deadlines.rereckon(centre=ZHANGBEI)


def fifty(desk: Desk) -> list[Matter]:
    """Fifty open matters of December, of every level, some extended, some waiting, some that have waited."""
    rng, made = Random(2027), []  # noqa: S311  # the same fifty each time
    for number in range(50):
        moment = on(f"12-{rng.randrange(14, 32):02}", rng.randrange(9, 20))
        with clock.at(moment):
            matter_id = desk.handling(level=number % 5 + 1).pk
            if number % 5 == 2:
                extend(desk, matter_id, days=rng.randrange(1, 4))
            if number % 4 == 0:
                wait(desk, matter_id)
        if number % 8 == 0:
            with clock.at(moment + timedelta(days=rng.randrange(1, 9))):
                go_on(desk, matter_id)
        made.append(matter_id)
    return list(Matter.objects.filter(pk__in=made).order_by("number"))


def test_fifty_open_matters_move_with_the_calendar_and_say_so(desk: Desk) -> None:
    before = fifty(desk)
    assert any(matter.due_provisional for matter in before)
    publish()
    official = calendar.current()
    rereckon()

    moved = []
    for old in before:
        now = Matter.objects.get(pk=old.pk)
        term = clocks.present_term(now, official)
        assert term is not None
        assert (now.due_on, now.due_provisional) == (term.due_on, term.provisional)
        assert now.reckoned_by == official.digest
        told = list(Event.objects.filter(matter=now, act="rereckon"))
        if now.due_on == old.due_on:
            assert told == []
            continue
        moved.append(now)
        (event,) = told
        assert event.note == f"办理期限由{old.due_on}改为{now.due_on}。依据：{TITLE}"
        assert event.data == {"was": str(old.due_on), "due_on": str(now.due_on)}
        assert (event.actor_label, event.at) == ("系统", on("2027-01-09"))
    assert 10 < len(moved) < 50
    assert not any(matter.due_provisional for matter in Matter.objects.all())
    assert reconcile.differences(ZHANGBEI) == []


def test_another_run_finds_nothing_to_do(desk: Desk) -> None:
    with clock.at(on("12-28")):
        desk.handling(level=4)
    publish()
    rereckon()
    assert selectors.reckoned_by_another_calendar() == []
    before = Event.objects.count()
    rereckon()
    assert Event.objects.count() == before


def test_a_run_that_dies_is_taken_up_where_it_stood(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with clock.at(on("12-28")):
        matters = [desk.handling(level=4).pk for _ in range(3)]
    publish()
    done, real = [], actions.rereckon

    def dies_at_the_second(**asked: Any) -> bool:
        if done:
            raise SystemExit
        done.append(asked["matter_id"])
        return real(**asked)

    monkeypatch.setattr(actions, "rereckon", dies_at_the_second)
    with pytest.raises(SystemExit):
        rereckon()
    monkeypatch.undo()
    assert set(selectors.reckoned_by_another_calendar()) == set(matters) - set(done)
    rereckon()
    told = Event.objects.filter(act="rereckon").values_list("matter_id", flat=True)
    assert Counter(told) == Counter(matters)


def test_one_that_cannot_be_reckoned_keeps_no_other_waiting(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    with clock.at(on("12-28")):
        broken, sound = desk.handling(level=4), desk.handling(level=4)
    Matter.objects.filter(pk=broken.pk).update(events_count=1)  # its next event would be the second again
    publish()
    rereckon()
    assert [record.getMessage() for record in caplog.records] == [
        f"due date of {broken.pk} not reckoned anew"
    ]
    assert Event.objects.filter(matter=sound, act="rereckon").exists()


def test_a_matter_that_has_ended_keeps_its_date(desk: Desk) -> None:
    with clock.at(on("12-28")):
        matter = desk.closed(level=4)
    publish()
    system = Actor.system("系统", ZHANGBEI)
    assert not actions.rereckon(matter_id=matter.pk, actor=system)
    assert Matter.objects.get(pk=matter.pk).due_on == matter.due_on


def test_two_runs_at_once_say_it_once(transactional_db: None, zhangbei: Any, at_once: Any) -> None:
    CalendarDay.objects.filter(date__year__gte=2027).delete()
    calendar.forget()
    with in_centre(ZHANGBEI), clock.at(on("12-28")):
        matters = [Desk(schemas.centre(ZHANGBEI)).handling(level=4).pk]
    publish()
    assert at_once(*[rereckon] * 3) == [None] * 3
    with in_centre(ZHANGBEI):
        told = Event.objects.filter(act="rereckon").values_list("matter_id", flat=True)
        assert list(told) == matters


def test_a_notice_asks_for_it_at_once(django_capture_on_commit_callbacks: Any) -> None:
    app.control.purge()
    with django_capture_on_commit_callbacks(execute=True):
        publish()
    assert asked_of_workers() == [deadlines.rereckon_all.name]
    app.control.purge()


def test_every_centre_in_service_is_asked_for(django_capture_on_commit_callbacks: Any, office: Any) -> None:
    app.control.purge()
    with django_capture_on_commit_callbacks(execute=True):
        deadlines.rereckon_all()
    assert asked_of_workers() == [deadlines.rereckon.name] * 3
    app.control.purge()


def asked_of_workers() -> list[str]:
    """The tasks that wait in the broker."""
    with app.connection_for_read() as broker:
        waiting = broker.default_channel.client.lrange(app.conf.task_default_queue, 0, -1)
    return [json.loads(message)["headers"]["task"] for message in waiting]


def test_beat_asks_in_case_that_was_missed() -> None:
    assert schedule.SCHEDULE["due dates"]["task"] == deadlines.rereckon_all.name
    assert schedule.SCHEDULE["due dates"]["schedule"] == 300
