"""How many matters of a pattern came to the centres that a problem of the city concerns: out of the facts."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import F, QuerySet, Sum

from bancheng.overview.city.workflow import WATCH_DAYS
from bancheng.overview.models import CityProblem, Fact

CAME = F("registered") - F("received")
"""What a person brought: one that was referred is counted where it came in first."""


def facts_of(item: str, cause: str, centres: Sequence[str]) -> QuerySet[Fact]:
    """The facts of the pattern in these centres."""
    return Fact.objects.filter(item=item, cause=cause, centre__in=list(centres))


def count(facts: QuerySet[Fact], since: date, until: date) -> int:
    """How many came from `since` to the day before `until`."""
    found = facts.filter(day__gte=since, day__lt=until).aggregate(came=Sum(CAME, default=0))
    return int(found["came"])


def before_and_since(problem: CityProblem, *, until: date, days: int = WATCH_DAYS) -> tuple[int, int]:
    """How many came in so many days before the measure took effect, and in as many before `until`.

    (0, 0) where there is no measure.
    """
    if problem.from_on is None:
        return 0, 0
    facts, length = facts_of(problem.item, problem.cause, problem.centres), timedelta(days=days)
    return count(facts, problem.from_on - length, problem.from_on), count(facts, until - length, until)
