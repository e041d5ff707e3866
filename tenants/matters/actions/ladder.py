"""What the machine does on the rungs of the ladder by itself: remind the department, notify the city."""

from uuid import UUID

from bancheng.identity.actors import Actor
from tenants.matters.acting import acting
from tenants.matters.models import Matter


def remind(*, matter_id: UUID, actor: Actor, days: int) -> Matter:
    """Remind the department's head of a matter that is overdue by `days` working days (催办); system only."""
    return _overdue("remind", matter_id=matter_id, actor=actor, days=days)


def notify_city(*, matter_id: UUID, actor: Actor, days: int) -> Matter:
    """Report a matter that is overdue by `days` working days to the city (通报); system only."""
    return _overdue("notify_city", matter_id=matter_id, actor=actor, days=days)


def _overdue(name: str, *, matter_id: UUID, actor: Actor, days: int) -> Matter:
    with acting(name, matter_id=matter_id, actor=actor) as act:
        act.data = {"days": days, "due_on": str(act.matter.due_on)}
    return act.matter
