"""The rounds of a matter, each from its start to a resolution: how long it took, and in whose hands it was.

The first round starts with the registration, every further one with a reopening.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from bancheng.timekeeping import clock, terms
from bancheng.timekeeping.calendar import WorkingCalendar
from bancheng.timekeeping.holders import Holder
from tenants.matters import clocks, selectors
from tenants.matters.models import Event

COUNTERS: Final = (
    "resolved_extended",
    "handling_days",
    "gross_days",
    "held_window",
    "held_department",
    "held_centre",
    "held_outside",
    "held_reporter",
)
"""The counters of a fact that a round tells."""

_STARTS = ("register", "reopen")
_AT_ONCE = 2_000
"""Rows fetched at a time: a centre that is counted anew is not held in memory."""


@dataclass(frozen=True)
class Round:
    """A resolution, the event `seq` of its matter. `held` are full minutes of working time by holder."""

    matter_id: UUID
    seq: int
    handling_days: int
    gross_days: int
    extended: bool
    held: Mapping[Holder, int]

    def counters(self) -> dict[str, int]:
        """What the round adds to each of COUNTERS."""
        return {
            "resolved_extended": int(self.extended),
            "handling_days": self.handling_days,
            "gross_days": self.gross_days,
        } | {name: self.held[holder] for holder, name in _HELD.items()}


_HELD: Mapping[Holder, str] = {
    Holder.WINDOW: "held_window",
    Holder.DEPARTMENT: "held_department",
    Holder.OTHER_CENTRE: "held_centre",
    Holder.OUTSIDE: "held_outside",
    Holder.REPORTER: "held_reporter",
}


def of(matters: QuerySet[Any, Any], calendar: WorkingCalendar) -> Iterator[Round]:
    """All rounds of the matters whose ids are given, matter by matter. One query."""
    events = (
        Event.objects.filter(matter__in=matters)
        .only("matter_id", "seq", "act", "at", "data", "holder", "holder_label")
        .order_by("matter_id", "seq")
    )
    for _, timeline in groupby(events.iterator(_AT_ONCE), lambda event: event.matter_id):
        yield from _rounds(timeline, calendar)


def _rounds(timeline: Iterable[Event], calendar: WorkingCalendar) -> Iterator[Round]:
    past: list[Event] = []
    since = 0
    for event in timeline:
        if event.act in _STARTS:
            since = len(past)
        past.append(event)
        if event.act == "resolve":
            yield _round(past, past[since:], calendar)


def _round(past: list[Event], ours: list[Event], calendar: WorkingCalendar) -> Round:
    first, last = ours[0], ours[-1]
    term = clocks.term_of(past, calendar)
    return Round(
        matter_id=last.matter_id,
        seq=last.seq,
        handling_days=terms.spent(term, calendar, last.at).net if term else 0,
        gross_days=max((clock.local(last.at).date() - clock.local(first.at).date()).days, 0),
        extended=term is not None and term.granted > 0,
        held=_held(ours, calendar),
    )


def _held(ours: list[Event], calendar: WorkingCalendar) -> dict[Holder, int]:
    """As the matter's page draws it (“whose hands”)."""
    worked = dict.fromkeys(Holder, timedelta())
    for span in selectors.hands(ours, until=ours[-1].at, calendar=calendar):
        worked[span.holder] += span.working
    return {holder: time // timedelta(minutes=1) for holder, time in worked.items()}
