"""Counting a centre's own schema into the public facts: whole days anew wherever something changed since.

An event is counted on its day in Asia/Shanghai under what its matter is now (item, kind, level, cause), so
one act on a matter can change the facts of every day on which it has an event: all of them are counted again.
"""

from collections.abc import Iterable
from datetime import date

from django.db import connection, transaction
from django.db.models.functions import TruncDate

from bancheng.centres.scope import current_centre
from bancheng.overview import rollup
from bancheng.overview.models import DIMENSIONS, CentreFigure, ConsultationFact, Fact, Span
from bancheng.tenancy import WrongSchema
from bancheng.timekeeping import clock
from bancheng.timekeeping.calendar import WorkingCalendar
from bancheng.timekeeping.calendar import current as current_calendar
from bancheng.timekeeping.clock import SHANGHAI
from tenants.improvement import cards
from tenants.matters.models import ConsultationTally, Event
from tenants.referrals import board
from tenants.workbook import counting
from tenants.workbook.gauges import gauges

AT_ONCE = 1_000
"""Rows written by one statement."""


def summarise(centre: str) -> int:
    """Bring the facts of `centre` up to date; returns how many days had to be counted again.

    Guarantees: facts, spans, gauges, watermark and the days that the city's sums are due for commit together
    or not at all. May be repeated, killed and run several times at once; an act that commits meanwhile is
    counted now or by the next run, never lost. Everything is counted anew under another calendar than before,
    and where the watermark is ahead of the cluster's transactions (the database was restored into another
    cluster). Call inside `in_centre(centre)`; raises WrongSchema elsewhere.
    """
    if not CentreFigure.objects.filter(centre=centre, board_at__isnull=False).exists():
        _write_headers(centre)  # of before the board was kept
    return _summarise(centre, anew=False)


def rebuild(centre: str) -> int:
    """Throw the facts of `centre` away and count everything again, in one transaction like `summarise`.

    Needed after facts were changed by another hand, or after a restore into another cluster that had
    already run past the watermark. What the city has of each referral, problem and measure is written anew
    as well.
    """
    _write_headers(centre)
    return _summarise(centre, anew=True)


def _write_headers(centre: str) -> None:
    if current_centre().code != centre:
        raise WrongSchema(f"the rows of {centre} cannot be written in {current_centre().code}")
    board.rebuild()
    cards.rebuild()
    CentreFigure.objects.update_or_create(centre=centre, defaults={"board_at": clock.now()})


@transaction.atomic
def _summarise(centre: str, *, anew: bool) -> int:
    if current_centre().code != centre:
        raise WrongSchema(f"the facts of {centre} cannot be counted in {current_centre().code}")
    CentreFigure.objects.get_or_create(centre=centre)
    figure = CentreFigure.objects.select_for_update().get(centre=centre)
    # Before anything is read: whatever commits from here on has a transaction at or above this watermark.
    watermark, calendar = _oldest_running_transaction(), current_calendar()
    fits = 0 < figure.watermark <= watermark and figure.calendar == calendar.digest
    since = figure.watermark if fits and not anew else None
    days = _count_matters(centre, since, calendar) | _count_consultations(centre, since)
    rollup.due(days)
    for gauge, value in gauges().items():
        setattr(figure, gauge, value)
    figure.watermark, figure.calendar, figure.summarised_at = watermark, calendar.digest, clock.now()
    figure.save()
    return len(days)


def _count_matters(centre: str, since: int | None, calendar: WorkingCalendar) -> set[date]:
    """Returns the days whose facts were written or taken away; all that there are where `since` is None."""
    days = None if since is None else _touched(since)
    if days is not None and not days:
        return set()
    counted = counting.count(days, calendar)
    gone = _clear(Fact, centre, days) | _clear(Span, centre, days)
    facts = (
        Fact(centre=centre, **dict(zip(DIMENSIONS, dimensions, strict=True)), **counters)
        for dimensions, counters in sorted(counted.facts.items())
        if counters
    )
    spans = (
        Span(centre=centre, day=day, item=item, what=what, value=value, count=number)
        for (day, item, what, value), number in sorted(counted.spans.items())
    )
    Fact.objects.bulk_create(facts, batch_size=AT_ONCE)
    Span.objects.bulk_create(spans, batch_size=AT_ONCE)
    return gone | {day for day, *_ in counted.facts} | {day for day, *_ in counted.spans}


def _touched(since: int) -> set[date]:
    """Every day on which a matter has an event that had another one since."""
    matters = Event.objects.filter(xact__gte=since).values("matter_id")
    theirs = Event.objects.filter(matter__in=matters)
    return set(theirs.values_list(TruncDate("at", tzinfo=SHANGHAI), flat=True).distinct())


def _count_consultations(centre: str, since: int | None) -> set[date]:
    tallies = ConsultationTally.objects.all()
    days = None
    if since is not None:
        days = set(tallies.filter(xact__gte=since).values_list("day", flat=True).distinct())
        if not days:
            return set()
        tallies = tallies.filter(day__in=days)
    gone = _clear(ConsultationFact, centre, days)
    rows = [
        ConsultationFact(centre=centre, day=row.day, item=row.item_code, channel=row.channel, count=row.count)
        for row in tallies.filter(count__gt=0).order_by("day", "item_code", "channel")
    ]
    ConsultationFact.objects.bulk_create(rows, batch_size=AT_ONCE)
    return gone | {row.day for row in rows}


def _clear(
    model: type[Fact | Span | ConsultationFact], centre: str, days: Iterable[date] | None
) -> set[date]:
    """Take the centre's rows of these days away, or all for None; returns the days that had any."""
    rows = model.objects.filter(centre=centre)
    if days is not None:
        rows = rows.filter(day__in=days)
    had = set(rows.values_list("day", flat=True).distinct())
    rows.delete()
    return had


def _oldest_running_transaction() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])
