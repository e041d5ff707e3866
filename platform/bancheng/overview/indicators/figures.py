"""The sums that indicators are made of, each read when it is first asked for and then remembered."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Final

from django.db.models import Count, DateField, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import TruncDate

from bancheng.centres.models import Centre
from bancheng.centres.models import Kind as CentreKind
from bancheng.centres.onboarding import listed_centres
from bancheng.overview.models import (
    COUNTERS,
    GAUGES,
    BoardCase,
    CentreFigure,
    CityDay,
    CitySpan,
    ConsultationFact,
    Fact,
    ProblemCard,
    Span,
    SpanKind,
)
from bancheng.overview.scope import CROSS, Scope
from bancheng.timekeeping import clock
from bancheng.timekeeping.clock import SHANGHAI

ON_THE_BOARD: Final = frozenset({"centre", "item", "scheme", "level"})
"""What referrals can be narrowed by: a header on the board knows no kind, no cause, no reporter."""
OF_PROBLEMS: Final = frozenset({"centre", "item", "scheme", "cause"})
"""What problems can be narrowed by."""


@dataclass(frozen=True)
class Part:
    """So many out of so many."""

    part: int
    whole: int


@dataclass(frozen=True)
class Referrals:
    """The referrals of the scope that were sent in its period, by their headers on the board."""

    sent: int
    returned: int
    due: int
    """Those that had to be signed for by now."""
    signed_in_time: int


class Figures:
    """What was counted in a scope. A sum is None where the scope asks for what its rows cannot tell.

    The whole city is answered by the city's sums by day, so the number of centres makes no difference; only
    the shares of what a matter crosses, the causes and the backlog read the facts. `known` are sums that the
    caller has already, by the names of the properties.
    """

    def __init__(self, scope: Scope, **known: Any) -> None:
        self.scope = scope
        for name, value in known.items():
            if not isinstance(getattr(Figures, name, None), cached_property):
                raise TypeError(f"there is no sum called {name!r}")
            self.__dict__[name] = value

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """Every counter of COUNTERS, summed over the period."""
        return self._summed({name: Sum(name, default=0) for name in COUNTERS})

    @cached_property
    def consultations(self) -> int | None:
        """Consultations answered in the period."""
        if self.scope.whole_city:
            return self._summed({"consultations": Sum("consultations", default=0)})["consultations"]
        if not self.scope.answered_by(ConsultationFact):
            return None
        found = self.scope.narrow(ConsultationFact.objects.all()).aggregate(count=Sum("count", default=0))
        return int(found["count"])

    @cached_property
    def open_at_start(self) -> int:
        """Accepted matters that had not ended when the period began, out of the facts of all days before."""
        before = replace(self.scope, since=date.min, until=self.scope.since - timedelta(days=1))
        moved = Figures(before)._summed({name: Sum(name, default=0) for name in _OPENING})
        return sum(sign * moved[name] for name, sign in _OPENING.items())

    @cached_property
    def spreads(self) -> Mapping[str, list[tuple[int, int]]] | None:
        """By SpanKind, which values single matters of the period had, and how many had each."""
        model = CitySpan if self.scope.whole_city else Span
        if not self.scope.answered_by(model):
            return None
        rows = (
            self.scope.narrow(model._default_manager.all())
            .values_list("what", "value")
            .annotate(matters=Sum("count"))
            .order_by("what", "value")
        )
        pairs: dict[str, list[tuple[int, int]]] = {kind.value: [] for kind in SpanKind}
        for what, value, count in rows:
            pairs[what].append((value, count))
        return pairs

    @cached_property
    def gauges(self) -> Mapping[str, int] | None:
        """How the centres stand now, by the names of GAUGES; not of the period."""
        if not self.scope.narrowed.keys() <= {"centre"}:
            return None
        found = CentreFigure.objects.filter(**self.scope.narrowed)
        return dict(found.aggregate(**{name: Sum(name, default=0) for name in GAUGES}))

    @cached_property
    def crossing(self) -> Mapping[str, int]:
        """By the keys of CROSS, how many of the accepted matters go beyond one."""
        across = {name: Sum("accepted", filter=Q(**{f"cross_{name}": True}), default=0) for name in CROSS}
        return dict(self.scope.narrow(Fact.objects.all()).aggregate(**across))

    @cached_property
    def causes(self) -> Mapping[str, int]:
        """Accepted matters by their principal cause ("": none yet), most frequent first."""
        rows = self.scope.narrow(Fact.objects.all()).values_list("cause").annotate(amount=Sum("accepted"))
        return dict(rows.filter(amount__gt=0).order_by("-amount", "cause"))

    @cached_property
    def backlog(self) -> Part | None:
        """Of the matters whose reporter told since when: those older than the window itself.

        A window is as old as the first day on which its centre counted anything.
        """
        if not self.scope.answered_by(Span):
            return None
        told = self.scope.narrow(Span.objects.filter(what=SpanKind.BEFORE))
        opened = Fact.objects.filter(centre=OuterRef("centre")).order_by("day").values("day")[:1]
        since = ExpressionWrapper(F("day") - F("value"), output_field=DateField())
        found = told.annotate(since=since, opened=Subquery(opened)).aggregate(
            whole=Sum("count", default=0), part=Sum("count", filter=Q(since__lt=F("opened")), default=0)
        )
        return Part(found["part"], found["whole"])

    @cached_property
    def referrals(self) -> Referrals | None:
        """Those that the scope's centres sent in the period, by the day on which they were last sent."""
        if not self.scope.narrowed.keys() <= ON_THE_BOARD:
            return None
        scope, today = self.scope, clock.today()
        sent = BoardCase.objects.filter(
            sent_at__gte=clock.start_of(scope.since), sent_at__lt=clock.end_of(scope.until)
        )
        sent = _narrowed(sent, scope, centre="source")
        if scope.level:
            sent = sent.filter(level=int(scope.level))
        signed_on = TruncDate("signed_at", tzinfo=SHANGHAI)
        due = Q(signed_at__isnull=False) | Q(state="sent", sign_due_on__lt=today)
        found = sent.annotate(signed_on=signed_on).aggregate(
            sent=Count("pk"),
            returned=Count("pk", filter=Q(state="returned") | ~Q(ground="")),
            due=Count("pk", filter=due),
            signed_in_time=Count("pk", filter=Q(signed_on__lte=F("sign_due_on"))),
        )
        return Referrals(**found)

    @cached_property
    def recurrence(self) -> Part | None:
        """Matters after the measure and before it, of the problems whose watch ended in the period."""
        if not self.scope.narrowed.keys() <= OF_PROBLEMS:
            return None
        scope = self.scope
        found = ProblemCard.objects.filter(
            verdict_on__gte=scope.since,
            verdict_on__lte=scope.until,
            before__isnull=False,
            after__isnull=False,
        )
        found = _narrowed(found, scope, centre="centre")
        if scope.cause:
            found = found.filter(cause=scope.cause)
        sums = found.aggregate(part=Sum("after", default=0), whole=Sum("before", default=0))
        return Part(sums["part"], sums["whole"])

    @cached_property
    def coverage(self) -> Part | None:
        """Divisions of the city's list with a window in service; None of anything less than the city."""
        if not self.scope.whole_city:
            return None
        listed = {row["code"] for row in listed_centres() if row["kind"] == CentreKind.CENTRE}
        serving = Centre.objects.filter(kind=CentreKind.CENTRE, suspended_at=None, code__in=listed)
        return Part(serving.count(), len(listed))

    def _summed(self, sums: Mapping[str, Sum]) -> dict[str, int]:
        model = CityDay if self.scope.whole_city else Fact
        return dict(self.scope.narrow(model._default_manager.all()).aggregate(**sums))


_OPENING: Final = {"accepted": 1, "reopened": 1, "closed": -1, "dropped": -1}
"""What makes accepted matters more or fewer that are not ended."""


def _narrowed(rows: QuerySet[Any], scope: Scope, *, centre: str) -> QuerySet[Any]:
    """By centre, item and scheme: what headers and problems have in common with facts."""
    if scope.centre:
        rows = rows.filter(**{centre: scope.centre})
    if scope.item:
        rows = rows.filter(item=scope.item)
    return rows.filter(item__in=scope.items) if scope.scheme else rows
