"""The one shape of every act on a problem: lock, check, change, append to its course, show it, audit."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max

from bancheng.errors import NotFound
from bancheng.identity.actors import Actor
from bancheng.overview.models import ProblemState
from bancheng.privacy import audit
from bancheng.tenancy import current_schema
from bancheng.timekeeping import clock
from tenants.improvement import cards, workflow
from tenants.improvement.models import Problem, ProblemEvent


@dataclass
class Act:
    """What an action says about itself while it runs: `note` is shown in the course of the problem.

    `to_state` is for the steps whose target the table leaves open; None: as the measures stand.
    """

    problem: Problem
    actor: Actor
    note: str = ""
    to_state: ProblemState | None = None


@contextmanager
def acting(name: str, *, problem_id: UUID, actor: Actor) -> Iterator[Act]:
    """Lock the problem, check that `actor` may do `name` now, and on leaving write everything down.

    Guarantees: all of it, and what the city sees of it, commits together with the caller's own changes, or
    none. Raises NotFound, NotAllowed, Conflict.
    """
    with transaction.atomic():
        problem = locked(problem_id)
        step = workflow.check(problem, actor, name)
        act = Act(problem, actor)
        yield act
        before = ProblemState(problem.state)
        problem.state = act.to_state or step.target or workflow.standing(problem)
        problem.save()
        write_down(act, name, before)


def locked(problem_id: UUID) -> Problem:
    """The problem, locked until commit: of two who act at once, the second sees what the first did."""
    try:
        return Problem.objects.select_for_update().get(pk=problem_id)
    except Problem.DoesNotExist:
        raise NotFound("没有这个问题。") from None


def queue_for_new() -> None:
    """Whoever makes a problem waits here until the others commit: one a pattern, and no number is lost."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"problems {current_schema()}"]
        )


def write_down(act: Act, name: str, before: ProblemState | None) -> None:
    """Append to the course of a problem that stands in its row already, show it to the city, and audit."""
    problem = act.problem
    last = problem.events.aggregate(last=Max("seq"))["last"] or 0
    ProblemEvent.objects.create(
        problem=problem,
        seq=last + 1,
        round=problem.round,
        at=clock.now(),
        act=name,
        from_state=before or "",
        to_state=problem.state,
        actor_id=act.actor.id,
        actor_label=act.actor.label,
        note=act.note,
    )
    cards.show(problem)
    audit.record(actor=act.actor, act=f"problem.{name}", subject=problem, number=problem.number)
