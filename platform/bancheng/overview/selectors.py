"""What the overview reads of centres: one by one, a page of them, and how fresh their figures are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final

from django.db.models import Count, F, Min, OuterRef, Q, QuerySet, Subquery, Sum

from bancheng.catalogue import selectors as catalogue
from bancheng.centres.models import Centre, Host
from bancheng.centres.models import Kind as CentreKind
from bancheng.errors import NotFound
from bancheng.overview.indicators import Figures, Shown, one_of
from bancheng.overview.models import COUNTERS, GAUGES, CentreFigure, CityNotice, ConsultationFact, Fact
from bancheng.overview.scope import Scope
from bancheng.timekeeping import clock

STALE_AFTER = timedelta(minutes=10)
"""Figures are brought up to date every minute; older ones are shown as what they are."""

SORTS: Final = (
    "registered",
    "accepted",
    "open",
    "overdue",
    "no_owner",
    "no_reply",
    "referrals",
    "consultations",
)
"""What the table of centres may be ordered by, most first: numbers, never a rate, which would be a league."""


@dataclass(frozen=True)
class Row:
    """The counters of one slice of a scope's facts, by name, and the indicators made of them."""

    code: str
    label: str
    counts: Mapping[str, int]
    scope: Scope

    @cached_property
    def figures(self) -> Figures:
        """What its indicators are made of: what was counted here, and nothing more is read."""
        return Figures(self.scope, counts=self.counts)

    @property
    def closing(self) -> Shown:
        """办结率."""
        return one_of(self.figures, "closing")

    @property
    def on_time(self) -> Shown:
        """按期办结率."""
        return one_of(self.figures, "on_time")

    @property
    def satisfied(self) -> Shown:
        """满意率."""
        return one_of(self.figures, "satisfied")


@dataclass(frozen=True)
class CentreRow(Row):
    """The same of one centre, with its consultations and how it stands now.

    `consultations` is None where they cannot be told: they have no kind, level or cause.
    """

    consultations: int | None
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


# --- Centres -----------------------------------------------------------------------------------------


def centres(
    scope: Scope, codes: Iterable[str] | None = None, *, known: Mapping[str, Centre] | None = None
) -> list[CentreRow]:
    """The centres of these codes in that order; without codes all of the scope, in the registry's order.

    Those that have counted nothing stand there too; a code that the registry does not have is left out.
    Three queries, whatever their number, and one of the registry unless it is `known` (`registered`).
    """
    known = registered(scope) if known is None else known
    chosen = list(known) if codes is None else [code for code in codes if code in known]
    within = Q() if codes is None else Q(centre__in=chosen)
    sums = {name: Sum(name, default=0) for name in COUNTERS}
    facts = scope.narrow(Fact.objects.filter(within)).values("centre").annotate(**sums).order_by()
    counts = {row["centre"]: {name: row[name] for name in COUNTERS} for row in facts}
    asked = _consultations(scope, within)
    figures = {figure.centre: figure for figure in CentreFigure.objects.filter(within)}
    return [
        CentreRow(
            code=code,
            label=known[code].short_name,
            counts=counts.get(code, NOTHING),
            scope=replace(scope, centre=code),
            consultations=None if asked is None else asked.get(code, 0),
            figure=figures.get(code) or CentreFigure(centre=code),
            suspended=known[code].suspended_at is not None,
        )
        for code in chosen
    ]


def total(scope: Scope, rows: Sequence[CentreRow]) -> CentreRow:
    """All of the scope's rows together; its figures are as old as the oldest among them."""
    counts = {name: sum(row.counts[name] for row in rows) for name in COUNTERS}
    together = CentreFigure(centre="")
    for gauge in GAUGES:
        setattr(together, gauge, sum(getattr(row.figure, gauge) for row in rows))
    moments = [row.figure.summarised_at for row in rows if not row.suspended]
    known = [moment for moment in moments if moment is not None]
    together.summarised_at = min(known) if known and len(known) == len(moments) else None
    told = [row.consultations for row in rows if row.consultations is not None]
    asked = sum(told) if len(told) == len(rows) else None
    return CentreRow("", "合计", counts, scope, consultations=asked, figure=together, suspended=False)


def ordered(scope: Scope, known: Mapping[str, Centre], *, search: str = "", sort: str = "") -> list[str]:
    """The codes of the `known` centres that have `search` in their name, or as code.

    In the registry's order, or those with most of `sort` first (a name of SORTS; another one is no order).
    """
    wanted = search.strip()
    codes = [
        code
        for code, centre in known.items()
        if wanted in centre.short_name or wanted in centre.name or wanted == code
    ]
    if sort in SORTS:
        amounts = _amounts(scope, sort)
        codes.sort(key=lambda code: -amounts.get(code, 0))
    return codes


def registered(scope: Scope) -> dict[str, Centre]:
    """The centres of the scope by code, in the order of the registry, suspended ones too."""
    found = Centre.objects.filter(kind=CentreKind.CENTRE)
    if scope.centre:
        found = found.filter(code=scope.centre)
    return {centre.code: centre for centre in found}


@dataclass(frozen=True)
class Freshness:
    """How old the figures of the scope's centres are; suspended ones are expected to stand still."""

    centres: int
    counted: int
    at: datetime | None
    """Up to when all those are counted that are up to date; None where none is."""
    behind: list[tuple[str, datetime | None]]
    """Short name and moment of those that were not brought up to date for a while; None: never."""

    @property
    def oldest(self) -> datetime | None:
        """The oldest moment among those behind that were ever counted."""
        return min((at for _, at in self.behind if at is not None), default=None)


def freshness(scope: Scope) -> Freshness:
    """Three queries, none of a row for each centre but for those that are behind."""
    edge = clock.now() - STALE_AFTER
    registry = Centre.objects.filter(kind=CentreKind.CENTRE)
    figures = CentreFigure.objects.exclude(summarised_at=None)
    if scope.centre:
        registry, figures = registry.filter(code=scope.centre), figures.filter(centre=scope.centre)
    fresh = figures.filter(summarised_at__gte=edge)
    serving = registry.filter(suspended_at=None).exclude(code__in=fresh.values("centre"))
    moment = CentreFigure.objects.filter(centre=OuterRef("code")).values("summarised_at")
    known = figures.aggregate(counted=Count("pk"), at=Min("summarised_at", filter=Q(summarised_at__gte=edge)))
    return Freshness(
        centres=registry.count(),
        counted=known["counted"],
        at=known["at"],
        behind=list(serving.values_list("short_name", Subquery(moment))),
    )


def place(scope: Scope) -> str:
    """What the scope is about: the centre's short name, or 全市."""
    if not scope.centre:
        return "全市"
    return (
        Centre.objects.filter(code=scope.centre).values_list("short_name", flat=True).first() or scope.centre
    )


def centre_choices() -> list[tuple[str, str]]:
    """The centres for a form's field, in the order of the registry."""
    return list(Centre.objects.filter(kind=CentreKind.CENTRE).values_list("code", "short_name"))


# --- Lists of the office -----------------------------------------------------------------------------


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


# --- Words -------------------------------------------------------------------------------------------


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


def counter_word(name: str) -> str:
    """The word of a counter of facts. Raises KeyError for another name."""
    return _COUNTER_WORDS[name]


_COUNTER_WORDS: Final = {
    each.name: str(each.verbose_name) for each in Fact._meta.fields if each.name in COUNTERS
}

NOTHING: Final[Mapping[str, int]] = dict.fromkeys(COUNTERS, 0)
"""The counters of a slice in which nothing happened."""


def _consultations(scope: Scope, within: Q) -> dict[str, int] | None:
    """By centre; None where the scope asks for what consultations do not have."""
    if not scope.answered_by(ConsultationFact):
        return None
    rows = scope.narrow(ConsultationFact.objects.filter(within))
    return dict(rows.values_list("centre").annotate(Sum("count")).order_by())


def _amounts(scope: Scope, sort: str) -> dict[str, int]:
    """What centres are ordered by, of all of them in one query."""
    if sort == "consultations":
        return _consultations(scope, Q()) or {}
    if sort in COUNTERS:
        facts: QuerySet[Any] = scope.narrow(Fact.objects.all())
        return dict(facts.values_list("centre").annotate(Sum(sort)).order_by())
    if sort == "referrals":
        out = F("referrals_to_centres") + F("referrals_by_letter")
        return dict(CentreFigure.objects.values_list("centre", out))
    return dict(CentreFigure.objects.values_list("centre", sort))
