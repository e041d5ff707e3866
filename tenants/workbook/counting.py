"""Counting the events of a centre into facts and spans, by the database where it can, in few queries.

An event is counted on its day in Asia/Shanghai under what its matter is now (item, kind, level, cause …).
Nothing is written here; `summary` does that, and `recount` counts the same once more, another way.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import (
    BooleanField,
    Count,
    DateField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Extract, Floor, Greatest, TruncDate, TruncTime

from bancheng.catalogue.words import Outcome
from bancheng.centres import places
from bancheng.centres.scope import current_centre
from bancheng.overview.models import COUNTERS, DIMENSIONS, SpanKind
from bancheng.timekeeping import clock
from bancheng.timekeeping.calendar import WorkingCalendar
from bancheng.timekeeping.clock import SHANGHAI
from bancheng.timekeeping.due import BUSINESS_CLOSES
from tenants.coordination.models import JointPart
from tenants.matters.models import Event
from tenants.matters.states import State
from tenants.referrals.models import Referral
from tenants.referrals.models import State as ReferralState
from tenants.replies.models.ratings import LOW
from tenants.workbook import rounds

Dimensions = tuple[Any, ...]
"""The values of `overview.models.DIMENSIONS`, in their order."""

MONTH = 30
"""Days for a month that a reporter tells of (house rule)."""


@dataclass
class Counted:
    """What was counted: by dimensions the counters that are not zero, and how often each value of a span
    (day, item, what, value) occurred."""

    facts: defaultdict[Dimensions, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    spans: Counter[tuple[date, str, str, int]] = field(default_factory=Counter)

    def add(self, dimensions: Dimensions, name: str, amount: int) -> None:
        if amount:
            self.facts[dimensions][name] += amount

    def measured(self, dimensions: Dimensions, what: SpanKind, value: int, times: int = 1) -> None:
        day, item, *_ = dimensions
        self.spans[day, item, what.value, value] += times


Events = QuerySet[Event, Any]
"""With the dimensions annotated to them, see `_with_dimensions`."""


def count(days: Iterable[date] | None, calendar: WorkingCalendar) -> Counted:
    """Everything that the events of `days`, one at least, come to, or those of all days for None. Four
    queries, and one for the timelines of the matters that were resolved on them."""
    events, counted = _with_dimensions(days), Counted()
    _by_rules(events, counted)
    _contacts(events, counted, calendar)
    _before(events, counted)
    _resolutions(events, counted, calendar)
    return counted


# --- By the database ---------------------------------------------------------------------------------


def _by_rules(events: Events, counted: Counted) -> None:
    counters = {name: Count("pk", filter=Q(act__in=acts) & rule) for name, (acts, rule) in _RULES.items()}
    sums = {name: Sum(amount, filter=Q(act__in=acts) & rule) for name, (amount, acts, rule) in _SUMS.items()}
    rows = (
        events.filter(act__in=_ACTS)
        .annotate(
            contacted_on=TruncDate("matter__first_contact_at", tzinfo=SHANGHAI),
            hour=TruncTime("at", tzinfo=SHANGHAI),
            due_then=Cast(_said("due_on"), DateField()),
            trips_said=Cast(_said("trips"), IntegerField()),
            grade=Cast(_said("grade"), IntegerField()),
            number=Cast(_said("count"), IntegerField()),
        )
        .values(*DIMENSIONS)
        .annotate(**counters, **sums)
        .order_by()
    )
    for row in rows:
        dimensions = tuple(row[name] for name in DIMENSIONS)
        for name in (*counters, *sums):
            counted.add(dimensions, name, row[name] or 0)


def _contacts(events: Events, counted: Counted, calendar: WorkingCalendar) -> None:
    """How soon the reporter was reached: minutes as they pass, none for a contact before acceptance."""
    waited = ExpressionWrapper(F("matter__first_contact_at") - F("at"), DurationField())
    rows = (
        events.filter(act="accept", matter__first_contact_at__isnull=False)
        .annotate(
            contacted_on=TruncDate("matter__first_contact_at", tzinfo=SHANGHAI),
            minutes=Cast(Floor(Extract(Greatest(waited, Value(timedelta())), "epoch") / 60), IntegerField()),
        )
        .values(*DIMENSIONS, "contacted_on", "minutes")
        .annotate(matters=Count("pk"))
        .order_by()
    )
    for row in rows:
        dimensions = tuple(row[name] for name in DIMENSIONS)
        counted.measured(dimensions, SpanKind.CONTACT, row["minutes"], row["matters"])
        if row["contacted_on"] <= calendar.add(row["day"], 1):
            counted.add(dimensions, "contacted_next_day", row["matters"])


def _before(events: Events, counted: Counted) -> None:
    rows = (
        events.filter(act="register", matter__months_before__gt=0)
        .values(*DIMENSIONS[:2], months=F("matter__months_before"))
        .annotate(matters=Count("pk"))
        .order_by()
    )
    for row in rows:
        counted.measured((row["day"], row["item"]), SpanKind.BEFORE, row["months"] * MONTH, row["matters"])


def _resolutions(events: Events, counted: Counted, calendar: WorkingCalendar) -> None:
    """What can only be told from a whole timeline: how long a resolution took, and in whose hands."""
    resolved = events.filter(act="resolve")
    by_event = {
        (matter_id, seq): tuple(dimensions)
        for matter_id, seq, *dimensions in resolved.values_list("matter_id", "seq", *DIMENSIONS)
    }
    if not by_event:
        return
    for each in rounds.of(resolved.values("matter_id"), calendar):
        dimensions = by_event.get((each.matter_id, each.seq))
        if dimensions is None:
            continue  # resolved on another day as well
        for name, amount in each.counters().items():
            counted.add(dimensions, name, amount)
        counted.measured(dimensions, SpanKind.HANDLING, each.handling_days)
        counted.measured(dimensions, SpanKind.GROSS, each.gross_days)


def _with_dimensions(days: Iterable[date] | None) -> Events:
    """The events of these days with their day and what their matters are now."""
    parts = JointPart.objects.filter(matter=OuterRef("matter"))
    sent = Referral.objects.filter(matter=OuterRef("matter")).exclude(state=ReferralState.DRAFT)
    here = current_centre().code
    return Event.objects.filter(_within(days)).annotate(
        day=TruncDate("at", tzinfo=SHANGHAI),
        item=F("matter__item_code"),
        kind=F("matter__kind"),
        mode=F("matter__mode"),
        level=Coalesce(F("matter__level"), Value(0), output_field=IntegerField()),
        principal=FilteredRelation("matter__causes", condition=Q(matter__causes__principal=True)),
        cause=Coalesce(F("principal__code"), Value("")),
        reporter=F("matter__reporter__kind"),
        cross_department=Exists(parts),
        cross_level=_to_any(sent, places.level_pattern(here)),
        cross_region=_to_any(sent, places.region_pattern(here)),
        outcome=F("matter__outcome"),
    )


def _to_any(referrals: QuerySet[Referral, Any], pattern: str | None) -> Exists | Value:
    if pattern is None:
        return Value(False, output_field=BooleanField())
    return Exists(referrals.filter(unit_code__regex=pattern))


def _within(days: Iterable[date] | None) -> Q:
    """The moments of these days, as few stretches as there are: each is one look into the index."""
    if days is None:
        return Q()
    stretches = _stretches(sorted(days))
    return reduce(
        or_, (Q(at__gte=clock.start_of(first), at__lt=clock.end_of(last)) for first, last in stretches)
    )


def _stretches(days: list[date]) -> list[tuple[date, date]]:
    found: list[tuple[date, date]] = []
    for day in days:
        if found and day - found[-1][1] == timedelta(days=1):
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def _said(key: str) -> KeyTextTransform:
    return KeyTextTransform(key, "data")


_IN_TIME = Q(due_then__gt=F("day")) | Q(due_then=F("day"), hour__lte=BUSINESS_CLOSES)
_REACHED = Q(data__reached=True)

_RULES: dict[str, tuple[tuple[str, ...], Q]] = {
    "registered": (("register",), Q()),
    "received": (("register",), Q(matter__origin_referral__isnull=False)),
    "repeated": (("register",), Q(matter__repeated=True)),
    "accepted": (("accept",), Q()),
    "accepted_closed": (("accept",), Q(matter__state=State.CLOSED)),
    "contacted_same_day": (("accept",), Q(contacted_on__lte=F("day"))),
    "declined": (("decline",), Q()),
    "returned": (("return_to_window",), Q()),
    "referred_out": (("refer",), Q()),
    "extended": (("extend", "extend_again"), Q()),
    "supervised": (("supervise",), Q()),
    "escalated": (("escalate",), Q()),
    "taken_over": (("take_over",), Q()),
    "resolved": (("resolve",), Q()),
    "resolved_on_time": (("resolve",), _IN_TIME),
    "done": (("resolve",), Q(data__outcome=Outcome.DONE)),
    "replied": (("reply", "answer"), Q()),
    "called_back": (("call_back",), _REACHED),
    "solved": (("call_back",), _REACHED & Q(data__solved=True)),
    "blocked_again": (("call_back",), _REACHED & Q(data__blocked=True)),
    "trips_told": (("call_back",), _REACHED & Q(trips_said__isnull=False)),
    "rated": (("rate",), Q()),
    "satisfied": (("rate",), Q(grade__gt=max(LOW))),
    "closed": (("close", "close_confirmed"), Q()),
    "reopened": (("reopen",), Q()),
    "withdrawn": (("withdraw",), Q()),
    "dropped": (("withdraw", "merge", "redirected_away"), ~Q(from_state=State.REGISTERED)),
}
"""How each counter is told from the events: which acts, and what else must hold; in words in
`overview.models.COUNTERS`."""

_SUMS: dict[str, tuple[str, tuple[str, ...], Q]] = {
    "trips_before": ("matter__trips_before", ("register",), Q()),
    "months_before": ("matter__months_before", ("register",), Q()),
    "trips_after": ("trips_said", ("call_back",), _REACHED),
    "thanked": ("number", ("thank",), Q()),
}
"""The same for counters that add up what is said: first what."""

_ACTS = {act for acts, _ in _RULES.values() for act in acts} | {
    act for _, acts, _ in _SUMS.values() for act in acts
}

_TOLD = {*_RULES, *_SUMS, "contacted_next_day", *rounds.COUNTERS}
if COUNTERS.keys() != _TOLD:
    raise RuntimeError(f"counters and rules differ: {sorted(COUNTERS.keys() ^ _TOLD)}")
