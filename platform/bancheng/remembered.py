"""Small tables that every request needs, remembered in the process for a minute."""

import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

FRESH_SECONDS = 60


class Remembered(Generic[T]):
    """The result of `load`, asked again when it is older than `FRESH_SECONDS` or was forgotten.

    For the dictionaries of the public schema only: they are the same for every centre. Other processes notice
    a change within a minute; the one that made it calls `forget`.
    """

    def __init__(self, load: Callable[[], T]) -> None:
        self._load = load
        self._held: tuple[float, T] | None = None

    def get(self) -> T:
        """The remembered value; it is shared between threads, so nobody may change it."""
        held = self._held
        if held is None or time.monotonic() - held[0] > FRESH_SECONDS:
            held = self._held = (time.monotonic(), self._load())
        return held[1]

    def forget(self) -> None:
        """Load again at the next `get`."""
        self._held = None
