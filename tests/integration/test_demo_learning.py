"""The invented year shows the loop: a backlog, causes found, measures tried; two worked, one came back."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from bancheng.centres.scope import in_centre
from bancheng.overview.models import MeasureMark, ProblemCard, ProblemState, Verdict
from bancheng.privacy.traces import sentences
from bancheng.timekeeping import clock
from bancheng.timekeeping.calendar import current as current_calendar
from tenants.demo import plan, waves
from tenants.demo.firsts import LESSONS, Lesson
from tenants.improvement import cards
from tenants.improvement.models import Problem, Watch
from tests.integration.demo_year import NOW, make

CITY, ZHANGBEI = waves.CITY, waves.SHOWN_COUNTY
S = ProblemState


@pytest.fixture(scope="module")
def made_once(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """As large as these two centres are in the demo; rolled back after the last test of this module."""
    with django_db_blocker.unblock(), transaction.atomic():
        make(130)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def year(made_once: None, db: None) -> None:
    """The year of the city and 张北."""


def problem(centre: str, wave: waves.Wave) -> Problem:
    with in_centre(centre):
        return Problem.objects.get(item=wave.item, cause=wave.cause)


@pytest.mark.parametrize(
    ("centre", "wave"), [*((CITY, wave) for wave in waves.WORKED), (ZHANGBEI, waves.IN_THE_COUNTY)]
)
def test_where_a_measure_worked_the_watch_says_so(year: None, centre: str, wave: waves.Wave) -> None:
    found = problem(centre, wave)
    assert (found.state, found.round, found.guide_version != "") == (S.MET, 1, True)
    with in_centre(centre):
        watches = list(Watch.objects.filter(problem=found))
    assert [watch.days for watch in watches] == [90, 180]
    assert watches[-1].verdict == Verdict.WORKED
    assert watches[-1].before == wave.before
    assert (watches[-1].after or 0) <= wave.after  # one may have come since


def test_what_came_back_was_taken_up_again_and_is_on_trial_today(year: None) -> None:
    found = problem(CITY, waves.CAME_BACK)
    assert (found.state, found.round, found.reopened) == (S.TRIAL, 2, 1)
    with in_centre(CITY):
        assert [measure.round for measure in found.measures.all()] == [1, 2]


def test_one_is_being_studied_and_one_waits_to_be_taken_up(year: None) -> None:
    studied, growing = problem(CITY, waves.STUDIED), problem(CITY, waves.GROWING)
    with in_centre(CITY):
        assert studied.studies.count() == 1
    assert (studied.state, growing.state) == (S.OPEN, S.PROPOSED)


def test_the_city_sees_the_register_as_it_is(year: None) -> None:
    for centre in (CITY, ZHANGBEI):
        with in_centre(centre), clock.at(NOW):
            assert {row.pk for row in cards.expected()} == {
                *ProblemCard.objects.filter(centre=centre).values_list("pk", flat=True),
                *MeasureMark.objects.filter(centre=centre).values_list("pk", flat=True),
            }


def test_most_came_at_first(year: None) -> None:
    """The backlog is what the loop takes away: more came in the first third of the year than since."""
    plans = plan.year([CITY, ZHANGBEI], matters=130, until=NOW, calendar=current_calendar())
    third = NOW.date() - timedelta(days=plan.YEAR * 2 // 3)
    past = [each.at.date() for each in plans[CITY] if each.stand is None]
    assert sum(day < third for day in past) > len(past) / 2


def test_a_smaller_year_has_no_waves() -> None:
    assert waves.of(CITY, 12) == ()
    assert waves.of(CITY, 90) == waves.WAVES[CITY]
    assert waves.of("130703", 90) == ()


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=lambda lesson: lesson.title)
def test_what_the_demo_publishes_passes_the_check_of_precedents(lesson: Lesson) -> None:
    assert [sentence for text in vars(lesson).values() for sentence in sentences(text)] == []
