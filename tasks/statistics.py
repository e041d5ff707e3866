"""Keeping the overview's figures up to date: soon after an act, and every minute whatever was lost.

A centre counts itself; when all have had their turn the city's sums follow. What passes through the broker,
results included, is a centre's code and whether its turn went well.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TypedDict

from celery import chord
from django.db import DatabaseError, connection

from bancheng.celery import app, heard, hint
from bancheng.centres import periodic
from bancheng.centres.models import PeriodicRun
from bancheng.centres.scope import Suspended, every_centre, in_centre
from bancheng.overview import rollup
from bancheng.timekeeping import clock
from tasks.base import PublicTask, TenantTask
from tenants.workbook import summary

JOB = "statistics.summarise_all"
ROLL_UP = "statistics.roll_up"
RUNS_KEPT = timedelta(days=1)
WAITS_FOR_A_LOCK, RUNS_AT_MOST = "5s", "120s"
"""How long a centre may keep a worker: locked longer, it keeps its old figures until its next turn."""
TURN_ENDS_AFTER = 300
"""Seconds after which nobody takes a turn that still waits in the queue: there are newer ones."""

log = logging.getLogger(__name__)


class Turn(TypedDict):
    """What a centre's turn leaves for the roll-up."""

    centre: str
    went_well: bool


@app.task(name="statistics.summarise", base=TenantTask)
def summarise(*, centre: str) -> None:
    """Count what changed in this centre since the last time, and have the city's sums follow."""
    with _hurried():
        changed = summary.summarise(centre)
    if changed:
        hint(ROLL_UP, once=True)


@app.task(name=JOB, base=PublicTask)
def summarise_all() -> None:
    """Once a minute: a turn for every centre in service, side by side, and the roll-up after the last.

    A turn never fails: a centre that is locked, suspended meanwhile or without its schema keeps its old
    figures with their old time, which the overview shows. Should the broker lose a turn, the roll-up waits
    for the next minute, which does the same work.
    """
    with periodic.once(job=JOB, period=f"{clock.now():%Y-%m-%dT%H:%M}") as mine:
        if not mine:
            return
        turns = [turn.s(code=code).set(expires=TURN_ENDS_AFTER) for code in every_centre()]
        if turns:
            chord(turns, roll_up.s()).apply_async()
        PeriodicRun.objects.filter(job=JOB, started_at__lt=clock.now() - RUNS_KEPT).delete()


@app.task(name="statistics.turn", base=PublicTask, ignore_result=False)
def turn(*, code: str) -> Turn:
    """Bring one centre up to date; never raises, but says in the log what was wrong, and returns whether."""
    try:
        with in_centre(code), _hurried():
            summary.summarise(code)
    except Suspended:
        return Turn(centre=code, went_well=False)
    except Exception:
        log.exception("figures of %s not summarised", code)
        return Turn(centre=code, went_well=False)
    return Turn(centre=code, went_well=True)


@app.task(name=ROLL_UP, base=PublicTask)
def roll_up(turns: list[Turn] | None = None) -> None:
    """Sum the city's days whose facts have changed, whoever changed them; `turns` are the minute's round."""
    heard(ROLL_UP)
    with _hurried():
        rollup.roll_up()
    if late := [each["centre"] for each in turns or () if not each["went_well"]]:
        log.warning("rolled up with old figures of %s", ", ".join(late))


@contextmanager
def _hurried() -> Iterator[None]:
    """Statements of this connection give up rather than keep the worker from the other centres."""
    with connection.cursor() as cursor:
        for name, limit in _LIMITS.items():
            cursor.execute("SELECT set_config(%s, %s, false)", [name, limit])
    try:
        yield
    finally:
        try:
            with connection.cursor() as cursor:
                cursor.execute(_NO_LIMITS)
        except DatabaseError:  # it is broken, and goes back to nobody
            connection.close()


_LIMITS = {"lock_timeout": WAITS_FOR_A_LOCK, "statement_timeout": RUNS_AT_MOST}
_NO_LIMITS = "RESET lock_timeout; RESET statement_timeout"
