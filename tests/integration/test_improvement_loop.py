"""The improvement loop in a centre: proposed by the figures, studied, measured, tried, routine, watched."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from bancheng.centres.scope import in_centre
from bancheng.errors import Conflict, Invalid, NotAllowed, NotFound
from bancheng.identity.roles import Role
from bancheng.overview.models import MeasureMark, Pain, ProblemCard, ProblemState, Verdict
from bancheng.timekeeping import clock
from tenants.improvement import actions, cards
from tenants.improvement.models import Measure, Problem, ProblemEvent, Study, Watch
from tenants.notices.kinds import NoticeKind
from tenants.notices.models import Notice
from tests.desk import Desk
from tests.improvement import LIGHTER, PATTERN, START, Register

S = ProblemState


@pytest.fixture
def register(desk: Desk) -> Register:
    return Register(desk)


def later(**span: int) -> Any:
    """The clock so much later than START."""
    return clock.at(START + timedelta(**span))


def told(kind: NoticeKind) -> set[Any]:
    return set(Notice.objects.filter(kind=kind).values_list("recipient_id", flat=True))


# --- Proposals ---------------------------------------------------------------------------------------


def test_a_pattern_over_the_threshold_is_proposed_with_a_number(register: Register) -> None:
    with clock.at(START):
        register.matters(5)

        (problem,) = actions.propose()

    assert problem.number == "张北社问〔2026〕1号"
    assert (problem.item, problem.cause, problem.found, problem.window_days) == (*PATTERN, 5, 90)
    assert problem.state == S.PROPOSED


def test_below_the_threshold_nothing_is_proposed(register: Register) -> None:
    register.matters(4)

    assert actions.propose() == []


def test_matters_older_than_the_window_do_not_count(register: Register) -> None:
    register.matters(4, on=START)
    with later(days=90):
        register.matters(1)

        assert actions.propose() == []


def test_a_proposal_is_told_to_the_lead_and_the_deputy(register: Register) -> None:
    deputy, lead = register.desk.staff(Role.DEPUTY), register.desk.staff(Role.WINDOW_LEAD)

    register.proposed()

    assert told(NoticeKind.PROBLEM_PROPOSED) == {deputy.pk, lead.pk}


def test_a_pattern_is_proposed_once(register: Register) -> None:
    register.proposed()
    register.matters(3)

    assert actions.propose() == []
    assert Problem.objects.count() == 1


def test_what_was_dismissed_is_not_proposed_again_at_once(register: Register) -> None:
    with clock.at(START):
        register.in_state(S.DISMISSED)
        register.matters(4)

        assert actions.propose() == []


def test_what_was_dismissed_is_proposed_again_once_there_are_twice_as_many(register: Register) -> None:
    with clock.at(START):
        register.in_state(S.DISMISSED)
        register.matters(5)

        (again,) = actions.propose()

    assert again.number == "张北社问〔2026〕2号"
    assert again.found == 10


def test_what_was_dismissed_is_proposed_again_after_180_days(register: Register) -> None:
    with clock.at(START):
        register.in_state(S.DISMISSED)
    with later(days=180):
        register.matters(5)

        assert len(actions.propose()) == 1


def test_two_sweeps_at_once_propose_a_pattern_once(
    zhangbei: Any, city: Any, at_once: Callable[..., list[Any]]
) -> None:
    with in_centre(zhangbei.code):
        Register(Desk(zhangbei)).matters(5)

    def propose() -> int:
        with in_centre(zhangbei.code):
            return len(actions.propose())

    results = at_once(propose, propose)

    assert sorted(results) == [0, 1]
    with in_centre(zhangbei.code):
        assert [problem.number[-2:] for problem in Problem.objects.all()] == ["1号"]


def test_the_centre_sets_its_own_threshold(register: Register) -> None:
    actions.set_threshold(actor=register.lead, count=3, days=30)
    register.matters(3)

    (problem,) = actions.propose()

    assert (problem.found, problem.window_days) == (3, 30)


def test_the_closest_threshold_counts(register: Register) -> None:
    actions.set_threshold(actor=register.lead, count=3, days=30)
    actions.set_threshold(actor=register.lead, item=PATTERN[0], count=8, days=30)
    register.matters(7)

    assert actions.propose() == []


def test_an_exception_taken_back_leaves_the_general_one(register: Register) -> None:
    actions.set_threshold(actor=register.lead, item=PATTERN[0], count=8, days=30)
    actions.set_threshold(actor=register.lead, item=PATTERN[0], count=None, days=None)
    register.matters(5)

    assert len(actions.propose()) == 1


def test_a_threshold_out_of_bounds_is_refused(register: Register) -> None:
    with pytest.raises(Invalid) as wrong:
        actions.set_threshold(actor=register.lead, count=1, days=366)

    assert wrong.value.errors.keys() == {"count", "days"}


def test_only_an_exception_that_there_is_can_be_taken_back(register: Register) -> None:
    with pytest.raises(Conflict):
        actions.set_threshold(actor=register.lead, count=None, days=None)


# --- Opened and dismissed ----------------------------------------------------------------------------


def test_one_may_open_a_problem_before_the_figures_propose_it(register: Register) -> None:
    register.matters(2)

    problem = register.opened()

    assert (problem.state, problem.found) == (S.OPEN, 2)
    assert [event.act for event in problem.events.all()] == ["propose", "open"]
    assert not told(NoticeKind.PROBLEM_PROPOSED)


def test_opening_a_pattern_by_hand_takes_its_proposal_up(register: Register) -> None:
    proposed = register.proposed()

    assert register.opened().pk == proposed.pk


def test_a_pattern_that_is_under_way_is_not_opened_twice(register: Register) -> None:
    register.opened()

    with pytest.raises(Conflict, match="〔2026〕1号"):
        register.opened()
    assert Problem.objects.count() == 1


def test_a_code_that_there_is_not_opens_nothing(register: Register) -> None:
    with pytest.raises(NotFound):
        actions.start(actor=register.lead, item="XX99", cause="C06", title="无", pain=Pain.PAIN)

    assert not Problem.objects.exists()


def test_a_clerk_opens_nothing(register: Register) -> None:
    with pytest.raises(NotAllowed):
        actions.start(
            actor=register.desk.actor(Role.WINDOW_CLERK), item="YL10", cause="C06", title="无", pain=Pain.PAIN
        )


# --- Studies and measures ----------------------------------------------------------------------------


def test_a_measure_needs_a_study_of_this_round(register: Register) -> None:
    with pytest.raises(Conflict, match="研判"):
        register.measure(register.opened())


def test_a_study_rests_on_matters_of_the_pattern_alone(register: Register) -> None:
    problem = register.opened()

    with pytest.raises(Invalid):
        actions.study(
            problem_id=problem.pk,
            actor=register.lead,
            attended="窗口",
            root_cause="原因",
            pain=Pain.PAIN,
            link="city",  # type: ignore[arg-type]  # as it comes from a form
            conclusion="结论",
            matters=[uuid4()],
        )


def test_a_study_cannot_be_changed_afterwards(register: Register) -> None:
    study = register.studied().studies.get()

    with pytest.raises(IntegrityError, match="only grows"), transaction.atomic():
        Study.objects.filter(pk=study.pk).update(conclusion="改了")


def test_the_course_cannot_be_changed_afterwards(register: Register) -> None:
    register.opened()

    with pytest.raises(IntegrityError, match="only grows"), transaction.atomic():
        ProblemEvent.objects.update(note="改了")


def test_the_owner_of_a_measure_is_told(register: Register) -> None:
    register.measured()

    assert told(NoticeKind.MEASURE_SET) == {register.lead.id}


@pytest.mark.parametrize("name", ["steps", "days", "materials", "trips"])
def test_a_measure_may_make_nothing_more(register: Register, name: str) -> None:
    problem = register.studied()

    with pytest.raises(Invalid) as wrong:
        register.measure(problem, **{f"{name}_after": 9, f"{name}_before": 8})
    assert wrong.value.errors.keys() == {f"{name}_after"}


def test_a_measure_makes_something_less(register: Register) -> None:
    problem = register.studied()
    same = dict.fromkeys(LIGHTER, 3)

    with pytest.raises(Invalid, match="至少有一项"):
        register.measure(problem, **same)


def test_a_measure_has_an_owner_of_this_centre(register: Register) -> None:
    with pytest.raises(Invalid):
        register.measure(register.studied(), owner=uuid4())


def test_a_measure_is_not_due_in_the_past(register: Register) -> None:
    with pytest.raises(Invalid):
        register.measure(register.studied(), due_on=clock.today() - timedelta(days=1))


def test_a_trial_begins_within_the_round_and_not_ahead(register: Register) -> None:
    problem = register.measured()
    measure = problem.measures.get()

    for day in (clock.today() - timedelta(days=1), clock.today() + timedelta(days=1)):
        with pytest.raises(Invalid):
            actions.try_out(problem_id=problem.pk, actor=register.lead, measure=measure.pk, from_on=day)


def test_a_measure_is_tried_once(register: Register) -> None:
    problem = register.on_trial()
    register.measure(problem)
    tried = problem.measures.exclude(from_on=None).get()

    with pytest.raises(Conflict, match="已经试行"):
        actions.try_out(problem_id=problem.pk, actor=register.lead, measure=tried.pk, from_on=clock.today())


def test_a_second_measure_leaves_the_trial_on(register: Register) -> None:
    problem = register.on_trial()

    register.measure(problem)
    problem.refresh_from_db()

    assert problem.state == S.TRIAL


def test_when_the_last_measure_is_ended_the_study_is_open_again(register: Register) -> None:
    problem = register.on_trial()
    measure = problem.measures.get()

    actions.end_measure(problem_id=problem.pk, actor=register.lead, measure=measure.pk, reason="无效")
    problem.refresh_from_db()

    assert problem.state == S.OPEN
    assert MeasureMark.objects.get(pk=measure.pk).ended_on == clock.today()


def test_a_measure_that_was_ended_is_not_ended_again(register: Register) -> None:
    problem = register.measured()
    measure = register.measure(problem)
    end: dict[str, Any] = {
        "problem_id": problem.pk,
        "actor": register.lead,
        "measure": measure.pk,
        "reason": "无效",
    }
    actions.end_measure(**end)

    with pytest.raises(Conflict):
        actions.end_measure(**end)


def test_a_measure_that_is_overdue_is_told_once_to_owner_and_deputy(register: Register) -> None:
    deputy = register.desk.staff(Role.DEPUTY)
    with clock.at(START):
        register.measured()
    with later(days=15):
        first = actions.remind()
    with later(days=16):
        second = actions.remind()

    assert (first, second) == (2, 0)
    assert told(NoticeKind.MEASURE_DUE) == {register.lead.id, deputy.pk}


def test_a_measure_on_trial_is_not_overdue(register: Register) -> None:
    with clock.at(START):
        register.on_trial()
    with later(days=15):
        assert actions.remind() == 0


# --- Routine and watched -----------------------------------------------------------------------------


def test_a_trial_of_less_than_thirty_days_is_not_made_routine(register: Register) -> None:
    with clock.at(START):
        problem = register.on_trial()
    with later(days=29), pytest.raises(Conflict, match="满30天"):
        register.make_routine(problem)


def test_nothing_is_made_routine_while_a_measure_waits_for_its_trial(register: Register) -> None:
    with clock.at(START):
        problem = register.on_trial()
        register.measure(problem)
    with later(days=30), pytest.raises(Conflict, match="没有试行"):
        register.make_routine(problem)


def test_the_lead_makes_nothing_routine(register: Register) -> None:
    with clock.at(START):
        problem = register.on_trial()
    with later(days=30), pytest.raises(NotAllowed):
        actions.make_routine(problem_id=problem.pk, actor=register.lead, guide_version="1", guide_change="改")


def test_what_is_routine_is_watched_twice(register: Register) -> None:
    with clock.at(START):
        problem = register.routine()

    routine = START.date() + timedelta(days=30)
    assert problem.measures.get().routine_on == routine
    assert [(watch.days, watch.due_on) for watch in problem.watches.all()] == [
        (90, routine + timedelta(days=90)),
        (180, routine + timedelta(days=180)),
    ]


def history(register: Register, *, before: int, after: int, recorded: int = 365) -> Problem:
    """A pattern of so many matters in the 180 days before its measure and since; routine for 180 days."""
    with clock.at(START - timedelta(days=recorded)):
        register.desk.registered()
    with clock.at(START - timedelta(days=20)):
        register.matters(before)
    with clock.at(START):
        problem = register.routine()
    with later(days=30 + 60):
        register.matters(after)
    return problem


def test_after_180_days_with_clearly_fewer_matters_the_problem_is_met(register: Register) -> None:
    problem = history(register, before=12, after=2)
    with later(days=30 + 180):
        first, second = actions.watch_due()
    problem.refresh_from_db()

    assert problem.state == S.MET
    assert (first.days, second.days) == (90, 180)
    assert (second.before, second.after, second.verdict) == (12, 2, Verdict.WORKED)
    assert second.ratio == pytest.approx(2 / 12)


def test_after_180_days_with_as_many_matters_the_problem_is_reopened(register: Register) -> None:
    actions.set_threshold(actor=register.lead, count=100, days=90)
    director = register.desk.staff(Role.DIRECTOR)
    problem = history(register, before=12, after=11)
    with later(days=30 + 180):
        actions.watch_due()
    problem.refresh_from_db()

    assert (problem.state, problem.round, problem.reopened) == (S.OPEN, 2, 1)
    assert director.pk in told(NoticeKind.PROBLEM_RETURNED)


def test_where_too_few_came_to_tell_the_problem_stays_and_says_so(register: Register) -> None:
    problem = history(register, before=2, after=1)
    with later(days=30 + 180):
        *_, last = actions.watch_due()
    problem.refresh_from_db()

    assert (problem.state, last.verdict) == (S.ROUTINE, Verdict.UNCLEAR)


def test_where_the_records_do_not_reach_back_a_return_cannot_be_told(register: Register) -> None:
    actions.set_threshold(actor=register.lead, count=100, days=90)
    problem = history(register, before=12, after=11, recorded=100)
    with later(days=30 + 180):
        *_, last = actions.watch_due()
    problem.refresh_from_db()

    assert (problem.state, last.verdict) == (S.ROUTINE, Verdict.UNCLEAR)


def test_after_90_days_the_problem_is_watched_and_stays_routine(register: Register) -> None:
    problem = history(register, before=12, after=2)
    with later(days=30 + 90):
        (watch,) = actions.watch_due()
    problem.refresh_from_db()

    assert (watch.days, watch.verdict, problem.state) == (90, Verdict.WORKED, S.ROUTINE)


def test_a_watch_is_not_due_before_its_last_day_is_over(register: Register) -> None:
    history(register, before=12, after=2)
    with later(days=30 + 89):
        assert actions.watch_due() == []


def test_a_late_watch_counts_the_same_days(register: Register) -> None:
    history(register, before=12, after=2)
    with later(days=30 + 170):
        register.matters(4)
        (watch,) = actions.watch_due()

    assert (watch.days, watch.after) == (90, 2)


def test_what_comes_over_the_threshold_again_is_reopened_at_once(register: Register) -> None:
    problem = history(register, before=12, after=5)
    with later(days=30 + 61):
        (again,) = actions.propose()

    assert again.pk == problem.pk
    assert (again.state, again.round) == (S.OPEN, 2)
    assert again.events.latest("seq").note == "转为常态后，近90天登记5件，达到立项阈值。"


def test_matters_from_before_it_was_routine_reopen_nothing(register: Register) -> None:
    with clock.at(START):
        register.matters(9)
        register.routine()
    with later(days=31):
        assert actions.propose() == []


def test_the_watches_of_a_round_end_with_it(register: Register) -> None:
    history(register, before=12, after=5)
    with later(days=30 + 61):
        actions.propose()
    with later(days=30 + 180):
        assert actions.watch_due() == []


def test_the_next_round_has_its_own_measures_and_watches(register: Register) -> None:
    with clock.at(START):
        problem = register.routine()
    with later(days=40):
        problem = actions.reopen(problem_id=problem.pk, actor=register.director, reason="又有人来反映")
        with pytest.raises(Conflict, match="研判"):
            register.measure(problem)
        register.study(problem)
        register.measure(problem)
        problem = register.try_out(problem)
    with later(days=70):
        problem = register.make_routine(problem)

    assert problem.round == 2
    assert [(w.round, w.days) for w in problem.watches.all()] == [(1, 90), (1, 180), (2, 90), (2, 180)]


def test_two_watches_at_once_count_once(zhangbei: Any, city: Any, at_once: Callable[..., list[Any]]) -> None:
    with in_centre(zhangbei.code):
        history(Register(Desk(zhangbei)), before=3, after=0)

    def watch() -> int:
        with in_centre(zhangbei.code), later(days=30 + 90):
            return len(actions.watch_due())

    results = at_once(watch, watch)

    assert sorted(results) == [0, 1]


# --- What the city sees ------------------------------------------------------------------------------


def test_the_city_sees_every_change_at_once(register: Register) -> None:
    problem = register.on_trial()
    card, mark = ProblemCard.objects.get(), MeasureMark.objects.get()

    assert (card.pk, card.state, card.number) == (problem.pk, S.TRIAL, problem.number)
    assert (card.centre, mark.centre) == (register.desk.centre.code,) * 2
    assert (mark.item, mark.cause, mark.from_on) == (*PATTERN, clock.today())


def test_the_city_sees_what_the_latest_watch_found(register: Register) -> None:
    history(register, before=12, after=2)
    with later(days=30 + 180):
        actions.watch_due()
    card = ProblemCard.objects.get()

    assert (card.window_days, card.before, card.after, card.verdict) == (180, 12, 2, Verdict.WORKED)
    assert card.verdict_on == START.date() + timedelta(days=210)


def test_nothing_that_anybody_wrote_is_shown_to_the_city(register: Register) -> None:
    register.on_trial()

    written = [str(value) for row in ProblemCard.objects.values() for value in row.values()]
    assert not any(word in " ".join(written) for word in ("遗属", "收件", "材料"))


def test_what_is_expected_is_what_stands_there(register: Register) -> None:
    history(register, before=12, after=2)
    with later(days=30 + 180):
        actions.watch_due()

    wanted = {(type(row), row.pk): _columns(row) for row in cards.expected()}
    there = [*ProblemCard.objects.all(), *MeasureMark.objects.all()]
    assert {(type(row), row.pk): _columns(row) for row in there} == wanted


def test_rebuild_writes_lost_rows_anew_and_removes_strangers(register: Register) -> None:
    problem = register.on_trial()
    MeasureMark.objects.all().delete()
    stranger = uuid4()
    ProblemCard.objects.filter(pk=problem.pk).update(id=stranger, state=S.MET)

    assert cards.rebuild() == 1

    assert ProblemCard.objects.get().pk == problem.pk
    assert MeasureMark.objects.get().pk == Measure.objects.get().pk


def test_the_number_of_a_refused_opening_is_not_lost(register: Register) -> None:
    register.opened()
    with pytest.raises(Conflict):
        register.opened()

    other = actions.start(actor=register.lead, item="ZG01", cause="C06", title="资格认证", pain=Pain.PAIN)

    assert other.number.endswith("2号")


def _columns(row: Any) -> dict[str, Any]:
    return {
        field.name: str(value) if not isinstance(value := getattr(row, field.name), date) else value
        for field in row._meta.fields
    }


def test_a_watch_row_is_one_for_a_round_and_length(register: Register) -> None:
    with clock.at(START):
        problem = register.routine()

    with pytest.raises(IntegrityError), transaction.atomic():
        Watch.objects.create(problem=problem, round=1, days=90, due_on=START.date())
