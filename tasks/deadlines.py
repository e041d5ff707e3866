"""The clock's own work: what turned yellow or red, and due dates after the calendar changed."""

import logging
from datetime import time, timedelta

from bancheng.celery import app, hint
from bancheng.centres import periodic
from bancheng.centres.models import PeriodicRun
from bancheng.centres.scope import every_centre
from bancheng.identity.actors import Actor
from bancheng.timekeeping import calendar, clock
from bancheng.timekeeping.due import BUSINESS_OPENS
from tasks.base import PublicTask, TenantTask
from tenants.matters import actions, selectors
from tenants.workbook import ladder

SWEEP = "deadlines.sweep"
EVERY_MINUTES = 5
SWEPT_UNTIL = time(18, 0)
"""Half an hour after closing, so that what fell due today is told today."""
RUNS_KEPT = timedelta(days=1)

log = logging.getLogger(__name__)


@app.task(name="deadlines.rereckon_all", base=PublicTask)
def rereckon_all() -> None:
    """After the calendar changed, and from time to time in case that was missed: every centre in service."""
    for code in every_centre():
        hint("deadlines.rereckon", centre=code)


@app.task(name="deadlines.rereckon", base=TenantTask)
def rereckon(*, centre: str) -> None:
    """Reckon by the calendar in force whatever runs by another, each matter in its own transaction.

    Killed at any moment, run twice or at once: the next run does what is left, and nothing twice, since a
    matter knows by which calendar it was reckoned. One that fails is logged and keeps nobody else waiting.
    """
    calendar.forget()  # this process may remember the table from before the change
    system = Actor.system("系统", centre)
    for matter_id in selectors.reckoned_by_another_calendar():
        try:
            actions.rereckon(matter_id=matter_id, actor=system)
        except Exception:
            log.exception("due date of %s not reckoned anew", matter_id)


@app.task(name="deadlines.sweep_all", base=PublicTask)
def sweep_all() -> None:
    """In working time: have every centre in service swept. What is lost on the way is asked for again."""
    if not _at_work():
        return
    for code in every_centre():
        hint(SWEEP, centre=code)
    old = PeriodicRun.objects.filter(job__startswith=f"{SWEEP} ", started_at__lt=clock.now() - RUNS_KEPT)
    old.delete()


@app.task(name=SWEEP, base=TenantTask)
def sweep(*, centre: str) -> None:
    """Do what the clocks of this centre demand, once in five minutes however many ask for it."""
    with periodic.once(job=f"{SWEEP} {centre}", period=_period()) as mine:
        if mine:
            ladder.sweep()


def _at_work() -> bool:
    now = clock.now()
    return calendar.current().is_workday(now.date()) and BUSINESS_OPENS <= now.time() <= SWEPT_UNTIL


def _period() -> str:
    now = clock.now()
    return f"{now.replace(minute=now.minute - now.minute % EVERY_MINUTES):%Y-%m-%dT%H:%M}"
