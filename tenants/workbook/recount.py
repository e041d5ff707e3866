"""Counting a centre's schema a second time, another way: each timeline walked event by event, in Python.

Where an event and a row tell the same (callbacks, ratings, thanks, offices, referrals), this reads the one
that `counting` does not.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Prefetch

from bancheng.catalogue.words import Outcome
from bancheng.centres import places
from bancheng.centres.scope import current_centre
from bancheng.overview.models import MeasureMark, ProblemCard, SpanKind
from bancheng.timekeeping import clock
from bancheng.timekeeping.calendar import WorkingCalendar
from bancheng.timekeeping.calendar import current as current_calendar
from bancheng.timekeeping.due import BUSINESS_CLOSES, BUSINESS_OPENS, closing, received_on
from tenants.improvement import cards
from tenants.matters.models import ConsultationTally, Event, Matter
from tenants.matters.states import OPEN, RUNNING, State
from tenants.referrals.board import ON_THE_BOARD
from tenants.referrals.models import UNDER_WAY, Counterpart, Direction, Referral
from tenants.replies.models import Callback, Grade, Rating, Thanks, Via

AT_ONCE = 500
"""Matters held in memory at a time."""

Key = tuple[str, ...]
"""What a figure is of: its name, then the day and dimensions, or what else tells it from others, in text."""
Figures = Counter[Key]


def recounted() -> Figures:
    """Every figure of the centre that is served: counters, spans, consultations, gauges; and what stands in
    each row that the city has of a referral, a problem, a measure."""
    calendar, counted = current_calendar(), Figures()
    for matter in _matters().iterator(AT_ONCE):
        dimensions = _dimensions(matter)
        for day, name, amount in _counters(matter, calendar):
            counted[name, str(day), *dimensions] += amount
        for day, what, value in _spans(matter, calendar):
            counted[what.value, str(day), matter.item_code, str(value)] += 1
        counted.update(_standing(matter))
    for tally in ConsultationTally.objects.all():
        counted["consultations", str(tally.day), tally.item_code, tally.channel] += tally.count
    for referral in Referral.objects.filter(state__in=UNDER_WAY):
        counted[(_road(referral),)] += 1
    for referral in Referral.objects.filter(ON_THE_BOARD):
        counted.update(on_the_board({name: getattr(referral, own) for name, own in BOARD.items()}))
    for row in cards.expected():
        counted.update(on_the_card(row))
    return counted


def _matters() -> Any:
    return (
        Matter.objects.select_related("merged_into", "reporter")
        .prefetch_related(
            Prefetch("events", Event.objects.defer("note").order_by("seq")),
            Prefetch("callbacks", Callback.objects.defer("note")),
            Prefetch("ratings", Rating.objects.exclude(via=Via.STAFF).defer("comment")),
            Prefetch("thanks", Thanks.objects.defer("words")),
            Prefetch("referrals", Referral.objects.only("direction", "unit_code", "matter_id")),
            "causes",
        )
        .order_by("pk")
    )


# --- Under what --------------------------------------------------------------------------------------


def _dimensions(matter: Matter) -> tuple[str, ...]:
    events, here = list(matter.events.all()), current_centre().code
    units = [event.data["unit"] for event in events if event.act == "refer"]
    units += [r.unit_code for r in matter.referrals.all() if r.direction == Direction.RECEIVED]
    supported = any(
        event.act == "ask_support" or (event.act == "assign" and event.data["supporting"]) for event in events
    )
    return (
        matter.item_code,
        matter.kind,
        matter.mode,
        str(matter.level or 0),
        next((each.code for each in matter.causes.all() if each.principal), ""),
        matter.reporter.kind,
        str(supported),
        str(any(places.other_level(here, unit) for unit in units)),
        str(any(places.other_region(here, unit) for unit in units)),
        matter.outcome,
    )


# --- How many ----------------------------------------------------------------------------------------


def _counters(matter: Matter, calendar: WorkingCalendar) -> Iterator[tuple[date, str, int]]:
    """On which day which counter moves by how much; 0 says nothing."""
    ours = _Ours(calendar)
    for event in matter.events.all():
        day = _day(event.at)
        ours.see(event, day)
        for name, amount in _amounts(matter, event, day, ours):
            yield day, name, amount
    for call in matter.callbacks.all():
        if call.reached:
            yield _day(call.at), "called_back", 1
            yield _day(call.at), "solved", int(bool(call.solved))
            yield _day(call.at), "blocked_again", int(bool(call.blocked_again))
            yield _day(call.at), "trips_told", int(call.trips_after is not None)
            yield _day(call.at), "trips_after", call.trips_after or 0
    for rating in matter.ratings.all():
        yield _day(rating.at), "rated", 1
        yield _day(rating.at), "satisfied", int(rating.grade in (Grade.VERY_GOOD, Grade.GOOD, Grade.FAIR))
    for thanks in matter.thanks.all():
        yield _day(thanks.at), "thanked", thanks.count


def _amounts(matter: Matter, event: Event, day: date, ours: "_Ours") -> Iterator[tuple[str, int]]:
    """Which counters this event moves, and by how much."""
    match event.act:
        case "register":
            yield "registered", 1
            yield "received", int(matter.came_by_referral)
            yield "repeated", int(matter.repeated)
            yield "trips_before", matter.trips_before
            yield "months_before", matter.months_before
        case "accept":
            yield "accepted", 1
            yield "accepted_closed", int(matter.state == State.CLOSED)
            if matter.first_contact_at is not None:
                contacted = _day(matter.first_contact_at)
                yield "contacted_same_day", int(contacted <= day)
                # No working day has passed between the two.
                between = ours.calendar.between(day, contacted - timedelta(days=1))
                yield "contacted_next_day", int(between <= 0)
        case "resolve":
            yield "resolved", 1
            yield "resolved_on_time", int(event.at <= closing(date.fromisoformat(event.data["due_on"])))
            yield "done", int(event.data["outcome"] == Outcome.DONE)
            yield "resolved_extended", int(ours.extended)
            yield "handling_days", ours.worked_until(day)
            yield "gross_days", ours.waited_until(day)
            for holder, name in _HANDS.items():
                yield name, ours.held[holder] // 60_000_000
        case act if act in _COUNTED_AS:
            yield _COUNTED_AS[act], 1
    ended = event.from_state != event.to_state and event.to_state in (State.WITHDRAWN, State.MERGED)
    yield "dropped", int(ended and event.from_state != State.REGISTERED)


_HANDS = {
    "window": "held_window",
    "department": "held_department",
    "other_centre": "held_centre",
    "outside": "held_outside",
    "reporter": "held_reporter",
}

_COUNTED_AS = {
    "decline": "declined",
    "return_to_window": "returned",
    "refer": "referred_out",
    "extend": "extended",
    "extend_again": "extended",
    "supervise": "supervised",
    "escalate": "escalated",
    "take_over": "taken_over",
    "reply": "replied",
    "answer": "replied",
    "close": "closed",
    "close_confirmed": "closed",
    "reopen": "reopened",
    "withdraw": "withdrawn",
}


def _spans(matter: Matter, calendar: WorkingCalendar) -> Iterator[tuple[date, SpanKind, int]]:
    ours = _Ours(calendar)
    for event in matter.events.all():
        day = _day(event.at)
        ours.see(event, day)
        match event.act:
            case "register" if matter.months_before:
                yield day, SpanKind.BEFORE, 30 * matter.months_before
            case "accept" if matter.first_contact_at is not None:
                seconds = (matter.first_contact_at - event.at).total_seconds()
                yield day, SpanKind.CONTACT, int(max(seconds, 0) // 60)
            case "resolve":
                yield day, SpanKind.HANDLING, ours.worked_until(day)
                yield day, SpanKind.GROSS, ours.waited_until(day)


class _Ours:
    """One round of a matter, told event by event: the days that count for us, who had it, was it extended."""

    def __init__(self, calendar: WorkingCalendar) -> None:
        self.calendar = calendar
        self.extended = False
        self.held: Counter[str] = Counter()
        """Microseconds of working time."""
        self._opened: date | None = None
        self._started: date | None = None
        self._asked: date | None = None
        self._waited: set[date] = set()
        self._holder, self._since = "", clock.start_of(date.min)

    def see(self, event: Event, day: date) -> None:
        if event.act in ("register", "reopen"):
            self._opened, self.held, self._holder = day, Counter(), ""
        if event.act in ("accept", "reopen"):
            self._started, self.extended = received_on(event.at, self.calendar), False
            self._asked, self._waited = None, set()
        match event.act:
            case "extend" | "extend_again":
                self.extended = True
            case "ask_material":
                self._asked = day
            case "receive_material" if self._asked:
                self._waited.update(_days(self._asked, day))
                self._asked = None
        self._pass_on(event)

    def worked_until(self, day: date) -> int:
        """Working days after the start that the reporter was not waited for."""
        if self._started is None:
            return 0
        ours = set(_days(self._started, day)) - self._waited
        return sum(self.calendar.is_workday(each) for each in ours)

    def waited_until(self, day: date) -> int:
        """Days on the wall since it was brought, or came back."""
        return 0 if self._opened is None else sum(1 for _ in _days(self._opened, day))

    def _pass_on(self, event: Event) -> None:
        if self._holder:
            for day in (_day(self._since), *_days(_day(self._since), _day(event.at))):
                if self.calendar.is_workday(day):
                    opens = datetime.combine(day, BUSINESS_OPENS, clock.SHANGHAI)
                    closes = datetime.combine(day, BUSINESS_CLOSES, clock.SHANGHAI)
                    worked = min(event.at, closes) - max(self._since, opens)
                    self.held[self._holder] += max(int(worked / timedelta(microseconds=1)), 0)
        self._holder, self._since = event.holder or self._holder, event.at


def _day(moment: datetime) -> date:
    return clock.local(moment).date()


def _days(after: date, until: date) -> Iterator[date]:
    return (after + timedelta(days=n) for n in range(1, (until - after).days + 1))


# --- How it stands -----------------------------------------------------------------------------------


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


BOARD = {
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
"""What the coordinator's board says of a referral, by the name that the referral itself has for it."""


def on_the_board(said: dict[str, Any]) -> dict[Key, int]:
    """One figure for each thing that is said of a referral, so that a difference names it."""
    return {("board", said["number"], f"{name}={value}"): 1 for name, value in said.items()}


def on_the_card(row: ProblemCard | MeasureMark) -> dict[Key, int]:
    """The same of a problem or a measure."""
    which = row.number if isinstance(row, ProblemCard) else str(row.pk)
    said = {field.name: getattr(row, field.attname) for field in row._meta.fields}
    return {(row._meta.model_name or "", which, f"{name}={value}"): 1 for name, value in said.items()}


def _road(referral: Referral) -> str:
    if referral.direction == Direction.RECEIVED:
        return "referrals_received"
    return "referrals_by_letter" if referral.counterpart == Counterpart.LETTER else "referrals_to_centres"
