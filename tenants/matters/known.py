"""What the window knows already: the same person, what became of the same item, what may be merged."""

import re
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Case, IntegerField, Prefetch, Q, Value, When

from bancheng.identity.actors import Actor
from bancheng.privacy.index import blind_index
from tenants.matters import access, numbering, selectors
from tenants.matters.models import Matter, Reporter
from tenants.matters.states import OPEN, State

NEWEST = 5
"""As many as stand beside the intake form."""
CANDIDATES = 30
"""As many as are offered to merge into; any other is found by its number."""


@dataclass
class Before:
    """The newest matters of a person, and whether there is one more that this clerk may not see."""

    matters: list[Matter] = field(default_factory=list)
    restricted: bool = False


def same_person(actor: Actor, identifier: str) -> Before:
    """What the person or body with this normalised number has brought before, by blind index."""
    index = blind_index("identifier", identifier)
    theirs = Q(reporter__identifier_index=index) | Q(reporter__principal_index=index)
    newest = selectors.visible_to(actor).filter(theirs).order_by("-registered_at")[:NEWEST]
    return Before(list(newest), access.hidden_from(actor).filter(theirs).exists())


def similar(actor: Actor, *, item_code: str) -> list[Matter]:
    """Newest ended matters of the same item that were got done: how it was done before."""
    done = selectors.visible_to(actor).filter(item_code=item_code, state=State.CLOSED, outcome="done")
    return list(done.prefetch_related(Prefetch("causes")).order_by("-ended_at")[:NEWEST])


def of_person(index: str) -> Q:
    """Matters whose person (`Reporter.person_index`) this is; of nobody where the index is empty."""
    if not index:
        return Q(pk=None)
    return Q(reporter__principal_index=index) | Q(
        reporter__principal_index="", reporter__identifier_index=index
    )


def is_same_person(one: Reporter, other: Reporter) -> bool:
    """By the principal's card where there is one, else the reporter's; without a card nobody is the same."""
    return one.person_index != "" and one.person_index == other.person_index


def to_merge_into(matter: Matter, actor: Actor) -> list[Matter]:
    """The open matters of the same person, then those of the same item, each the newest first."""
    same = of_person(matter.reporter.person_index)
    return list(
        selectors.visible_to(actor)
        .filter(same | Q(item_code=matter.item_code), state__in=OPEN, origin_referral=None)
        .exclude(pk=matter.pk)
        .annotate(other=Case(When(same, then=Value(0)), default=Value(1), output_field=IntegerField()))
        .order_by("other", "-registered_at")[:CANDIDATES]
    )


def by_number(actor: Actor, text: str) -> Matter | None:
    """The matter whose whole number was typed, as shown or as machines read it, among those visible."""
    number = numbering.as_shown(text)
    if parts := _SHOWN.fullmatch(number):
        number = f"{parts[1]}{int(parts[2]):04d}号"
    return selectors.visible_to(actor).filter(Q(number=number) | Q(machine_number=number.upper())).first()


def merged_into(matter_id: UUID) -> list[Matter]:
    """The matters that were merged into this one, in the order of their numbers."""
    return list(
        Matter.objects.filter(merged_into=matter_id).select_related("reporter").order_by("machine_number")
    )


_SHOWN = re.compile(r"(.+〔\d{4}〕)(\d{1,6})号?")
"""A number as shown, perhaps without its noughts or its last word."""
