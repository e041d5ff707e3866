"""The invented year's zero reports: a centre with nothing in a month says so, or at first forgets it."""

from contextlib import suppress
from datetime import datetime, timedelta
from random import Random

from bancheng.errors import Refused
from bancheng.identity.roles import Role
from bancheng.overview.index import months
from bancheng.timekeeping.calendar import WorkingCalendar
from tenants.demo.crew import Crew
from tenants.demo.lives import Beat, Beats
from tenants.demo.pace import Pace
from tenants.demo.plan import workdays
from tenants.workbook.zero import file_zero_report

FORGOTTEN = 0.4
"""How likely a report is forgotten as long as they are new; nobody forgets the last six."""


def zero_reports(centre: str, crew: Crew, until: datetime, calendar: WorkingCalendar) -> Beats:
    """On the first working days of a month, about the one before it."""
    rng = Random(f"reports {centre}")  # noqa: S311  # an invented year
    pace, today = Pace(rng, calendar), until.date()
    firsts = {(day.year, day.month): day for day in reversed(workdays(until, calendar))}
    for day in sorted(firsts.values())[1:]:
        forgets = rng.random() < FORGOTTEN and today - day > timedelta(days=190)
        yield Beat(pace.after(pace.on(day), 0, 2), centre)
        if not forgets:
            with suppress(Refused):  # the action itself knows which months have nothing to be reported
                file_zero_report(
                    actor=crew.actor(Role.WINDOW_LEAD), month=months.back(months.first_of(day), 1)
                )
