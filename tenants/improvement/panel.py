"""The problem of a matter's item and principal cause, as a way on from the matter's page."""

from collections.abc import Sequence

from django.urls import reverse

from bancheng.identity.actors import Actor
from bancheng.identity.permissions import allowed
from tenants.improvement import selectors
from tenants.matters.models import Matter
from tenants.matters.panels import Link, register_way


def way_to_problem(matter: Matter, actor: Actor) -> Sequence[Link]:
    """One query; nothing where its pattern is no problem."""
    if not allowed(actor, "problem.view"):
        return ()
    problem = selectors.problem_of(matter)
    if problem is None:
        return ()
    return (Link(f"问题{problem.number}", reverse("problem", args=[problem.pk]), "adjustments"),)


register_way("problem", way_to_problem)
