"""What time it is: everything asks here, so that a demo year or a test can set the time for itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

_set_to: ContextVar[datetime | None] = ContextVar("bancheng_clock", default=None)
_set_everywhere: datetime | None = None


def now() -> datetime:
    """The present moment, aware, in Asia/Shanghai; inside `at` the moment that was set."""
    return _set_to.get() or _set_everywhere or datetime.now(SHANGHAI)


def today() -> date:
    """The date on the wall in Asia/Shanghai, whatever the time zone of the server."""
    return now().date()


@contextmanager
def at(moment: datetime) -> Iterator[datetime]:
    """Stop the clock at `moment` for this thread or task alone; may be nested.

    Raises ValueError for a naive moment: a time without a zone has no place in a record.
    """
    token = _set_to.set(local(moment))
    try:
        yield now()
    finally:
        _set_to.reset(token)


@contextmanager
def everywhere_at(moment: datetime) -> Iterator[datetime]:
    """The same as `at` for every thread of this process: for a server that runs beside its test."""
    global _set_everywhere
    before, _set_everywhere = _set_everywhere, local(moment)
    try:
        yield now()
    finally:
        _set_everywhere = before


def local(moment: datetime) -> datetime:
    """The same moment as Asia/Shanghai shows it. Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(SHANGHAI)


def start_of(day: date) -> datetime:
    """Midnight at the start of `day` in Asia/Shanghai."""
    return datetime.combine(day, time.min, SHANGHAI)


def end_of(day: date) -> datetime:
    """Midnight at the end of `day` in Asia/Shanghai, itself no longer part of it."""
    return start_of(day + timedelta(days=1))
