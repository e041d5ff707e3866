"""The clock of a matter as a plain function: from what happened to it, the day by which it is due.

A clock is a list of marks in the order in which they were set. Nothing here knows a database or the time of
day; the same marks under another calendar give the due day by that calendar.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum

from bancheng.timekeeping.calendar import WorkingCalendar
from bancheng.timekeeping.clock import local
from bancheng.timekeeping.due import received_on


@dataclass(frozen=True)
class Start:
    """The clock starts, or starts anew: `days` working days from `at`, never more than `statutory`.

    Whatever was waited and granted before belongs to the term before.
    """

    at: datetime
    days: int
    statutory: int | None = None


@dataclass(frozen=True)
class Relimit:
    """Another limit from the same start, after the level or the way of handling changed."""

    days: int
    statutory: int | None = None


@dataclass(frozen=True)
class Extend:
    """`days` more working days were granted."""

    days: int


@dataclass(frozen=True)
class Pause:
    """From `at` on the reporter is waited for; only that stops the clock (house rule)."""

    at: datetime


@dataclass(frozen=True)
class Resume:
    """What was waited for is here."""

    at: datetime


@dataclass(frozen=True)
class Stop:
    """The work is done, or the matter ended otherwise; it also ends a pause."""

    at: datetime


Mark = Start | Relimit | Extend | Pause | Resume | Stop


class Phase(Enum):
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Term:
    """What the marks come to under one calendar. Days are working days.

    `since` is the day that the start counts for; `limit` what the level allows; `granted` what extensions
    added; `waited` what the reporter took. While paused, `due_on` is the day by what was waited before.
    """

    since: date
    limit: int
    statutory: int | None
    granted: int = 0
    waited: int = 0
    paused_on: date | None = None
    stopped_on: date | None = None
    due_on: date = date.max
    provisional: bool = False

    @property
    def phase(self) -> Phase:
        if self.stopped_on is not None:
            return Phase.STOPPED
        return Phase.PAUSED if self.paused_on is not None else Phase.RUNNING

    @property
    def days(self) -> int:
        """The working days allowed in all; extensions never reach beyond the statutory term."""
        return _capped(self.limit + self.granted, self.statutory)

    @property
    def room(self) -> int | None:
        """How many more days the statutory term leaves to be granted; None where there is no such term."""
        return None if self.statutory is None else max(self.statutory - self.days, 0)


@dataclass(frozen=True)
class Spent:
    """Working days from the start: `gross` as the reporter sees them, `net` of the days that they took."""

    gross: int
    net: int


def term(marks: Iterable[Mark], calendar: WorkingCalendar) -> Term | None:
    """The term that the marks come to; None as long as no clock was started.

    Guarantees: the due day is a working day, `days` + `waited` working days after `since`; a pause that ends
    on the day on which it began moves nothing; days waited before the clock counts are not waited. Marks
    that do not fit (a resumption without a pause, anything after a stop but a start) change nothing.
    Raises ValueError for a limit or an extension under one day, and for a naive moment.
    """
    found: Term | None = None
    for mark in marks:
        found = _after(found, mark, calendar)
    if found is None:
        return None
    due_on = calendar.add(found.since, found.days + found.waited)
    return replace(found, due_on=due_on, provisional=calendar.provisional(due_on, found.since))


def spent(reckoned: Term, calendar: WorkingCalendar, until: datetime) -> Spent:
    """What the term has taken up to `until`, or up to its stop, whichever is earlier."""
    end = local(until).date()
    if reckoned.stopped_on is not None:
        end = min(end, reckoned.stopped_on)
    gross = max(calendar.between(reckoned.since, end), 0)
    waiting = 0 if reckoned.paused_on is None else max(calendar.between(reckoned.paused_on, end), 0)
    return Spent(gross, max(gross - reckoned.waited - waiting, 0))


def _after(found: Term | None, mark: Mark, calendar: WorkingCalendar) -> Term | None:
    if isinstance(mark, Start | Relimit | Extend) and mark.days < 1:
        raise ValueError("a limit or an extension is at least one working day")
    if isinstance(mark, Start):
        return Term(received_on(mark.at, calendar), _capped(mark.days, mark.statutory), mark.statutory)
    if found is None or found.stopped_on is not None:
        return found
    match mark:
        case Relimit():
            return replace(found, limit=_capped(mark.days, mark.statutory), statutory=mark.statutory)
        case Extend():
            return replace(found, granted=found.granted + mark.days)
        case Pause():
            if found.paused_on is None:
                return replace(found, paused_on=max(local(mark.at).date(), found.since))
        case Resume():
            return _resumed(found, local(mark.at).date(), calendar)
        case Stop():
            day = local(mark.at).date()
            return replace(_resumed(found, day, calendar), stopped_on=day)
    return found


def _resumed(found: Term, day: date, calendar: WorkingCalendar) -> Term:
    if found.paused_on is None:
        return found
    waited = max(calendar.between(found.paused_on, day), 0)
    return replace(found, waited=found.waited + waited, paused_on=None)


def _capped(days: int, statutory: int | None) -> int:
    return days if statutory is None else min(days, statutory)
