"""What a delivery costs: messages applied at their target against tasks of a centre that do nothing."""

import time
from statistics import median
from typing import Any
from uuid import UUID

ROUNDS = 5
MESSAGES = 100
CASES = 20
LIMIT = 12.0


def run() -> dict[str, Any]:
    """{"name", "ratio", "limit", "seconds": {...}} for MESSAGES of each, on a database of its own.

    The cost of an empty task is what it takes to enter a centre and make sure of it, which a delivery pays as
    well. Needs Django set up, and a server on which databases can be made.
    """
    from tests import notes, schemas

    schemas.create_database()
    try:
        with notes.book():
            _deliver(), _do_nothing()  # what a process loads once is not what a message costs
            ours, empty = [], []
            for _ in range(ROUNDS):
                ours.append(_deliver())
                empty.append(_do_nothing())
    finally:
        schemas.drop_database()
    return {
        "name": "one delivery against one empty task",
        "ratio": median(ours) / median(empty),
        "limit": LIMIT,
        "seconds": {
            "deliveries": round(median(ours), 3),
            "empty tasks": round(median(empty), 3),
            "messages per second": round(MESSAGES / median(ours)),
        },
    }


def _deliver() -> float:
    from bancheng.exchange import dispatch
    from tests import notes

    for number in range(MESSAGES):
        notes.post_note(UUID(int=number % CASES), f"note {number}")
    began = time.perf_counter()
    delivered = dispatch.run_due()
    seconds = time.perf_counter() - began
    if delivered != MESSAGES:
        raise RuntimeError(f"{delivered} of {MESSAGES} delivered: nothing to measure")
    return seconds


def _do_nothing() -> float:
    from tasks.base import TenantTask

    class Nothing(TenantTask):
        name = "bench.nothing"

        def run(self, *, centre: str) -> None:
            """Nothing."""

    task = Nothing()
    began = time.perf_counter()
    for _ in range(MESSAGES):
        task(centre="130700")
    return time.perf_counter() - began
