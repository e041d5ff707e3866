"""Counting a second time, another way: each timeline walked event by event, and held against the facts."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bancheng.catalogue.words import Outcome
from bancheng.overview.models import (
    COUNTERS,
    DIMENSIONS,
    GAUGES,
    BoardCase,
    CentreFigure,
    ConsultationFact,
    Fact,
)
from bancheng.timekeeping import clock
from bancheng.timekeeping.calendar import WorkingCalendar
from bancheng.timekeeping.calendar import current as current_calendar
from bancheng.timekeeping.due import closing, received_on
from tenants.matters.models import ConsultationTally, Event, Matter
from tenants.matters.states import OPEN, RUNNING, State
from tenants.referrals.board import ON_THE_BOARD
from tenants.referrals.models import UNDER_WAY, Counterpart, Direction, Referral
from tenants.workbook import summary

TRIES = 3
"""An act that commits between the two counts is no difference: it is gone at the next try."""

Key = tuple[str, ...]
Figures = Counter[Key]


@dataclass(frozen=True)
class Difference:
    """One figure that does not agree: its counter with the day and dimensions, and what either side says."""

    centre: str
    what: Key
    fact: int
    recount: int

    def __str__(self) -> str:
        name, *rest = self.what
        words = " ".join([self.centre, _LABELS.get(name, name), *filter(None, rest)])
        return f"{words}：总览{self.fact}，重算{self.recount}"


def differences(centre: str) -> list[Difference]:
    """Bring the facts of `centre` up to date, count its schema again, and return what does not agree.

    In a fixed order, so that the first is always the same. Call inside `in_centre(centre)`.
    """
    for _ in range(TRIES):
        with clock.at(clock.now()):
            summary.summarise(centre)
            counted, said = _recounted(), _said(centre)
        found = [
            Difference(centre, what, said[what], counted[what])
            for what in sorted(counted.keys() | said.keys())
            if counted[what] != said[what]
        ]
        if not found:
            break
    return found


# --- What the facts say ------------------------------------------------------------------------------


def _said(centre: str) -> Figures:
    said: Figures = Counter()
    for fact in Fact.objects.filter(centre=centre):
        for name in COUNTERS:
            said[name, *(str(getattr(fact, each)) for each in DIMENSIONS)] += getattr(fact, name)
    for row in ConsultationFact.objects.filter(centre=centre):
        said["consultations", str(row.day), row.item, row.channel] += row.count
    figure = CentreFigure.objects.get(centre=centre)
    said.update({(name,): getattr(figure, name) for name in GAUGES})
    for case in BoardCase.objects.filter(keeper=centre):
        other = case.target if case.source == centre else case.source
        said.update(
            _header({name: getattr(case, name) for name in _ON_THE_BOARD if name != "unit"} | {"unit": other})
        )
    return said


# --- What the schema says ----------------------------------------------------------------------------


def _recounted() -> Figures:
    calendar = current_calendar()
    counted: Figures = Counter()
    for matter in Matter.objects.select_related("merged_into", "reporter").prefetch_related(
        "causes", "events"
    ):
        cause = next((each.code for each in matter.causes.all() if each.principal), "")
        dimensions = (
            matter.item_code,
            matter.kind,
            matter.mode,
            str(matter.level or 0),
            cause,
            matter.reporter.kind,
            "False",
            "False",
            "False",
            matter.outcome,
        )
        ours = _Ours(calendar)
        for event in sorted(matter.events.all(), key=lambda event: event.seq):
            day = clock.local(event.at).date()
            ours.see(event, day)
            for name, amount in _amounts(matter, event, day, ours):
                counted[name, str(day), *dimensions] += amount
        counted.update(_standing(matter))
    for tally in ConsultationTally.objects.all():
        counted["consultations", str(tally.day), tally.item_code, tally.channel] += tally.count
    for referral in Referral.objects.filter(state__in=UNDER_WAY):
        counted[(_road(referral),)] += 1
    for referral in Referral.objects.filter(ON_THE_BOARD):
        counted.update(_header({name: getattr(referral, own) for name, own in _ON_THE_BOARD.items()}))
    return counted


class _Ours:
    """The days of one matter that count for us, told one by one: after the start, not while we waited."""

    def __init__(self, calendar: WorkingCalendar) -> None:
        self._calendar = calendar
        self._started: date | None = None
        self._asked: date | None = None
        self._waited: set[date] = set()

    def see(self, event: Event, day: date) -> None:
        match event.act:
            case "accept" | "reopen":
                self._started = received_on(event.at, self._calendar)
                self._asked, self._waited = None, set()
            case "ask_material":
                self._asked = day
            case "receive_material" if self._asked:
                self._waited.update(_days(self._asked, day))
                self._asked = None

    def until(self, day: date) -> int:
        if self._started is None:
            return 0
        ours = set(_days(self._started, day)) - self._waited
        return sum(self._calendar.is_workday(each) for each in ours)


def _days(after: date, until: date) -> Iterator[date]:
    return (after + timedelta(days=n) for n in range(1, (until - after).days + 1))


def _amounts(matter: Matter, event: Event, day: date, ours: _Ours) -> Iterator[tuple[str, int]]:
    """Which counters this event moves, and by how much."""
    if event.act in ("withdraw", "merge", "redirected_away"):
        yield "dropped", int(event.from_state != State.REGISTERED)
    match event.act:
        case "register":
            yield "registered", 1
            yield "received", int(matter.came_by_referral)
        case "accept":
            yield "accepted", 1
            yield "accepted_closed", int(matter.state == State.CLOSED)
            contact = matter.first_contact_at
            yield "contacted_same_day", int(contact is not None and clock.local(contact).date() <= day)
        case "resolve":
            yield "resolved", 1
            due_on = date.fromisoformat(event.data["due_on"])
            yield "resolved_on_time", int(event.at <= closing(due_on))
            yield "done", int(event.data["outcome"] == Outcome.DONE)
            yield "handling_days", ours.until(day)
        case _:
            if name := _COUNTED_AS.get(event.act):
                yield name, 1


_LABELS = {
    field.name: str(field.verbose_name) for model in (Fact, CentreFigure) for field in model._meta.fields
} | {"consultations": "咨询", "board": "转办台账"}

_COUNTED_AS = {
    "decline": "declined",
    "return_to_window": "returned",
    "refer": "referred_out",
    "reply": "replied",
    "answer": "replied",
    "close": "closed",
    "close_confirmed": "closed",
    "reopen": "reopened",
    "withdraw": "withdrawn",
}


def _standing(matter: Matter) -> dict[Key, int]:
    """What this matter adds to the gauges."""
    late = matter.due_on is not None and clock.now() > closing(matter.due_on)
    overdue = late and matter.state != State.AWAITING_MATERIAL
    ours = matter.department_id is not None
    needs_department = matter.state in (State.ASSIGNED, State.HANDLING)
    return {
        ("open",): int(matter.state in OPEN),
        ("overdue",): int(matter.state in RUNNING and overdue),
        ("no_owner",): int((matter.state in OPEN and not matter.holder) or (needs_department and not ours)),
        ("no_reply",): int(_unanswered(matter)),
        ("supervised",): int(matter.is_open and matter.supervised),
        ("taken_over",): int(matter.is_open and matter.case_leader_id is not None),
        ("city_notices",): int(matter.is_open and any(e.act == "notify_city" for e in matter.events.all())),
    }


def _unanswered(matter: Matter) -> bool:
    """Closed, or merged into one whose reporter was answered, and this one's never was."""
    if matter.replied_at is not None:
        return False
    if matter.state != State.MERGED or matter.merged_into is None:
        return matter.state == State.CLOSED
    return matter.merged_into.replied_at is not None


# What the coordinator's board says of a referral, by the name that the referral itself has for it.
_ON_THE_BOARD = {
    "number": "number",
    "way": "counterpart",
    "item": "item_code",
    "unit": "unit_code",
    "state": "state",
    "round": "round",
    "ground": "return_ground",
    "suggested": "suggested_unit",
    "outcome": "answer_outcome",
    "sent_at": "sent_at",
    "sign_due_on": "sign_due_on",
    "signed_at": "signed_at",
    "handle_due_on": "handle_due_on",
    "answered_at": "answered_at",
    "ended_at": "ended_at",
    "chases": "chases",
    "escalated_at": "escalated_at",
    "appealed_at": "appealed_at",
    "designated_at": "designated_at",
}


def _header(said: dict[str, Any]) -> dict[Key, int]:
    """One figure for each thing that is said of a referral, so that a difference names it."""
    return {("board", said["number"], f"{name}={value}"): 1 for name, value in said.items()}


def _road(referral: Referral) -> str:
    if referral.direction == Direction.RECEIVED:
        return "referrals_received"
    return "referrals_by_letter" if referral.counterpart == Counterpart.LETTER else "referrals_to_centres"
