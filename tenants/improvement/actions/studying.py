"""The study of a problem (研判): why it is, whose link it is, and what follows from that."""

from collections.abc import Sequence
from uuid import UUID

from bancheng.errors import Invalid
from bancheng.identity.actors import Actor
from bancheng.overview.models import Link, Pain
from bancheng.timekeeping import clock
from tenants.improvement import patterns
from tenants.improvement.acting import acting
from tenants.improvement.models import Problem, Study


def study(
    *,
    problem_id: UUID,
    actor: Actor,
    attended: str,
    root_cause: str,
    pain: Pain,
    link: Link,
    conclusion: str,
    matters: Sequence[UUID] = (),
) -> Problem:
    """Record a study with the matters it rests on; the newest one says what kind of problem it is.

    Raises Invalid for a matter that is not of the pattern, or that the person may not see.
    """
    with acting("study", problem_id=problem_id, actor=actor) as act:
        problem = act.problem
        _check(actor, problem, matters)
        Study.objects.create(
            problem=problem,
            round=problem.round,
            attended=attended,
            root_cause=root_cause,
            pain=pain,
            link=link,
            conclusion=conclusion,
            matters=list(matters),
            at=clock.now(),
            by_id=actor.staff_id,
        )
        problem.pain, problem.link = pain, link
        act.note = f"{Pain(pain).label}，可由{Link(link).label}解决：{root_cause}"
    return act.problem


def _check(actor: Actor, problem: Problem, matters: Sequence[UUID]) -> None:
    if not matters:
        return
    seen = patterns.matters_of(actor, (problem.item, problem.cause)).filter(pk__in=matters)
    if seen.count() != len(set(matters)):
        raise Invalid({"matters": ["只能选择这一事项和根因的反映件，请重新选择。"]})
