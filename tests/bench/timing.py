"""How long calls take, so that what else the machine does makes as little difference as can be."""

import time
from collections.abc import Callable
from statistics import median
from typing import Any


def seconds(call: Callable[[], Any], turns: int) -> float:
    """The median of so many calls, after two that count for nothing."""
    for _ in range(2):
        call()
    return median(once(call) for _ in range(turns))


def once(call: Callable[[], Any]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began
