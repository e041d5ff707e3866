"""The tab 先例 of a matter's page, and the way from a first of its kind to its draft."""

from collections.abc import Sequence

from django.urls import reverse

from bancheng.identity.actors import Actor
from bancheng.identity.permissions import allowed
from tenants.improvement.drafting import selectors
from tenants.improvement.models import PrecedentDraft
from tenants.matters.models import Matter
from tenants.matters.panels import Link, Part, register
from tenants.matters.states import State


def rows(matter: Matter) -> Sequence[selectors.Beside]:
    """Always one, which also says that nothing was found."""
    return [selectors.beside(matter)]


def way_to_draft(matter: Matter, actor: Actor) -> Sequence[Link]:
    """From a closed first of its kind that nobody has written up yet; one query."""
    if matter.state != State.CLOSED or not matter.first_of_kind or not allowed(actor, "precedent.draft"):
        return ()
    if PrecedentDraft.objects.filter(matter=matter).exists():
        return ()
    return (Link("起草先例", reverse("precedent_new", args=[matter.pk]), "rosette"),)


register(
    Part(
        "precedents",
        "precedents",
        "先例",
        "improvement/drafts/beside.html",
        rows,
        counted=PrecedentDraft,
        links=way_to_draft,
    )
)
