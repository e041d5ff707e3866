"""Patterns that stand in several centres, and the problems that the city has made of them: by codes only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncMonth

from bancheng.centres.models import Centre
from bancheng.centres.models import Kind as CentreKind
from bancheng.errors import NotFound
from bancheng.overview import rates
from bancheng.overview.city import counting, workflow
from bancheng.overview.city.workflow import WATCH_DAYS
from bancheng.overview.models import CityProblem, Fact, Link, MeasureKind, ProblemCard, ProblemState, Verdict
from bancheng.overview.selectors import cause_name, item_name
from bancheng.overview.units import short_names
from bancheng.privacy import audit
from bancheng.timekeeping import clock
from bancheng.web import words

PERMISSION: Final = "overview.view"
LIVE: Final = tuple(state for state in ProblemState if state != ProblemState.DISMISSED)
MONTHS: Final = 12


@dataclass(frozen=True)
class Thresholds:
    """When the facts alone make a pattern: in `days`, at least `each` matters in each of `spread` centres.

    House rule; whoever looks may ask with others.
    """

    days: int = 180
    each: int = 3
    spread: int = 3


@dataclass
class Pattern:
    """One item × cause that stands in several centres, in their registers or in the facts alone."""

    item: str
    cause: str
    cards: dict[str, ProblemState] = field(default_factory=dict)
    """By centre, where its problem stands."""
    counts: dict[str, int] = field(default_factory=dict)
    """By centre over the threshold, how many matters came in the days looked at."""
    taken_up: CityProblem | None = None

    @property
    def item_label(self) -> str:
        return item_name(self.item)

    @property
    def cause_label(self) -> str:
        return cause_name(self.cause)

    @property
    def centres(self) -> list[str]:
        return sorted({*self.cards, *self.counts})

    @property
    def matters(self) -> int:
        return sum(self.counts.values())

    @property
    def rank(self) -> tuple[Any, ...]:
        """Not yet taken up first, then by how many centres and matters."""
        return self.taken_up is not None, -len(self.centres), -self.matters, self.item, self.cause


def patterns(asked: Thresholds | None = None) -> list[Pattern]:
    """Those that stand in two centres' registers or over the thresholds. Three queries, however many."""
    asked = asked or Thresholds()
    found: dict[tuple[str, str], Pattern] = {}

    def at(item: str, cause: str) -> Pattern:
        return found.setdefault((item, cause), Pattern(item, cause))

    cards = ProblemCard.objects.filter(state__in=LIVE)
    for item, cause, centre, state in cards.values_list("item", "cause", "centre", "state"):
        at(item, cause).cards[centre] = ProblemState(state)
    since = clock.today() - timedelta(days=asked.days)
    facts = Fact.objects.filter(day__gt=since).exclude(cause="").values("item", "cause", "centre")
    many = facts.annotate(came=Sum(counting.CAME)).filter(came__gte=asked.each).order_by()
    for row in many:
        at(row["item"], row["cause"]).counts[row["centre"]] = row["came"]
    for problem in CityProblem.objects.filter(state__in=LIVE):
        if known := found.get((problem.item, problem.cause)):
            known.taken_up = problem
    standing = (each for each in found.values() if len(each.cards) >= 2 or len(each.counts) >= asked.spread)
    return sorted(standing, key=lambda each: each.rank)


def problems(*, state: str = "", item: str = "", cause: str = "") -> QuerySet[CityProblem]:
    """The register of the city's problems, the newest first."""
    found = CityProblem.objects.all()
    if state:
        found = found.filter(state=state)
    if item:
        found = found.filter(item=item)
    return found.filter(cause=cause) if cause else found


def problem(problem_id: UUID) -> CityProblem:
    """One of them. Raises NotFound."""
    try:
        return CityProblem.objects.get(pk=problem_id)
    except CityProblem.DoesNotExist:
        raise NotFound("没有这个市级问题。") from None


def centre_choices() -> list[tuple[str, str]]:
    """All centres, suspended ones too, in the order of the registry."""
    return list(Centre.objects.filter(kind=CentreKind.CENTRE).values_list("code", "short_name"))


# --- One problem as it is shown -----------------------------------------------------------------------


@dataclass(frozen=True)
class CentreLine:
    """One of the centres that a problem concerns: its own problem, and what came there of late."""

    code: str
    name: str
    card: ProblemCard | None
    came: int

    @property
    def verdict(self) -> str:
        return str(self.card.get_verdict_display()) if self.card and self.card.verdict else ""


@dataclass(frozen=True)
class Step:
    """One thing that was done, out of the office's audit trail."""

    at: datetime
    who: str
    what: str
    text: str
    icon: str
    tone: str


@dataclass(frozen=True)
class Line:
    """A problem of the city in a list."""

    problem: CityProblem
    names: Mapping[str, str] = field(default_factory=short_names)

    @property
    def item_label(self) -> str:
        return item_name(self.problem.item)

    @property
    def cause_label(self) -> str:
        return cause_name(self.problem.cause)

    @property
    def state_label(self) -> str:
        return str(ProblemState(self.problem.state).label)

    @property
    def link_label(self) -> str:
        return str(Link(self.problem.link).label)

    @property
    def measure_label(self) -> str:
        return str(MeasureKind(self.problem.measure).label) if self.problem.measure else ""

    @property
    def verdict_label(self) -> str:
        return str(Verdict(self.problem.verdict).label) if self.problem.verdict else ""

    @property
    def centre_names(self) -> list[str]:
        return [self.names.get(code, code) for code in self.problem.centres]

    @property
    def watch_on(self) -> date | None:
        """When it will be watched next."""
        since = self.problem.verdict_on or self.problem.routine_on
        routine = self.problem.state == workflow.WATCHED_FROM and since is not None
        return since + timedelta(days=WATCH_DAYS) if routine and since else None

    @property
    def recurrence(self) -> rates.Recurrence | None:
        """What the last watch found."""
        if self.problem.before is None or self.problem.after is None:
            return None
        return rates.recurrence(self.problem.before, self.problem.after)


@dataclass(frozen=True)
class Detail(Line):
    """The same with its centres, its months and its course; each is asked for when it is shown."""

    @cached_property
    def centres(self) -> list[CentreLine]:
        """In their order, with what came in the last WATCH_DAYS."""
        pattern = {"item": self.problem.item, "cause": self.problem.cause}
        cards = {
            card.centre: card
            for card in ProblemCard.objects.filter(**pattern, centre__in=self.problem.centres).exclude(
                state=ProblemState.DISMISSED
            )
        }
        since = clock.today() - timedelta(days=WATCH_DAYS)
        came = _summed(self._facts.filter(day__gt=since), "centre")
        return [
            CentreLine(code, self.names.get(code, code), cards.get(code), came.get(code, 0))
            for code in self.problem.centres
        ]

    @cached_property
    def months(self) -> list[tuple[date, int]]:
        """How many came in each of the last months, this one too."""
        last = clock.today().replace(day=1)
        firsts = [_months_back(last, back) for back in range(MONTHS - 1, -1, -1)]
        came = _summed(self._facts.filter(day__gte=firsts[0]), TruncMonth("day"))
        return [(first, came.get(first, 0)) for first in firsts]

    @property
    def so_far(self) -> tuple[int, rates.Recurrence] | None:
        """Since how many days the measure is in force, and the same comparison over as many before it."""
        from_on, today = self.problem.from_on, clock.today()
        if from_on is None or from_on >= today:
            return None
        days = min((today - from_on).days, WATCH_DAYS)
        return days, rates.recurrence(*counting.before_and_since(self.problem, until=today, days=days))

    @property
    def course(self) -> list[Step]:
        """The newest first."""
        return [_step(entry, self.names) for entry in audit.entries(subject=self.problem)]

    @property
    def _facts(self) -> QuerySet[Fact]:
        return counting.facts_of(self.problem.item, self.problem.cause, self.problem.centres)


_ICONS: Final = {
    "take_up": ("立项", "flag", "blue"),
    "amend": ("更正范围", "edit", "grey"),
    "set_measure": ("定措施", "adjustments", "teal"),
    "end_measure": ("停止措施", "player-pause", "amber"),
    "make_routine": ("转为常态", "circle-check", "green"),
    "reopen": ("重新立项", "refresh", "red"),
    "dismiss": ("撤销立项", "x", "grey"),
    "watch": ("跟踪评估", "chart-line", "blue"),
}


def _step(entry: Any, names: Mapping[str, str]) -> Step:
    what, icon, tone = _ICONS[entry.act.removeprefix("city_problem.")]
    said = [text for text in (_said(entry.data, names), entry.reason) if text]
    return Step(entry.at, entry.actor_label, what, "；".join(said), icon, tone)


def _said(data: Mapping[str, Any], names: Mapping[str, str]) -> str:
    parts = []
    if "centres" in data:
        parts.append("涉及" + "、".join(names.get(code, code) for code in data["centres"]))
    if "link" in data:
        parts.append(f"可由{Link(data['link']).label}解决")
    if "kind" in data:
        parts.append(f"{MeasureKind(data['kind']).label}，自{data['from_on']}起")
    if "verdict" in data:
        parts.append(f"措施前{data['before']}件，措施后{data['after']}件，{Verdict(data['verdict']).label}")
    return "，".join(parts)


def _summed(facts: QuerySet[Fact], by: Any) -> dict[Any, int]:
    """How many came, by a column or what is made of one."""
    rows = facts.values_list(by).annotate(came=Sum(counting.CAME)).order_by()
    return dict(rows)


def _months_back(first: date, months: int) -> date:
    count = first.year * 12 + first.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)


def month_word(first: date) -> str:
    """2026-11."""
    return words.day(first)[:7]
