"""The year's consultations: counted day by day, and a few of them written down."""

from datetime import datetime, time
from random import Random

from bancheng.catalogue import selectors as catalogue
from bancheng.catalogue.words import Channel
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from bancheng.timekeeping.calendar import WorkingCalendar
from bancheng.timekeeping.clock import SHANGHAI
from tenants.demo import invented, material
from tenants.demo.crew import Crew
from tenants.demo.lives import Beat, Beats
from tenants.demo.pace import Pace
from tenants.demo.plan import TOTAL_WEIGHT, weight, workdays
from tenants.demo.waves import CITY
from tenants.matters import actions

A_YEAR = 20_000
"""Consultations in the whole city, counted by the clerks."""
COUNTED_EVERY = 4
"""Of so many working days a clerk enters a line for one, so that no month lacks any; the city's for each."""
WRITTEN_DOWN = 12
COUNTED_AT = time(17, 25)


def tallies(centre: str, crew: Crew, until: datetime, calendar: WorkingCalendar) -> Beats:
    """Near closing time, the clerk enters how many asked about what that day."""
    rng = Random(f"tallies {centre}")  # noqa: S311
    codes = [item.code for item in catalogue.items()]
    days = workdays(until, calendar)
    every = 1 if centre == CITY else COUNTED_EVERY
    counted = [rng.choice(days[n : n + every]) for n in range(0, len(days), every)]
    a_line = A_YEAR * weight(centre) / TOTAL_WEIGHT / len(counted)
    for day in counted:
        yield Beat(datetime.combine(day, COUNTED_AT, SHANGHAI), centre)
        _count(crew, rng.choice(codes), max(1, round(a_line * rng.uniform(0.5, 1.5))), rng)


def written_down(centre: str, crew: Crew, until: datetime, calendar: WorkingCalendar) -> Beats:
    """A dozen questions, with their answers, spread over the year and ending near today."""
    rng = Random(f"questions {centre}")  # noqa: S311
    pace, days = Pace(rng, calendar), workdays(until, calendar)
    chosen = [*rng.sample(days[:-20], WRITTEN_DOWN - 3), *rng.sample(days[-20:], 3)]
    for day in sorted(chosen):
        yield Beat(pace.on(day), centre)
        _write_down(crew, rng)


def _count(crew: Crew, item_code: str, count: int, rng: Random) -> None:
    actions.count_consultations(
        actor=crew.actor(Role.WINDOW_CLERK),
        day=clock.today(),
        item_code=item_code,
        channel=rng.choices((Channel.COUNTER, Channel.PHONE, Channel.ONLINE), weights=(60, 32, 8))[0],
        count=count,
    )


def _write_down(crew: Crew, rng: Random) -> None:
    item = rng.choice(catalogue.items())
    question, answer = rng.choice(material.QUESTIONS)
    named = rng.random() < 0.6
    actions.record_consultation(
        actor=crew.actor(Role.WINDOW_CLERK),
        item_code=item.code,
        subject=question.format(item=item.name),
        channel=rng.choice((Channel.COUNTER, Channel.PHONE)),
        question=question.format(item=item.name) + "？",
        answer=answer,
        name=invented.staff_name(rng) if named else "",
        phone=invented.phone(rng) if named else "",
    )
