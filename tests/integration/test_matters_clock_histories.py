"""Any acts in any order: the columns are the replay of the timeline, and its hands leave no gap."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from itertools import pairwise
from random import Random
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bancheng.catalogue.words import Channel, Mode
from bancheng.centres.scope import in_centre
from bancheng.errors import Refused
from bancheng.identity.roles import Role
from bancheng.overview.models import Fact
from bancheng.timekeeping import clock
from bancheng.timekeeping.calendar import current as current_calendar
from bancheng.timekeeping.due import received_on
from bancheng.timekeeping.holders import working_time
from tenants.matters import actions, clocks, selectors
from tenants.matters.models import Matter
from tenants.workbook import reconcile, summary
from tests import schemas
from tests.desk import Desk
from tests.integration.clockwork import extend, go_on, on, regrade, wait

ZHANGBEI = "130722"


@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32))
def test_after_any_acts_the_columns_are_the_replay_and_the_figures_a_recount(
    transactional_db: None, seed: int
) -> None:
    schemas.empty_database()
    rng = Random(seed)  # noqa: S311  # a history that can be told again
    desk, moment, took = Desk(schemas.centre(ZHANGBEI)), on("02-10", 9), 0
    with in_centre(ZHANGBEI):
        with clock.at(moment):
            matters = [desk.handling(level=rng.randrange(1, 6)).pk for _ in range(3)]
        for _ in range(45):
            moment += timedelta(minutes=rng.choice((7, 90, 400, 1440, 3000)))
            with clock.at(moment):
                took += step(desk, rng, rng.choice(matters))
        for matter_id in matters:
            with clock.at(moment + timedelta(minutes=1)):
                check(Matter.objects.get(pk=matter_id), clock.now())
        with clock.at(moment):
            summary.summarise(ZHANGBEI)
            assert [str(each) for each in reconcile.differences(ZHANGBEI)] == []
    assert took > 8
    assert Fact.objects.filter(accepted__gt=0).exists()


def step(desk: Desk, rng: Random, it: UUID) -> int:
    """One random act that the clock hears of; one that a rule forbids changes nothing."""
    acts: list[Callable[[], Any]] = [
        lambda: wait(desk, it),
        lambda: wait(desk, it),
        lambda: go_on(desk, it),
        lambda: go_on(desk, it),
        lambda: extend(desk, it, days=rng.randrange(1, 6)),
        lambda: extend(desk, it, days=rng.randrange(1, 16), role=Role.DEPUTY),
        lambda: extend(desk, it, days=rng.randrange(1, 6), role=Role.DIRECTOR),
        lambda: regrade(desk, it, level=rng.randrange(1, 6), expedite=rng.random() < 0.5),
        lambda: actions.contact(
            matter_id=it,
            actor=desk.actor(Role.WINDOW_CLERK),
            channel=Channel.PHONE,
            reached=rng.random() < 0.5,
            text="a",
        ),
        lambda: desk.resolve(it),
        lambda: desk.close(desk.call_back(desk.reply(it).pk).pk),
        lambda: actions.reopen(matter_id=it, actor=desk.actor(Role.WINDOW_LEAD), reason="a"),
        lambda: desk.triage(it, level=rng.randrange(1, 6), mode=rng.choice((Mode.ROUTINE, Mode.EXPEDITE))),
    ]
    try:
        rng.choice(acts)()
    except Refused:
        return 0
    return 1


def check(matter: Matter, now: datetime) -> None:
    calendar, events = current_calendar(), selectors.timeline(matter)
    term = clocks.term_of(events, calendar)
    assert term is not None
    assert (matter.due_on, matter.due_provisional) == (term.due_on, term.provisional)
    assert (matter.handling_days, matter.reckoned_by) == (term.days, calendar.digest)
    assert calendar.is_workday(term.due_on)
    started = [event for event in events if event.act in ("accept", "reopen")][-1]
    assert term.due_on >= calendar.add(received_on(started.at, calendar), term.limit)
    for place, event in enumerate(events, start=1):
        if event.act in clocks.WINDING and "due_on" in event.data:
            then = clocks.term_of(events[:place], calendar)
            assert then is not None
            assert event.data["due_on"] == str(then.due_on)
    told = [event.at for event in events if clocks.tells(event)]
    assert matter.first_contact_at == (told[0] if told else None)
    assert matter.last_told_at == (told[-1] if told else None)
    check_hands(matter, now)


def check_hands(matter: Matter, now: datetime) -> None:
    """Nobody's minute is missing and none is counted twice, from the first to the last."""
    events = selectors.timeline(matter)
    spans = selectors.hands(events)
    assert spans[0].start == events[0].at
    assert spans[-1].end == (now if events[-1].holder else events[-1].at)
    assert all(one.end == other.start for one, other in pairwise(spans))
    whole = working_time(spans[0].start, spans[-1].end, current_calendar())
    assert sum((span.working for span in spans), timedelta()) == whole
    assert abs(sum(span.share for span in spans) - 1) < 1e-9


def test_the_clock_on_the_day_before_spring_festival_and_after(desk: Desk) -> None:
    """Asked on the last working day of the year of the snake, answered on the first of the horse: one day."""
    with clock.at(on("02-13")):
        matter = desk.handling(level=2)
    with clock.at(datetime.combine(on("02-14").date(), time(16), clock.SHANGHAI)):
        wait(desk, matter.pk)
    with clock.at(on("02-24")):
        matter = go_on(desk, matter.pk)
    assert str(matter.due_on) == str(current_calendar().add(on("02-13").date(), 4))
