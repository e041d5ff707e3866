"""What the overview reads: sums of facts over a period; more centres or more days take no more queries."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncMonth

from bancheng.catalogue import selectors as catalogue
from bancheng.catalogue.words import Kind
from bancheng.centres.models import Centre, Host
from bancheng.centres.models import Kind as CentreKind
from bancheng.errors import NotFound
from bancheng.overview.models import COUNTERS, GAUGES, CentreFigure, CityNotice, ConsultationFact, Fact
from bancheng.overview.scope import Scope
from bancheng.timekeeping import clock
from bancheng.web import words

STALE_AFTER = timedelta(minutes=10)
"""Figures are brought up to date every minute; older ones are shown as what they are."""

_SUMS = {name: Sum(name, default=0) for name in COUNTERS}


@dataclass(frozen=True)
class Rate:
    """A share with its numerator and denominator: "—" of nothing, and no percentage of fewer than five."""

    part: int
    whole: int

    @property
    def text(self) -> str:
        return words.rate(self.part, self.whole) if self.whole else "—"

    @property
    def fraction(self) -> str:
        return f"{self.part}/{self.whole}"


@dataclass(frozen=True)
class Row:
    """The counters of one slice of the facts, by name, and the rates that stand beside them everywhere."""

    code: str
    label: str
    counts: Mapping[str, int]

    @property
    def closing(self) -> Rate:
        """办结率."""
        return Rate(self.counts["accepted_closed"], self.counts["accepted"])

    @property
    def on_time(self) -> Rate:
        """按期办结率."""
        return Rate(self.counts["resolved_on_time"], self.counts["resolved"])


@dataclass(frozen=True)
class CentreRow(Row):
    """The same of one centre, with its consultations and how it stands now."""

    consultations: int
    figure: CentreFigure
    suspended: bool

    @property
    def referrals_out(self) -> int:
        return self.figure.referrals_to_centres + self.figure.referrals_by_letter

    @property
    def stale(self) -> bool:
        """Whether its figures were not brought up to date for a while, or never."""
        at = self.figure.summarised_at
        return at is None or clock.now() - at > STALE_AFTER


@dataclass(frozen=True)
class Month:
    """One month of the trend; the first and last may be cut by the period."""

    first: date
    registered: int
    closed: int
    consultations: int

    @property
    def label(self) -> str:
        return f"{self.first:%Y-%m}"


@dataclass(frozen=True)
class Causes:
    """Accepted matters by item and principal cause, and each of the two alone, most frequent first."""

    items: list[Row]
    causes: list[Row]
    cells: Mapping[tuple[str, str], int] = field(default_factory=dict)


def centres(scope: Scope) -> list[CentreRow]:
    """Every centre of the scope in the order of the registry, those that have counted nothing too."""
    registry = Centre.objects.filter(kind=CentreKind.CENTRE)
    if scope.centre:
        registry = registry.filter(code=scope.centre)
    counts = _grouped(scope, "centre")
    asked = dict(
        scope.narrow(ConsultationFact.objects.all()).values_list("centre").annotate(Sum("count")).order_by()
    )
    figures = {figure.centre: figure for figure in CentreFigure.objects.all()}
    return [
        CentreRow(
            code=centre.code,
            label=centre.short_name,
            counts=counts.get(centre.code, _NOTHING),
            consultations=asked.get(centre.code, 0),
            figure=figures.get(centre.code) or CentreFigure(centre=centre.code),
            suspended=centre.suspended_at is not None,
        )
        for centre in registry
    ]


def total(rows: list[CentreRow]) -> CentreRow:
    """All of the rows together; its figures are as old as the oldest among them."""
    counts = {name: sum(row.counts[name] for row in rows) for name in COUNTERS}
    together = CentreFigure(centre="")
    for gauge in GAUGES:
        setattr(together, gauge, sum(getattr(row.figure, gauge) for row in rows))
    moments = [row.figure.summarised_at for row in rows if not row.suspended]
    known = [moment for moment in moments if moment is not None]
    together.summarised_at = min(known) if known and len(known) == len(moments) else None
    asked = sum(row.consultations for row in rows)
    return CentreRow("", "合计", counts, consultations=asked, figure=together, suspended=False)


def months(scope: Scope) -> list[Month]:
    """Month by month from the first to the last of the scope, empty ones too."""
    by_month = {"month": TruncMonth("day")}
    done = {
        row["month"]: row
        for row in scope.narrow(Fact.objects.all())
        .values(**by_month)
        .annotate(registered=Sum("registered"), closed=Sum("closed"))
        .order_by()
    }
    asked = dict(
        scope.narrow(ConsultationFact.objects.all())
        .values_list(TruncMonth("day"))
        .annotate(Sum("count"))
        .order_by()
    )
    return [
        Month(
            first,
            registered=done[first]["registered"] if first in done else 0,
            closed=done[first]["closed"] if first in done else 0,
            consultations=asked.get(first, 0),
        )
        for first in _firsts(scope)
    ]


def kinds(scope: Scope) -> list[Row]:
    """By kind (急事、难事、新事), in that order."""
    counts = _grouped(scope, "kind")
    return [Row(kind.value, str(kind.label), counts.get(kind.value, _NOTHING)) for kind in Kind]


def causes(scope: Scope) -> Causes:
    """By item and by principal cause, out of one query."""
    items: dict[str, Counter[str]] = {}
    reasons: dict[str, Counter[str]] = {}
    cells: Counter[tuple[str, str]] = Counter()
    for row in scope.narrow(Fact.objects.all()).values("item", "cause").annotate(**_SUMS).order_by():
        counts = {name: row[name] for name in COUNTERS}
        items.setdefault(row["item"], Counter(_NOTHING)).update(counts)
        reasons.setdefault(row["cause"], Counter(_NOTHING)).update(counts)
        cells[row["item"], row["cause"]] += row["accepted"]
    return Causes(
        items=_ranked(Row(code, item_name(code), counts) for code, counts in items.items()),
        causes=_ranked(Row(code, cause_name(code), counts) for code, counts in reasons.items()),
        cells=cells,
    )


def centre_choices() -> list[tuple[str, str]]:
    """The centres for a form's field, in the order of the registry."""
    return list(Centre.objects.filter(kind=CentreKind.CENTRE).values_list("code", "short_name"))


def city_notices(centre: str = "") -> QuerySet[CityNotice]:
    """What was reported to the city, of one centre or ("") of all, newest first."""
    return CityNotice.objects.filter(centre=centre) if centre else CityNotice.objects.all()


@dataclass(frozen=True)
class Registered:
    """A centre or office as the operator's list shows it."""

    centre: Centre
    host: str
    summarised_at: datetime | None


def registry() -> list[Registered]:
    """Every centre and the office, with host and the time of its figures. Three queries."""
    hosts = dict(Host.objects.filter(is_primary=True).values_list("tenant_id", "domain"))
    moments = dict(CentreFigure.objects.values_list("centre", "summarised_at"))
    return [
        Registered(centre, hosts.get(centre.pk, ""), moments.get(centre.code))
        for centre in Centre.objects.exclude(kind=CentreKind.PUBLIC)
    ]


def item_name(code: str) -> str:
    """The item as the catalogue calls it; an unknown code is shown as it is."""
    try:
        return catalogue.item(code).name
    except NotFound:
        return code


def cause_name(code: str) -> str:
    """The cause as the catalogue calls it; before triage there is none."""
    if not code:
        return "尚未研判"
    try:
        return catalogue.cause(code).name
    except NotFound:
        return code


_NOTHING = dict.fromkeys(COUNTERS, 0)


def _grouped(scope: Scope, dimension: str) -> dict[str, dict[str, int]]:
    rows = scope.narrow(Fact.objects.all()).values(dimension).annotate(**_SUMS).order_by()
    return {row[dimension]: {name: row[name] for name in COUNTERS} for row in rows}


def _ranked(rows: Iterator[Row]) -> list[Row]:
    return sorted(
        (row for row in rows if row.counts["accepted"]), key=lambda row: (-row.counts["accepted"], row.code)
    )


def _firsts(scope: Scope) -> Iterator[date]:
    first, last = (day.year * 12 + day.month - 1 for day in (scope.since, scope.until))
    return (date(month // 12, month % 12 + 1, 1) for month in range(first, last + 1))
