"""The city's own clock: what became routine is looked at again when its time has come."""

import logging

from bancheng.celery import app, hint
from bancheng.centres.models import Centre, Kind
from bancheng.overview.city import actions
from tasks.base import PublicTask, TenantTask

WATCH = "city.watch"

log = logging.getLogger(__name__)


@app.task(name="city.watch_all", base=PublicTask)
def watch_all() -> None:
    """Once a day: have the municipal office look at what is due. What is lost is due tomorrow as well."""
    for code in Centre.objects.filter(kind=Kind.OFFICE, suspended_at=None).values_list("code", flat=True):
        hint(WATCH, centre=code)


@app.task(name=WATCH, base=TenantTask)
def watch(*, centre: str) -> None:
    """Watch the city's problems that are due, a transaction each; one that fails is logged and due again.

    Killed, repeated or run twice at once: each is looked at once, since a look says when the next is due.
    """
    for problem_id in actions.watch_due():
        try:
            actions.watch(problem_id=problem_id)
        except Exception:
            log.exception("problem %s not watched", problem_id)
