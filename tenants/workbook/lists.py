"""Lists of the workbench that leaders, callers and the window watch, each within what the person sees."""

from bancheng.identity.actors import Actor
from tenants.matters import selectors
from tenants.matters.access import TO_CALL_BACK
from tenants.matters.selectors import Matters
from tenants.matters.states import IN_HAND, OPEN


def to_call_back(actor: Actor) -> Matters:
    """Replied to, and the reporter has not been called back; longest ago first."""
    return selectors.visible_to(actor).filter(TO_CALL_BACK).order_by("replied_at")


def support(actor: Actor) -> Matters:
    """Waiting for the answer of this person's department, which handles a part of it; soonest due first."""
    asked = selectors.visible_to(actor).filter(state__in=IN_HAND, unanswered__contains=[actor.department])
    return asked.order_by("due_on")


def supervised(actor: Actor) -> Matters:
    """Under a supervision order that was not lifted, soonest due first."""
    return selectors.visible_to(actor).filter(state__in=OPEN, supervised=True).order_by("due_on")


def taken_over(actor: Actor) -> Matters:
    """Led by the director, soonest due first."""
    return selectors.visible_to(actor).filter(state__in=OPEN, case_leader__isnull=False).order_by("due_on")


def without_owner(actor: Actor) -> Matters:
    """件件有着落: those of `selectors.without_owner` that this person may see."""
    return _of(actor, selectors.without_owner())


def without_reply(actor: Actor) -> Matters:
    """事事有回音: those of `selectors.without_reply` that this person may see."""
    return _of(actor, selectors.without_reply())


def _of(actor: Actor, matters: Matters) -> Matters:
    return selectors.visible_to(actor).filter(pk__in=matters.values("pk")).order_by("registered_at")
