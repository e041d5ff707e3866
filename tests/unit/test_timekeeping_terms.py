"""The clock as a function of its marks, in any order: pauses, extensions, levels, reopening, calendars."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bancheng.timekeeping import terms
from bancheng.timekeeping.calendar import WorkingCalendar
from bancheng.timekeeping.clock import SHANGHAI
from bancheng.timekeeping.due import received_on
from bancheng.timekeeping.terms import Extend, Mark, Pause, Phase, Relimit, Resume, Start, Stop, Term

EMPTY = WorkingCalendar()
NOVEMBER = WorkingCalendar(
    {day: day.weekday() < 5 for day in (date(2026, 11, 1) + timedelta(days=n) for n in range(61))}
)


def at(day: int, hour: int = 10, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


def term(*marks: Mark, calendar: WorkingCalendar = NOVEMBER) -> Term:
    found = terms.term(marks, calendar)
    assert found is not None
    return found


def due(*marks: Mark) -> date:
    return term(*marks).due_on


# 2026-11-23 is a Monday.
STARTED = Start(at(23), 3)


def test_no_term_before_the_clock_is_started() -> None:
    assert terms.term([Pause(at(23)), Extend(3)], NOVEMBER) is None


def test_due_the_given_working_days_after_the_start() -> None:
    assert due(STARTED) == date(2026, 11, 26)


def test_a_pause_pushes_the_due_day_by_the_working_days_waited() -> None:
    assert due(STARTED, Pause(at(25)), Resume(at(30))) == date(2026, 12, 1)


def test_the_due_day_stands_still_while_paused() -> None:
    found = term(STARTED, Pause(at(25)))
    assert (found.phase, found.due_on) == (Phase.PAUSED, date(2026, 11, 26))


def test_resumed_on_the_same_day_nothing_moves() -> None:
    assert due(STARTED, Pause(at(25, 9)), Resume(at(25, 17))) == due(STARTED)


def test_a_weekend_waited_costs_nobody_a_day() -> None:
    assert due(STARTED, Pause(at(27)), Resume(at(29))) == due(STARTED)


def test_waiting_before_the_clock_counts_is_not_waiting() -> None:
    late = Start(at(27, 18), 3)  # counts for Monday the 30th
    assert due(late, Pause(at(27, 19)), Resume(at(30))) == due(late)


def test_two_pauses_add_up() -> None:
    marks = (STARTED, Pause(at(23)), Resume(at(24)), Pause(at(25)), Resume(at(27)))
    assert term(*marks).waited == 3
    assert due(*marks) == date(2026, 12, 1)


def test_a_late_matter_stays_as_late_as_it_was_when_paused() -> None:
    marks = (STARTED, Pause(at(27)), Resume(at(30)))
    assert NOVEMBER.between(due(*marks), date(2026, 11, 30)) == NOVEMBER.between(due(STARTED), at(27).date())


def test_an_extension_adds_its_days() -> None:
    assert due(STARTED, Extend(2), Extend(1)) == date(2026, 12, 1)


def test_a_statutory_term_is_not_extended() -> None:
    found = term(Start(at(23), 3, statutory=4), Extend(5))
    assert (found.days, found.room, found.due_on) == (4, 0, date(2026, 11, 27))


def test_waiting_for_the_reporter_is_outside_the_statutory_term() -> None:
    assert due(Start(at(23), 3, statutory=3), Pause(at(24)), Resume(at(25))) == date(2026, 11, 27)


def test_another_level_counts_from_the_start_and_keeps_pauses_and_extensions() -> None:
    moved = term(STARTED, Pause(at(24)), Resume(at(25)), Extend(2), Relimit(10))
    assert (moved.limit, moved.granted, moved.waited) == (10, 2, 1)
    assert moved.due_on == NOVEMBER.add(date(2026, 11, 23), 13)


def test_a_stop_ends_a_pause() -> None:
    found = term(STARTED, Pause(at(24)), Stop(at(26)))
    assert (found.phase, found.waited, found.stopped_on) == (Phase.STOPPED, 2, date(2026, 11, 26))


def test_nothing_moves_a_stopped_clock() -> None:
    stopped = term(STARTED, Stop(at(25)))
    assert term(STARTED, Stop(at(25)), Extend(3), Relimit(15), Pause(at(26)), Resume(at(30))) == stopped


def test_reopened_it_starts_anew() -> None:
    marks = (STARTED, Extend(2), Pause(at(24)), Resume(at(25)), Stop(at(26)))
    assert term(*marks, Start(at(30), 5)) == term(Start(at(30), 5))


def test_a_resumption_without_a_pause_is_nothing() -> None:
    assert term(STARTED, Resume(at(25))) == term(STARTED)


def test_a_second_pause_within_a_pause_is_nothing() -> None:
    assert due(STARTED, Pause(at(24)), Pause(at(25)), Resume(at(26))) == date(2026, 11, 30)


def test_another_calendar_moves_the_due_day_and_settles_it() -> None:
    start = Start(datetime(2026, 12, 11, 10, tzinfo=SHANGHAI), 15)
    spring = {date(2027, 1, 1) + timedelta(days=n): n >= 3 for n in range(10)} | {date(2027, 1, 4): False}
    official = WorkingCalendar({**NOVEMBER.published, **spring})
    before, after = term(start), term(start, calendar=official)
    assert (before.due_on, before.provisional) == (date(2027, 1, 4), True)
    assert (after.due_on, after.provisional) == (date(2027, 1, 5), False)


def test_the_days_spent_are_counted_with_and_without_the_waiting() -> None:
    marks = (STARTED, Pause(at(24)), Resume(at(26)), Stop(at(30)))
    assert terms.spent(term(*marks), NOVEMBER, at(30)) == terms.Spent(gross=5, net=3)
    assert terms.spent(term(*marks[:2]), NOVEMBER, at(26)) == terms.Spent(gross=3, net=1)


@pytest.mark.parametrize("mark", [Start(at(23), 0), Extend(0), Relimit(-1)])
def test_less_than_a_day_is_refused(mark: Mark) -> None:
    with pytest.raises(ValueError, match="at least one"):
        terms.term([STARTED, mark], NOVEMBER)


# --- In any order ------------------------------------------------------------------------------------

MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 6, 1), timezones=st.just(SHANGHAI))  # noqa: DTZ001
DAYS = st.integers(1, 15)
STATUTORY = st.none() | st.integers(1, 40)
CALENDARS = st.dictionaries(st.dates(date(2026, 1, 1), date(2027, 6, 30)), st.booleans(), max_size=80).map(
    WorkingCalendar
)


@st.composite
def histories(draw: st.DrawFn, *, least: int = 0) -> list[Mark]:
    """A start and then anything that the workflow might do, in the order of time."""
    moments = sorted(draw(st.lists(MOMENTS, min_size=least + 1, max_size=12)))
    marks: list[Mark] = [Start(moments[0], draw(DAYS), draw(STATUTORY))]
    for moment in moments[1:]:
        anything = [
            st.builds(Start, st.just(moment), DAYS, STATUTORY),
            st.builds(Relimit, DAYS, STATUTORY),
            st.builds(Extend, DAYS),
            st.just(Pause(moment)),
            st.just(Resume(moment)),
            st.just(Stop(moment)),
        ]
        marks.append(draw(st.one_of(anything)))
    return marks


def last_start(marks: list[Mark]) -> Start:
    return next(mark for mark in reversed(marks) if isinstance(mark, Start))


@given(histories(), CALENDARS)
def test_never_due_on_a_rest_day(marks: list[Mark], calendar: WorkingCalendar) -> None:
    assert calendar.is_workday(term(*marks, calendar=calendar).due_on)


@given(histories(), CALENDARS)
def test_never_due_before_the_limit_has_run_from_the_start(
    marks: list[Mark], calendar: WorkingCalendar
) -> None:
    found = term(*marks, calendar=calendar)
    since = received_on(last_start(marks).at, calendar)
    assert found.due_on >= calendar.add(since, found.limit)
    assert found.since == since


@given(histories(), CALENDARS)
def test_the_working_days_to_the_due_day_are_the_days_allowed_and_waited(
    marks: list[Mark], calendar: WorkingCalendar
) -> None:
    found = term(*marks, calendar=calendar)
    assert calendar.between(found.since, found.due_on) == found.days + found.waited


@given(histories(), CALENDARS)
def test_a_statutory_term_is_never_exceeded(marks: list[Mark], calendar: WorkingCalendar) -> None:
    found = term(*marks, calendar=calendar)
    assert found.statutory is None or found.days <= found.statutory


@given(histories(), CALENDARS)
def test_the_same_marks_give_the_same_term(marks: list[Mark], calendar: WorkingCalendar) -> None:
    again = WorkingCalendar(dict(reversed(list(calendar.published.items()))))
    assert term(*marks, calendar=calendar) == term(*marks, calendar=again)
    assert calendar.digest == again.digest


@given(histories(), CALENDARS, st.data())
def test_a_pause_that_ends_on_its_day_moves_nothing_wherever_it_falls(
    marks: list[Mark], calendar: WorkingCalendar, data: st.DataObject
) -> None:
    place = data.draw(st.integers(1, len(marks)))
    so_far = term(*marks[:place], calendar=calendar)
    if so_far.phase is Phase.PAUSED:
        return
    moments = [mark.at for mark in marks[:place] if not isinstance(mark, Relimit | Extend)]
    asked = max(moments)
    back = datetime.combine(asked.date(), time(23, 59, 59, 999999), SHANGHAI)
    with_pause = [*marks[:place], Pause(asked), Resume(back), *marks[place:]]
    assert term(*with_pause, calendar=calendar) == term(*marks, calendar=calendar)


@given(histories(), CALENDARS, DAYS)
def test_an_extension_never_makes_it_due_earlier(
    marks: list[Mark], calendar: WorkingCalendar, days: int
) -> None:
    before, after = term(*marks, calendar=calendar), term(*marks, Extend(days), calendar=calendar)
    assert after.due_on >= before.due_on


@given(histories(), CALENDARS, MOMENTS)
def test_what_was_spent_is_never_more_net_than_gross(
    marks: list[Mark], calendar: WorkingCalendar, until: datetime
) -> None:
    found = terms.spent(term(*marks, calendar=calendar), calendar, until)
    assert 0 <= found.net <= found.gross


@given(histories(), CALENDARS)
def test_the_due_day_is_kept_exactly_when_no_more_than_the_allowed_days_were_spent(
    marks: list[Mark], calendar: WorkingCalendar
) -> None:
    found = term(*marks, calendar=calendar)
    if found.phase is Phase.STOPPED and found.stopped_on is not None:
        net = terms.spent(found, calendar, datetime.combine(found.stopped_on, time(12), SHANGHAI)).net
        kept = calendar.between(found.stopped_on, found.due_on) >= 0
        assert kept == (net <= found.days)


@given(st.dictionaries(st.dates(), st.booleans(), max_size=5), st.dates(), st.booleans())
def test_a_calendar_has_another_digest_when_a_day_changes(
    published: dict[date, bool], day: date, worked: bool
) -> None:
    changed = {**published, day: worked}
    same = changed == published
    assert (WorkingCalendar(changed).digest == WorkingCalendar(published).digest) == same
