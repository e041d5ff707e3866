"""A centre's facts brought up to date after one new event: do the matters that ever were cost anything?"""

from collections.abc import Callable
from datetime import timedelta
from statistics import median
from typing import Any

from tests.bench import bulk, many_matters, simulated
from tests.bench.timing import once

LARGE, SMALL = "130700", "130722"
LAST_YEAR, EVER = 1_000, 100_000
DAYS_BEFORE = 3_650
TURNS = 40
LIMIT = 1.3


def summarise() -> dict[str, Any]:
    """Two centres had the same last year; one of them has the rest of EVER in the ten years before."""
    large, small = _centre(LARGE, before=EVER - LAST_YEAR), _centre(SMALL, before=0)
    bulk.analyze()
    large(), small()
    taken = [(large(), small()) if turn % 2 else (small(), large())[::-1] for turn in range(TURNS)]
    return {
        "name": f"facts after one event, of {EVER:,} matters against {LAST_YEAR:,}",
        # Turn by turn: whatever else the machine does, it does to both centres of a turn.
        "ratio": median(ours / theirs for ours, theirs in taken),
        "limit": LIMIT,
        "seconds": {
            f"of {EVER:,}": round(median(ours for ours, _ in taken), 4),
            f"of {LAST_YEAR:,}": round(median(theirs for _, theirs in taken), 4),
        },
    }


def _centre(code: str, *, before: int) -> Callable[[], float]:
    """Fill the centre, all counted; the call adds an event to an open matter and times what follows."""
    from bancheng.catalogue.words import Channel
    from bancheng.centres.scope import in_centre
    from bancheng.identity.roles import Role
    from bancheng.timekeeping import clock
    from tenants.matters import actions
    from tenants.workbook import summary
    from tests import schemas
    from tests.desk import Desk

    desk, first = Desk(schemas.centre(code)), simulated.since()
    a_month_ago = clock.now() - timedelta(days=30)
    with in_centre(code):
        last = simulated.until() - timedelta(days=many_matters.DAYS)
        many_matters.fill(LAST_YEAR, first, last, tag="年")
        with clock.at(a_month_ago):
            matter = desk.handling()
        summary.rebuild(code)
        if before:
            earlier = first - timedelta(days=DAYS_BEFORE)
            many_matters.fill(before, earlier, first - timedelta(days=many_matters.DAYS), tag="前")
            many_matters.facts(code)
        # All of it is counted: counting a hundred thousand matters for real takes minutes.
        bulk.execute(
            "UPDATE overview_centrefigure"
            " SET watermark = pg_snapshot_xmin(pg_current_snapshot())::text::bigint WHERE centre = %s",
            [code],
        )

    def once_more() -> float:
        with in_centre(code):
            actions.contact(
                matter_id=matter.pk,
                actor=desk.actor(Role.HANDLER),
                channel=Channel.PHONE,
                reached=True,
                text="示例：说明进展。",
            )
            return once(lambda: summary.summarise(code))

    return once_more
