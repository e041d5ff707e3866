"""Problems in any state, so that a test of the improvement loop begins where it has something to say."""

from datetime import datetime, timedelta
from typing import Any

from bancheng.identity.roles import Role
from bancheng.overview.models import Link, MeasureKind, Pain, ProblemState
from bancheng.timekeeping import clock
from tenants.improvement import actions
from tenants.improvement.models import Measure, Problem
from tenants.improvement.workflow import TRIAL_DAYS
from tests.desk import Desk

PATTERN = ("YL10", "C06")
"""The item and principal cause of the desk's triaged matters."""
START = datetime(2026, 3, 2, 10, tzinfo=clock.SHANGHAI)
LIGHTER = {
    "steps_before": 6,
    "steps_after": 3,
    "days_before": 10,
    "days_after": 5,
    "materials_before": 8,
    "materials_after": 4,
    "trips_before": 4,
    "trips_after": 1,
}


class Register:
    """The register of a desk's centre: its lead does what a lead may, its director what only a head may."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.lead = desk.actor(Role.WINDOW_LEAD)
        self.director = desk.actor(Role.DIRECTOR)

    def matters(self, number: int, *, on: datetime | None = None) -> None:
        """So many triaged matters of the pattern, registered at that moment."""
        with clock.at(on or clock.now()):
            for _ in range(number):
                self.desk.triaged()

    def proposed(self) -> Problem:
        self.matters(5)
        return self.proposed_now()

    def proposed_now(self) -> Problem:
        """What the figures propose as they stand."""
        (problem,) = actions.propose()
        return problem

    def opened(self) -> Problem:
        return self.opened_of(PATTERN[0])

    def opened_of(self, item: str) -> Problem:
        """One of another item, of the same cause."""
        return actions.start(
            actor=self.lead, item=item, cause=PATTERN[1], title="遗属待遇多处跑", pain=Pain.BLOCK
        )

    def studied(self) -> Problem:
        return self.study(self.opened())

    def study(self, problem: Problem) -> Problem:
        return actions.study(
            problem_id=problem.pk,
            actor=self.lead,
            attended="窗口、社保经办",
            root_cause="两处互要材料",
            pain=Pain.BLOCK,
            link=Link.CENTRE,
            conclusion="由窗口统一收件",
        )

    def measured(self, **other: Any) -> Problem:
        return self.measure(self.studied(), **other).problem

    def measure(self, problem: Problem, **other: Any) -> Measure:
        given = {
            "kind": MeasureKind.PROCESS,
            "text": "一次收件，内部流转",
            "owner": self.lead.id,
            "due_on": clock.today() + timedelta(days=14),
        }
        return actions.set_measure(
            problem_id=problem.pk,
            actor=self.lead,
            **given | LIGHTER | other,
        )

    def on_trial(self) -> Problem:
        return self.try_out(self.measured())

    def try_out(self, problem: Problem) -> Problem:
        for measure in problem.measures.filter(round=problem.round, from_on=None, ended_on=None):
            actions.try_out(problem_id=problem.pk, actor=self.lead, measure=measure.pk, from_on=clock.today())
        problem.refresh_from_db()
        return problem

    def routine(self) -> Problem:
        """Tried from now on; made routine when the trial is long enough, which is later than now."""
        problem = self.on_trial()
        with clock.at(clock.now() + timedelta(days=TRIAL_DAYS)):
            return self.make_routine(problem)

    def make_routine(self, problem: Problem) -> Problem:
        return actions.make_routine(
            problem_id=problem.pk, actor=self.director, guide_version="2026-1", guide_change="改为一次收件"
        )

    def in_state(self, state: ProblemState) -> Problem:
        """A problem in any state; the last ones are put there, since the clock takes half a year to."""
        S = ProblemState
        if state == S.DISMISSED:
            problem = self.proposed()
            return actions.dismiss(problem_id=problem.pk, actor=self.lead, reason="个别情况")
        made = {
            S.PROPOSED: self.proposed,
            S.OPEN: self.studied,
            S.MEASURED: self.measured,
            S.TRIAL: self.on_trial,
            S.ROUTINE: self.routine,
            S.MET: self.routine,
        }[state]()
        if state == S.MET:
            Problem.objects.filter(pk=made.pk).update(state=S.MET)
            made.refresh_from_db()
        return made
