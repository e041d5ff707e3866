"""Counting a centre's own schema into the public facts: whole days anew wherever something changed since.

An event is counted on its day in Asia/Shanghai under what its matter is now (item, kind, level, cause), so
one act on a matter can change the facts of every day on which it has an event: all of them are counted again.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import (
    Count,
    DateField,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, TruncDate, TruncTime

from bancheng.catalogue.words import Outcome
from bancheng.centres.scope import current_centre
from bancheng.overview.models import COUNTERS, DIMENSIONS, CentreFigure, ConsultationFact, Fact
from bancheng.tenancy import WrongSchema
from bancheng.timekeeping import clock, terms
from bancheng.timekeeping.calendar import current as current_calendar
from bancheng.timekeeping.clock import SHANGHAI
from bancheng.timekeeping.due import BUSINESS_CLOSES, closing
from tenants.matters import clocks, selectors
from tenants.matters.models import ConsultationTally, Event, Matter, MatterCause
from tenants.matters.states import OPEN, RUNNING, State
from tenants.referrals import board
from tenants.referrals.models import UNDER_WAY, Counterpart, Direction, Referral

Dimensions = tuple[Any, ...]


def summarise(centre: str) -> int:
    """Bring the facts of `centre` up to date; returns how many days had to be counted again.

    Guarantees: facts, gauges and watermark commit together or not at all. May be repeated, killed and run
    several times at once; an act that commits meanwhile is counted now or by the next run, never lost. A
    watermark ahead of the cluster's transactions (the database was restored into another cluster) leads to
    a rebuild. Call inside `in_centre(centre)`; raises WrongSchema elsewhere.
    """
    if not CentreFigure.objects.filter(centre=centre, board_at__isnull=False).exists():
        _write_board(centre)  # its referrals of before the board was kept
    return _summarise(centre, anew=False)


def rebuild(centre: str) -> int:
    """Throw the facts of `centre` away and count everything again, in one transaction like `summarise`.

    Needed after facts were changed by another hand, or after a restore into another cluster that had
    already run past the watermark. The referrals' rows on the coordinator's board are written anew too.
    """
    _write_board(centre)
    return _summarise(centre, anew=True)


def _write_board(centre: str) -> None:
    if current_centre().code != centre:
        raise WrongSchema(f"the board's rows of {centre} cannot be written in {current_centre().code}")
    board.rebuild()
    CentreFigure.objects.update_or_create(centre=centre, defaults={"board_at": clock.now()})


@transaction.atomic
def _summarise(centre: str, *, anew: bool) -> int:
    if current_centre().code != centre:
        raise WrongSchema(f"the facts of {centre} cannot be counted in {current_centre().code}")
    CentreFigure.objects.get_or_create(centre=centre)
    figure = CentreFigure.objects.select_for_update().get(centre=centre)
    # Before anything is read: whatever commits from here on has a transaction at or above this watermark.
    watermark = _oldest_running_transaction()
    since = 0 if anew or figure.watermark > watermark else figure.watermark
    if since == 0:
        Fact.objects.filter(centre=centre).delete()
        ConsultationFact.objects.filter(centre=centre).delete()
    days = _count_matters(centre, since) | _count_consultations(centre, since)
    for gauge, value in gauges().items():
        setattr(figure, gauge, value)
    figure.watermark, figure.summarised_at = watermark, clock.now()
    figure.save()
    return len(days)


def gauges() -> dict[str, int]:
    """How the centre that is served stands now, by the names of `overview.models.GAUGES`. Five queries."""
    closes = clock.now() > closing(clock.today())
    late = Q(due_on__lte=clock.today()) if closes else Q(due_on__lt=clock.today())
    matters = Matter.objects.aggregate(
        open=Count("pk", filter=Q(state__in=OPEN)),
        supervised=Count("pk", filter=Q(state__in=OPEN, supervised=True)),
        taken_over=Count("pk", filter=Q(state__in=OPEN, case_leader__isnull=False)),
        overdue=Count("pk", filter=late & Q(state__in=RUNNING) & ~Q(state=State.AWAITING_MATERIAL)),
    )
    reported = Matter.objects.filter(state__in=OPEN, ladder_steps__step="notify_city").distinct()
    sent = Q(direction=Direction.SENT, state__in=UNDER_WAY)
    referrals = Referral.objects.aggregate(
        referrals_to_centres=Count("pk", filter=sent & ~Q(counterpart=Counterpart.LETTER)),
        referrals_by_letter=Count("pk", filter=sent & Q(counterpart=Counterpart.LETTER)),
        referrals_received=Count("pk", filter=Q(direction=Direction.RECEIVED, state__in=UNDER_WAY)),
    )
    return (
        matters
        | referrals
        | {
            "no_owner": selectors.without_owner().count(),
            "no_reply": selectors.without_reply().count(),
            "city_notices": reported.count(),
        }
    )


# --- Matters -----------------------------------------------------------------------------------------


def _count_matters(centre: str, since: int) -> set[date]:
    touched = Event.objects.filter(xact__gte=since).values("matter_id")
    theirs = Event.objects.filter(matter__in=touched)
    days = set(theirs.values_list(TruncDate("at", tzinfo=SHANGHAI), flat=True).distinct())
    if days:
        facts = _counted(days)
        for dimensions, worked in _worked(days).items():
            facts[dimensions]["handling_days"] = worked
        Fact.objects.filter(centre=centre, day__in=days).delete()
        Fact.objects.bulk_create(
            Fact(centre=centre, **dict(zip(DIMENSIONS, dimensions, strict=True)), **counted)
            for dimensions, counted in facts.items()
        )
    return days


def _counted(days: Iterable[date]) -> dict[Dimensions, dict[str, int]]:
    """All counters but the handling days, in one grouped query; rows without anything to count left out."""
    counters = {name: Count("pk", filter=rule) for name, rule in _RULES.items()}
    rows = (
        _with_dimensions(days)
        .annotate(
            contacted_on=TruncDate("matter__first_contact_at", tzinfo=SHANGHAI),
            hour=TruncTime("at", tzinfo=SHANGHAI),
            due_then=Cast(KeyTextTransform("due_on", "data"), DateField()),
        )
        .values(*DIMENSIONS)
        .annotate(**counters)
        .order_by()
    )
    return {
        tuple(row[name] for name in DIMENSIONS): {name: row[name] for name in counters}
        for row in rows
        if any(row[name] for name in counters)
    }


def _worked(days: Iterable[date]) -> dict[Dimensions, int]:
    """The working days that resolutions took, by dimensions: net of the time the reporter was waited for."""
    rows = list(
        _with_dimensions(days).filter(act="resolve").values_list("matter_id", "seq", "at", *DIMENSIONS)
    )
    wound = Event.objects.filter(matter__in={row[0] for row in rows}, act__in=clocks.WINDING).order_by("seq")
    timelines: defaultdict[UUID, list[Event]] = defaultdict(list)
    for event in wound.only("matter_id", "seq", "act", "at", "data"):
        timelines[event.matter_id].append(event)
    calendar = current_calendar()
    sums: defaultdict[Dimensions, int] = defaultdict(int)
    for matter_id, seq, at, *dimensions in rows:
        term = clocks.term_of((event for event in timelines[matter_id] if event.seq <= seq), calendar)
        if term is not None:
            sums[tuple(dimensions)] += terms.spent(term, calendar, at).net
    return dict(sums)


def _with_dimensions(days: Iterable[date]) -> QuerySet[Event, Any]:
    """The events of these days with their day and what their matters are now."""
    principal = MatterCause.objects.filter(matter=OuterRef("matter"), principal=True).values("code")
    return (
        Event.objects.filter(at__gte=clock.start_of(min(days)), at__lt=clock.end_of(max(days)))
        .annotate(
            day=TruncDate("at", tzinfo=SHANGHAI),
            item=F("matter__item_code"),
            kind=F("matter__kind"),
            level=Coalesce(F("matter__level"), Value(0), output_field=IntegerField()),
            cause=Coalesce(Subquery(principal), Value("")),
            mode=F("matter__mode"),
            reporter=F("matter__reporter__kind"),
            cross_department=Value(False),
            cross_level=Value(False),
            cross_region=Value(False),
            outcome=F("matter__outcome"),
        )
        .filter(day__in=days)
    )


_IN_TIME = Q(due_then__gt=F("day")) | Q(due_then=F("day"), hour__lte=BUSINESS_CLOSES)
_RULES: dict[str, Q] = {
    "registered": Q(act="register"),
    "received": Q(act="register", matter__origin_referral__isnull=False),
    "accepted": Q(act="accept"),
    "accepted_closed": Q(act="accept", matter__state=State.CLOSED),
    "contacted_same_day": Q(act="accept", contacted_on__lte=F("day")),
    "declined": Q(act="decline"),
    "returned": Q(act="return_to_window"),
    "referred_out": Q(act="refer"),
    "resolved": Q(act="resolve"),
    "resolved_on_time": Q(act="resolve") & _IN_TIME,
    "done": Q(act="resolve", data__outcome=Outcome.DONE),
    "replied": Q(act__in=("reply", "answer")),
    "closed": Q(act__in=("close", "close_confirmed")),
    "reopened": Q(act="reopen"),
    "withdrawn": Q(act="withdraw"),
    "dropped": Q(to_state__in=(State.WITHDRAWN, State.MERGED))
    & ~Q(from_state=F("to_state"))
    & ~Q(from_state=State.REGISTERED),
}
"""How each counter is told from the events; in words in `overview.models.COUNTERS`."""

if not _RULES.keys() | {"handling_days"} <= COUNTERS.keys():
    raise RuntimeError("a rule without a counter")


# --- Consultations -----------------------------------------------------------------------------------


def _count_consultations(centre: str, since: int) -> set[date]:
    days = set(ConsultationTally.objects.filter(xact__gte=since).values_list("day", flat=True).distinct())
    if days:
        ConsultationFact.objects.filter(centre=centre, day__in=days).delete()
        ConsultationFact.objects.bulk_create(
            ConsultationFact(
                centre=centre, day=row.day, item=row.item_code, channel=row.channel, count=row.count
            )
            for row in ConsultationTally.objects.filter(day__in=days, count__gt=0)
        )
    return days


def _oldest_running_transaction() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])
