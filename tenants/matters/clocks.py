"""The clocks of a matter, read from its timeline: by when it is due, and how long the reporter heard nothing.

The due date is a plain function of the events and the calendar: `wind` replays them whenever one of the acts
of WINDING is written down, and nothing else sets the columns. Each such event says in its data what the
replay needs later (days, statutory) and the due date that followed from it (due_on).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bancheng.catalogue import selectors as catalogue
from bancheng.catalogue.words import Mode
from bancheng.errors import Conflict, Invalid, NotFound
from bancheng.timekeeping import clock, due, lights, terms
from bancheng.timekeeping.calendar import WorkingCalendar
from bancheng.timekeeping.calendar import current as current_calendar
from bancheng.timekeeping.terms import Term
from tenants.matters.models import Event, LevelLimit, Matter
from tenants.matters.states import RUNNING, State

WINDING = frozenset(
    {
        "accept",
        "triage",
        "regrade",
        "extend",
        "extend_again",
        "ask_material",
        "receive_material",
        "resolve",
        "withdraw",
        "redirected_away",
        "merge",
        "reopen",
        "rereckon",
    }
)
"""The acts that set a mark of the clock; and the one by which it is read again under another calendar."""

PROGRESS_EVERY = 5
"""Working days after which the reporter is told how it stands, whatever the level (house rule)."""

ON_THE_SPOT = timedelta(hours=1)
"""How long “当场” lasts (house rule)."""


# --- By when -----------------------------------------------------------------------------------------


def limit_of(matter: Matter) -> dict[str, Any]:
    """The limit that the matter's level, mode and item allow now, as an event's data.

    Keys: level, expedite, days (working days), statutory (working days, or None). The centre's own limit
    counts where it is stricter. Raises Conflict when there is no level yet.
    """
    if matter.level is None:
        raise Conflict("请先研判：确定难度等级、办理方式和初步根因。", code="triaged")
    return _limit(
        matter.level,
        expedite=matter.mode == Mode.EXPEDITE,
        statutory=catalogue.item(matter.item_code).statutory_working_days,
        centre_days=own_limits()[matter.level],
    )


def own_limits() -> dict[int, int]:
    """This centre's working days by level: its own where it is stricter, else the city's. One query."""
    return {number: level.days for number, level in due.LEVELS.items()} | dict(
        LevelLimit.objects.values_list("level", "days")
    )


def relimited(matter: Matter) -> dict[str, Any]:
    """`limit_of` a matter whose level, mode or item was changed after acceptance.

    Raises Invalid when the due date would move into the past, so that nobody is late by a judgement made
    afterwards; and when one that has passed would move on, since that is an extension asked for too late.
    """
    limit, now, calendar = limit_of(matter), clock.now(), current_calendar()
    so_far = [*marks(_past(matter)), terms.Resume(now)]  # if it is paused: what would be left from now on
    before = terms.term(so_far, calendar)
    after = terms.term([*so_far, terms.Relimit(limit["days"], limit["statutory"])], calendar)
    if before and after and after.due_on < before.due_on and due.closing(after.due_on) < now:
        raise Invalid({"level": [f"按这一等级，期限是{after.due_on}，已经过去，请选时限更长的等级。"]})
    if before and after and after.due_on > before.due_on and due.closing(before.due_on) < now:
        raise Invalid({"level": ["办理期限已过，不能再用调整等级的办法推后。"]})
    return limit


def wind(matter: Matter, event: Event) -> None:
    """Set the matter's due date from its timeline with `event`, which is about to be added at its end.

    The event's data gets the due date that follows. Nothing happens as long as the matter is not accepted.
    """
    if event.act not in WINDING:
        return
    term = term_of([*_past(matter), event])
    if term is None:
        return
    matter.due_on, matter.due_provisional = term.due_on, term.provisional
    matter.handling_days, matter.reckoned_by = term.days, current_calendar().digest
    event.data["due_on"] = str(term.due_on)


def present_term(matter: Matter, calendar: WorkingCalendar | None = None) -> Term | None:
    """The term of a matter as its timeline stands; None before acceptance. One query."""
    return term_of(_past(matter), calendar)


def term_of(events: Iterable[Event], calendar: WorkingCalendar | None = None) -> Term | None:
    """The term that a timeline comes to, oldest event first, under the calendar in force or another one."""
    return terms.term(marks(events), calendar or current_calendar())


def marks(events: Iterable[Event]) -> Iterator[terms.Mark]:
    """What the events say to the clock.

    Those written before a key was introduced are read as they were meant: a triage has the limit of its
    level, a reopening that of the term before it.
    """
    known: dict[str, Any] = {}
    for event in events:
        match event.act:
            case "accept" | "reopen":
                known = _told_limit(event.data, known)
                yield terms.Start(event.at, known["days"], known["statutory"])
            case "triage" | "regrade" if known:
                known = _told_limit(event.data, known)
                yield terms.Relimit(known["days"], known["statutory"])
            case "extend" | "extend_again":
                yield terms.Extend(event.data["days"])
            case "ask_material":
                yield terms.Pause(event.at)
            case "receive_material":
                yield terms.Resume(event.at)
            case "resolve" | "withdraw" | "redirected_away" | "merge":
                yield terms.Stop(event.at)


def _past(matter: Matter) -> Iterable[Event]:
    """The events that the clock is read from; without their notes, which need not be deciphered for it."""
    return matter.events.filter(act__in=WINDING).order_by("seq").only("act", "at", "data", "seq")


def _told_limit(data: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    if "days" in data:
        return {"days": data["days"], "statutory": data.get("statutory")}
    if "level" in data:
        try:
            statutory = catalogue.item(data.get("item", "")).statutory_working_days
        except NotFound:
            statutory = None
        return _limit(data["level"], expedite=data.get("mode") == Mode.EXPEDITE, statutory=statutory)
    return dict(known)


def _limit(
    level: int, *, expedite: bool, statutory: int | None, centre_days: int | None = None
) -> dict[str, Any]:
    days = due.handling_days(level, expedite, statutory=statutory, centre_days=centre_days)
    return {"level": level, "expedite": expedite, "days": days, "statutory": statutory}


@dataclass(frozen=True)
class Reading:
    """The clocks of a matter as they stand at a moment. Days are working days.

    `term` is None before acceptance; `spent` what it has taken so far, gross and net of waiting; `waited` the
    difference, that is how long the reporter was waited for.
    """

    term: Term | None
    spent: terms.Spent
    first_contact: lights.Light
    first_contact_by: datetime | None
    progress: lights.Light
    progress_by: date | None

    @property
    def waited(self) -> int:
        return self.spent.gross - self.spent.net


def reading(matter: Matter, events: Iterable[Event]) -> Reading:
    """Read all clocks now, from the matter and its whole timeline; no query."""
    calendar, now = current_calendar(), clock.now()
    term = term_of(events, calendar)
    by = None
    if matter.accepted_at is not None and matter.level is not None:
        by = first_contact_by(matter.level, matter.accepted_at, calendar)
    return Reading(
        term,
        terms.spent(term, calendar, now) if term else terms.Spent(0, 0),
        first_contact_light(matter, calendar, now),
        by,
        progress_light(matter, calendar, now),
        progress_by(matter, calendar) if owes_word(matter) else None,
    )


# --- What the reporter hears -------------------------------------------------------------------------

_TELLING = frozenset({"reply", "extend", "extend_again", "ask_material", "receive_material", "reopen"})


def tells(event: Event) -> bool:
    """Whether the reporter was spoken with: told something, met over the material, heard on reopening."""
    return event.act in _TELLING or (event.act == "contact" and bool(event.data.get("reached")))


def hear(matter: Matter, event: Event) -> None:
    """Move the first contact and the last telling by an event that is about to be added."""
    if tells(event):
        matter.last_told_at = event.at
        matter.first_contact_at = matter.first_contact_at or event.at


def owes_word(matter: Matter) -> bool:
    """Whether it is for us to tell the reporter how it stands: handled, not waiting for them, not referred to
    us by a centre that answers them itself."""
    return matter.state in OWING_WORD and not matter.came_by_referral


OWING_WORD = (*(state for state in RUNNING if state != State.AWAITING_MATERIAL), State.RESOLVED)
"""The states in which the first contact and the progress are owed."""


def first_contact_by(level: int, accepted_at: datetime, calendar: WorkingCalendar) -> datetime:
    """Until when the reporter is to be contacted: level 1 on the spot, the others by close of the day that
    the acceptance counts for."""
    day = due.received_on(accepted_at, calendar)
    if due.LEVELS[level].first_contact != "当场":
        return due.closing(day)
    opens = datetime.combine(day, due.BUSINESS_OPENS, clock.SHANGHAI)
    return min(max(clock.local(accepted_at), opens) + ON_THE_SPOT, due.closing(day))


def first_contact_light(matter: Matter, calendar: WorkingCalendar, now: datetime) -> lights.Light:
    """Grey before acceptance and once contacted, amber while it is owed, red when its time has passed."""
    if matter.accepted_at is None or matter.level is None:
        return lights.NOT_STARTED
    by = first_contact_by(matter.level, matter.accepted_at, calendar)
    if matter.first_contact_at is not None:
        return lights.Light("grey", "已联系" if matter.first_contact_at <= by else "联系超时")
    if not owes_word(matter):
        return lights.Light("grey", "未联系")
    return lights.Light("amber", "待联系") if now <= by else lights.Light("red", "超时未联系")


def progress_by(matter: Matter, calendar: WorkingCalendar) -> date | None:
    """The day by whose close the reporter is to hear how it stands; None before acceptance."""
    since = matter.last_told_at or matter.accepted_at
    return None if since is None else calendar.add(clock.local(since).date(), PROGRESS_EVERY)


def progress_light(matter: Matter, calendar: WorkingCalendar, now: datetime) -> lights.Light:
    """The light of the next word to the reporter: every five working days, not while they are waited for."""
    if matter.replied_at or matter.ended_at:
        return lights.FINISHED
    by = progress_by(matter, calendar)
    return lights.light(by, now, calendar, PROGRESS_EVERY, paused=by is not None and not owes_word(matter))


def progress_owed_since(today: date, calendar: WorkingCalendar) -> date:
    """The last day on which a telling is so long ago that the next is due by close of `today`."""
    day = today
    while calendar.add(day, PROGRESS_EVERY) > today:
        day -= timedelta(days=1)
    return day
