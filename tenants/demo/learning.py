"""How the centres of the invented year learn: patterns proposed, studied, measures tried and watched."""

from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

from bancheng.identity.actors import Actor
from bancheng.identity.roles import Role
from bancheng.overview.models import ProblemState
from bancheng.timekeeping import clock
from bancheng.timekeeping.calendar import WorkingCalendar
from bancheng.timekeeping.clock import SHANGHAI
from tenants.demo import plan, waves
from tenants.demo.crew import Crew
from tenants.demo.lives import Beat, Beats
from tenants.demo.pace import Pace
from tenants.demo.remedies import ATTENDED, COURSES, Course, Remedy
from tenants.demo.waves import Wave
from tenants.improvement import actions
from tenants.improvement.models import Problem

SWEPT_AT = time(16, 40)
SWEPT_EVERY = 14
"""Days between two looks of the clock; a running system looks daily, which would only take longer here."""
OPENED, STUDIED, DECIDED = 32, 24, 16
"""How many days before a measure is tried its problem is taken up, studied, and the measure decided on."""
NEXT_ROUND = (300, 312, 336)
"""The days of the year on which what came back is studied again, decided on, and tried anew."""
STUDYING = (330, 341)
"""The days on which the newest problem was taken up and studied; what is to be done is still open."""


def sweeps(centre: str, crew: Crew, until: datetime, calendar: WorkingCalendar) -> Beats:
    """The clock's own work on the register: proposals, what came back, what is due to be watched."""
    often = SWEPT_EVERY if any(courses_of(centre)) else 4 * SWEPT_EVERY
    days = plan.workdays(until, calendar)
    for day in dict.fromkeys([*_every(days, often), days[-2]]):
        yield Beat(datetime.combine(day, SWEPT_AT, SHANGHAI), centre)
        actions.propose()
        actions.watch_due()


def courses(centre: str, crew: Crew, until: datetime, calendar: WorkingCalendar) -> list[Beats]:
    """One for each pattern of the centre that somebody takes up."""
    return [_Learning(centre, wave, crew, until, calendar).beats() for wave in courses_of(centre)]


def courses_of(centre: str) -> list[Wave]:
    """The waves of the centre that somebody takes up there."""
    return [wave for wave in waves.WAVES.get(centre, ()) if wave.pattern in COURSES]


class _Learning:
    """One problem's way through the centre, as far as it has come today."""

    def __init__(
        self, centre: str, wave: Wave, crew: Crew, until: datetime, calendar: WorkingCalendar
    ) -> None:
        self.centre, self.wave, self.crew = centre, wave, crew
        self.course: Course = COURSES[wave.pattern]
        self.first = until.date() - timedelta(days=plan.YEAR)
        self.calendar = calendar
        self.pace = Pace(Random(f"learning {centre} {wave.item}"), calendar)  # noqa: S311  # an invented year
        self.problem_id = UUID(int=0)

    def beats(self) -> Beats:
        """All of it; a pattern that was not proposed, in a smaller year, is nobody's problem."""
        first, *later = self.course.rounds
        opened, studied = STUDYING if not self.wave.routine else (self._before(OPENED), self._before(STUDIED))
        yield self.on(opened)
        if not self._take_up():
            return
        yield self.on(studied)
        self._study(first)
        if not self.wave.routine:
            return
        yield self.on(self._before(DECIDED))
        measure = self._decide(first)
        yield self.on(self.wave.turned)
        self._try_out(measure)
        yield self.on(self.wave.routine)
        self._make_routine(first)
        for remedy in later:
            yield from self._again(remedy)

    def on(self, day: int) -> Beat:
        """In office hours of this day of the year, or of the first working day after it."""
        date_ = self.first + timedelta(days=day)
        while not self.calendar.is_workday(date_):
            date_ += timedelta(days=1)
        return Beat(self.pace.on(date_), self.centre)

    def _before(self, days: int) -> int:
        return self.wave.turned - days

    def _again(self, remedy: Remedy) -> Beats:
        """The next round, if the clock has found that it came back: studied anew, and on trial today."""
        studied, decided, tried = NEXT_ROUND
        yield self.on(studied)
        if Problem.objects.get(pk=self.problem_id).state != ProblemState.OPEN:
            return
        self._study(remedy)
        yield self.on(decided)
        measure = self._decide(remedy)
        yield self.on(tried)
        self._try_out(measure)

    def _take_up(self) -> bool:
        actions.propose()
        proposed = Problem.objects.filter(
            item=self.wave.item, cause=self.wave.cause, state=ProblemState.PROPOSED
        ).first()
        if proposed is None:
            return False
        self.problem_id = proposed.pk
        actions.open_problem(
            problem_id=self.problem_id, actor=self.lead, title=self.course.title, pain=self.course.pain
        )
        return True

    def _study(self, remedy: Remedy) -> None:
        actions.study(
            problem_id=self.problem_id,
            actor=self.deputy,
            attended=ATTENDED,
            root_cause=remedy.root_cause,
            pain=self.course.pain,
            link=remedy.link,
            conclusion=remedy.conclusion,
        )

    def _decide(self, remedy: Remedy) -> UUID:
        measure = actions.set_measure(
            problem_id=self.problem_id,
            actor=self.deputy,
            kind=remedy.kind,
            text=remedy.text,
            owner=self.crew.actor(Role.DEPARTMENT_HEAD, "SB").staff_id,
            due_on=clock.today() + timedelta(days=30),
            **remedy.lightened.figures,
        )
        return measure.pk

    def _try_out(self, measure: UUID) -> None:
        actions.try_out(problem_id=self.problem_id, actor=self.lead, measure=measure, from_on=clock.today())

    def _make_routine(self, remedy: Remedy) -> None:
        actions.make_routine(
            problem_id=self.problem_id,
            actor=self.crew.actor(Role.DIRECTOR),
            guide_version=remedy.guide_version,
            guide_change=remedy.guide_change,
        )

    @property
    def lead(self) -> Actor:
        return self.crew.actor(Role.WINDOW_LEAD)

    @property
    def deputy(self) -> Actor:
        return self.crew.actor(Role.DEPUTY)


def _every(days: list[date], often: int) -> list[date]:
    """The first working day of each stretch of so many days."""
    stretches = {(day - days[0]).days // often: day for day in reversed(days)}
    return sorted(stretches.values())
