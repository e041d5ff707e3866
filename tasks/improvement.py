"""Once a working day: what the figures propose, which measures are overdue, whether problems
stayed away, and which precedents are about to expire.
"""

import logging
from collections.abc import Callable
from datetime import timedelta

from bancheng.celery import app, hint
from bancheng.centres import periodic
from bancheng.centres.models import PeriodicRun
from bancheng.centres.scope import every_centre
from bancheng.timekeeping import calendar, clock
from tasks.base import PublicTask, TenantTask
from tenants.improvement import actions
from tenants.improvement.drafting.actions import tell_of_expiring

LOOK = "improvement.look"
RUNS_KEPT = timedelta(days=7)
# Watches first: what they find met or returned is no news to the figures of the same morning.
PARTS = (actions.watch_due, actions.propose, actions.remind, tell_of_expiring)

log = logging.getLogger(__name__)


class Unfinished(RuntimeError):
    """Some part of the morning's look failed; the log says which and why. It is tried again until noon."""


@app.task(name="improvement.look_all", base=PublicTask)
def look_all() -> None:
    """On working days: have every centre in service look at its problems.

    Asked again and again until noon: a hand-out that is lost, or a server that was off, only makes it late.
    """
    if not calendar.current().is_workday(clock.today()):
        return
    for code in every_centre():
        hint(LOOK, centre=code)
    old = PeriodicRun.objects.filter(job__startswith=f"{LOOK} ", started_at__lt=clock.now() - RUNS_KEPT)
    old.delete()


@app.task(name=LOOK, base=TenantTask)
def look(*, centre: str) -> None:
    """Look at the problems of this centre, once a day however many ask for it.

    A part that fails is logged and keeps the others from nothing; the look is then tried again.
    """
    with periodic.once(job=f"{LOOK} {centre}", period=clock.today().isoformat()) as mine:
        if mine:
            failed = sum(not _done(part, centre) for part in PARTS)
            if failed:
                raise Unfinished(f"{failed} of {len(PARTS)} parts in {centre}")


def _done(part: Callable[[], object], centre: str) -> bool:
    try:
        part()
    except Exception:
        log.exception("%s of %s failed", part.__name__, centre)
        return False
    return True
