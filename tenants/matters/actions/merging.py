"""Two matters that are one (并案): the one ends in the other, and both timelines say so."""

from uuid import UUID

from django.db import transaction

from bancheng.errors import Invalid, NotAllowed, NotFound
from bancheng.identity.actors import Actor
from bancheng.timekeeping import clock
from tenants.matters import known, selectors
from tenants.matters.acting import acting
from tenants.matters.models import Matter
from tenants.matters.states import State

SAME_PERSON = "same_person"
SAME_FACTS = "same_facts"


@transaction.atomic
def merge(*, matter_id: UUID, actor: Actor, into: UUID, reason: str) -> Matter:
    """End a matter in another one (并案), open and not replied to yet: of the same person, or item and facts.

    Its clock stops; the other one, the master, is handled on, and its replies go to both reporters. What had
    been merged into this one before follows it into the new master, so there are no chains. Where one of them
    is sensitive, all are from now. A master that is reopened keeps what was merged into it; it cannot be
    withdrawn while a matter of somebody else is merged into it (house rules).

    Both are locked, the older first, so that two merges that cross wait for each other, and the second is
    refused. Nothing else is merged into one that has ended, hence no circle.
    Raises Invalid, pointing at `into`, for a matter that this one cannot be merged into.
    """
    _check_other(matter_id, into, actor)
    both = {each.pk: each for each in _locked(matter_id, into)}
    with acting("merge", matter_id=matter_id, actor=actor) as act:
        matter, master = act.matter, both[into]
        ground = _ground(matter, master)
        restricted, admitted = _restricted(matter, master)
        before = known.merged_into(matter.pk)
        matter.merged_into, matter.ended_at = master, clock.now()
        matter.sensitive, matter.admitted = restricted, admitted
        act.note, act.data = reason, {"into": master.number, "ground": ground}
    with acting("take_in", matter_id=into, actor=Actor.system("系统", actor.centre)) as taken:
        taken.matter.sensitive, taken.matter.admitted = restricted, admitted
        taken.note = reason
        taken.data = {"numbers": [matter.number, *(each.number for each in before)], "ground": ground}
    for each in before:
        each.merged_into, each.sensitive, each.admitted = master, restricted, admitted
        each.save(update_fields=["merged_into", "sensitive", "admitted"])
    return matter


def _check_other(matter_id: UUID, into: UUID, actor: Actor) -> None:
    if into == matter_id:
        raise Invalid({"into": ["不能并入自身，请填写另一件的编号。"]})
    try:
        selectors.matter_for(actor, into)
    except (NotFound, NotAllowed):
        raise Invalid({"into": ["没有找到这个编号的反映件，请核对编号。"]}) from None


def _locked(*ids: UUID) -> list[Matter]:
    rows = Matter.objects.select_for_update(of=("self",)).select_related("reporter")
    return list(rows.filter(pk__in=ids).order_by("pk"))


def _ground(matter: Matter, master: Matter) -> str:
    """Why the two are one. Raises Invalid where they are not, or the master takes in nothing."""
    if not master.is_open:
        raise Invalid(
            {"into": [f"{master.number}现在是“{State(master.state).label}”，只能并入在办的反映件。"]}
        )
    if master.state == State.REPLIED:
        raise Invalid({"into": [f"{master.number}已经答复，并入后无从再答复，请分别办理。"]})
    if master.came_by_referral:
        raise Invalid({"into": [f"{master.number}由其他中心转来，由首接中心答复反映人，不能并入。"]})
    if known.is_same_person(matter.reporter, master.reporter):
        return SAME_PERSON
    if matter.item_code == master.item_code:
        return SAME_FACTS
    raise Invalid({"into": [f"{master.number}既不是同一反映人，也不是同一事项，不能并案。"]})


def _restricted(matter: Matter, master: Matter) -> tuple[bool, list[UUID]]:
    """Whether the two are sensitive, and who is admitted to both."""
    return matter.sensitive or master.sensitive, sorted({*matter.admitted, *master.admitted})
