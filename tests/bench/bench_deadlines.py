"""The sweep of a centre's clocks follows its open matters: what ended long ago costs nothing."""

import time
from statistics import median
from typing import Any
from uuid import UUID

CENTRES = {"130722": 4_000, "130726": 100_000}
"""Matters by centre; in each OPEN of them are open and the others ended."""
OPEN = 2_000
FRESH = 40
"""Matters of those that turn amber before each turn, so that there is something to do."""
TURNS = 9
TIME_LIMIT = 1.3


def run() -> list[dict[str, Any]]:
    """The ratio of a sweep that finds all done, and of one that has FRESH matters to tell of.

    On a database of its own; needs Django set up, and a server on which databases can be made.
    """
    from tests import schemas

    schemas.create_database()
    try:
        for code, matters in CENTRES.items():
            _fill(code, matters)
        return [
            _ratio("that finds all done", fresh=0),
            _ratio(f"with {FRESH} matters to tell of", fresh=FRESH),
        ]
    finally:
        schemas.drop_database()


def _ratio(what: str, *, fresh: int) -> dict[str, Any]:
    taken: dict[str, list[float]] = {code: [] for code in CENTRES}
    for turn in range(TURNS + 1):
        # In turns and in both orders: whatever else the machine does, it does to both.
        for code in sorted(CENTRES, reverse=turn % 2 == 0):
            seconds = _sweep(code, fresh=fresh)
            if turn:  # what a process loads once is not what a sweep costs
                taken[code].append(seconds)
    few, many = taken["130722"], taken["130726"]
    return {
        "name": f"sweep {what}, {OPEN} open: of {CENTRES['130726']} matters against {CENTRES['130722']}",
        "ratio": median(big / small for big, small in zip(many, few, strict=True)),
        "limit": TIME_LIMIT,
        "seconds": {"of few": round(median(few), 4), "of many": round(median(many), 4)},
    }


def _sweep(code: str, *, fresh: int) -> float:
    from bancheng.centres.scope import in_centre
    from tenants.matters.models import Matter
    from tenants.matters.states import State
    from tenants.notices.models import LadderStep
    from tenants.workbook import ladder

    with in_centre(code):
        some = Matter.objects.filter(state=State.HANDLING).order_by("pk").values_list("pk", flat=True)[:fresh]
        LadderStep.objects.filter(matter__in=list(some)).delete()
        began = time.perf_counter()
        done = ladder.sweep()
        seconds = time.perf_counter() - began
    if done != fresh:
        raise RuntimeError(f"{done} steps were taken where {fresh} were due")
    return seconds


def _fill(code: str, matters: int) -> None:
    """Matters as they lie in a centre after years: the open ones are the newest, with their steps taken."""
    from django.db import connection

    from bancheng.centres.scope import in_centre
    from bancheng.identity.roles import Role
    from bancheng.timekeeping import clock
    from bancheng.timekeeping.calendar import current
    from tenants.matters.models import Matter, Reporter
    from tests import schemas
    from tests.desk import Desk

    desk = Desk(schemas.centre(code))
    with in_centre(code):
        desk.staff(Role.WINDOW_LEAD)
        sample = desk.handling(level=5)
        Matter.objects.filter(pk=sample.pk).update(
            due_on=current().add(clock.today(), 1),  # amber, and not late
            handling_days=15,
            first_contact_at=clock.now(),
            last_told_at=clock.now(),
        )
        ended = f"n <= {matters - OPEN}"
        with connection.cursor() as cursor:
            _copy(cursor, Reporter, sample.reporter_id, matters, {})
            _copy(
                cursor,
                Matter,
                sample.pk,
                matters,
                {
                    "number": "'示例' || n",
                    "machine_number": "'BF' || n",
                    "reporter_id": _ID,
                    "state": f"CASE WHEN {ended} THEN 'closed' ELSE 'handling' END",
                    "ended_at": f"CASE WHEN {ended} THEN now() END",
                },
            )
            cursor.execute(
                "INSERT INTO notices_ladderstep (matter_id, step, term, at)"
                " SELECT id, 'due_soon', due_on::text, now() FROM matters_matter"
            )
            cursor.execute("ANALYZE")


_ID = "lpad(to_hex(n), 32, '0')::uuid"


def _copy(cursor: Any, model: Any, sample: UUID, matters: int, other: dict[str, str]) -> None:
    """Copies of a row, which makes `matters` with itself; `other` says what is different in the n-th."""
    columns = [field.column for field in model._meta.concrete_fields]
    values = [({"id": _ID} | other).get(column, column) for column in columns]
    cursor.execute(
        f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) SELECT {', '.join(values)}"  # noqa: S608
        f" FROM {model._meta.db_table}, generate_series(1, %s) AS n WHERE id = %s",
        [matters - 1, sample],
    )
