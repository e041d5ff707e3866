"""What the city is told of a problem and of its measures: codes, dates and counts. No person, no word."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Model, QuerySet

from bancheng.centres.scope import current_centre
from bancheng.overview.models import MeasureMark, ProblemCard
from bancheng.timekeeping import clock
from tenants.improvement.models import Measure, Problem, Watch


def show(problem: Problem) -> None:
    """Write the city's rows of this problem and its measures as they stand now, in the caller's transaction.

    Call it with every change; the problem is locked. Three queries, four with measures that took effect.
    """
    _upsert(ProblemCard, [_card(problem, _latest_watch(problem))])
    _upsert(MeasureMark, _marks(problem, problem.measures.all()))


def rebuild() -> int:
    """Write the rows of this centre anew and remove those of no problem; returns how many problems there are.

    For what was there before the rows were, and after a restore. One problem a transaction, under its lock:
    no act that commits meanwhile is overwritten.
    """
    here = current_centre().code
    cards, marks = ProblemCard.objects.filter(centre=here), MeasureMark.objects.filter(centre=here)
    known = set(cards.values_list("pk", flat=True)), set(marks.values_list("pk", flat=True))
    found = list(Problem.objects.order_by("pk").values_list("pk", flat=True))
    for problem_id in found:
        _rewrite(problem_id)
    begun = set(Measure.objects.filter(from_on__isnull=False).values_list("pk", flat=True))
    cards.filter(pk__in=known[0].difference(found)).delete()
    marks.filter(pk__in=known[1] - begun).delete()
    return len(found)


def expected() -> Iterator[ProblemCard | MeasureMark]:
    """The rows of this centre as they should be, not saved, for `reconcile`."""
    problems = Problem.objects.prefetch_related("measures", "watches").order_by("pk")
    for problem in problems:
        watched = [watch for watch in problem.watches.all() if watch.watched_at]
        yield _card(problem, max(watched, key=_by_round, default=None))
        yield from _marks(problem, problem.measures.all())


@transaction.atomic
def _rewrite(problem_id: UUID) -> None:
    show(Problem.objects.select_for_update().get(pk=problem_id))


def _card(problem: Problem, watch: Watch | None) -> ProblemCard:
    return ProblemCard(
        id=problem.pk,
        centre=current_centre().code,
        number=problem.number,
        item=problem.item,
        cause=problem.cause,
        pain=problem.pain,
        link=problem.link,
        state=problem.state,
        round=problem.round,
        opened_on=_day(problem.opened_at),
        routine_on=_day(problem.routine_at),
        reopened=problem.reopened,
        **_found(watch),
    )


def _found(watch: Watch | None) -> dict[str, Any]:
    """What the latest watch found, whichever round it was of: a problem that returned keeps its figure."""
    if watch is None:
        return {}
    return {
        "window_days": watch.days,
        "before": watch.before,
        "after": watch.after,
        "verdict": watch.verdict,
        "verdict_on": _day(watch.watched_at),
    }


def _marks(problem: Problem, measures: Iterable[Measure]) -> Iterator[MeasureMark]:
    for measure in measures:
        if measure.from_on is None:
            continue
        yield MeasureMark(
            id=measure.pk,
            problem=problem.pk,
            centre=current_centre().code,
            kind=measure.kind,
            item=problem.item,
            cause=problem.cause,
            from_on=measure.from_on,
            ended_on=measure.ended_on,
        )


def _latest_watch(problem: Problem) -> Watch | None:
    watches: QuerySet[Watch] = problem.watches.filter(watched_at__isnull=False)
    return watches.order_by("-round", "-days").first()


def _by_round(watch: Watch) -> tuple[int, int]:
    return watch.round, watch.days


def _day(moment: datetime | None) -> date | None:
    return clock.local(moment).date() if moment else None


def _upsert(table: type[Model], rows: Iterable[Model]) -> None:
    columns = [field.name for field in table._meta.fields if not field.primary_key]
    table._default_manager.bulk_create(
        list(rows), update_conflicts=True, unique_fields=["id"], update_fields=columns
    )
