"""Keeping the overview's facts up to date: soon after an act, and every minute whatever was lost."""

import logging
from datetime import timedelta

from bancheng.celery import app
from bancheng.centres import periodic
from bancheng.centres.models import PeriodicRun
from bancheng.centres.scope import every_centre, in_centre
from bancheng.timekeeping import clock
from tasks.base import PublicTask, TenantTask
from tenants.workbook import summary

JOB = "statistics.summarise_all"
RUNS_KEPT = timedelta(days=1)

log = logging.getLogger(__name__)


@app.task(name="statistics.summarise", base=TenantTask)
def summarise(*, centre: str) -> None:
    """Count what changed in this centre since the last time."""
    summary.summarise(centre)


@app.task(name=JOB, base=PublicTask)
def summarise_all() -> None:
    """Once a minute: every centre in service, one after the other; one that fails is logged and keeps its
    old figures with their old time, which the overview shows."""
    with periodic.once(job=JOB, period=f"{clock.now():%Y-%m-%dT%H:%M}") as mine:
        if not mine:
            return
        for code in every_centre():
            try:
                with in_centre(code):
                    summary.summarise(code)
            except Exception:
                log.exception("figures of %s not summarised", code)
        PeriodicRun.objects.filter(job=JOB, started_at__lt=clock.now() - RUNS_KEPT).delete()
