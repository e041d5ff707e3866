"""The clock's own work: what turned yellow or red, and due dates after the calendar changed."""

import logging

from bancheng.celery import app, hint
from bancheng.centres.scope import every_centre
from bancheng.identity.actors import Actor
from bancheng.timekeeping import calendar
from tasks.base import PublicTask, TenantTask
from tenants.matters import actions, selectors

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
