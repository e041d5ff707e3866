"""What is read of notices: a person's own, and nobody else's."""

from bancheng.identity.actors import Actor
from bancheng.tenancy import TenantQuerySet
from bancheng.timekeeping import clock
from tenants.notices.models import Digest, Notice

Notices = TenantQuerySet[Notice]


def of(actor: Actor, *, kind: str = "", unread: bool = False) -> Notices:
    """The person's notices, newest first, with their matters."""
    found: Notices = Notice.objects.filter(recipient_id=actor.staff_id).select_related("matter")
    if kind:
        found = found.filter(kind=kind)
    return found.filter(read_at=None) if unread else found


def unread(actor: Actor) -> Notices:
    """What the bell counts."""
    rows: Notices = Notice.objects.filter(recipient_id=actor.staff_id, read_at=None)
    return rows


def digest(actor: Actor, *, unread: bool = False) -> Digest | None:
    """What waited for this person this morning; None where no digest was made, or, `unread`, it was read."""
    found = Digest.objects.filter(recipient_id=actor.staff_id, day=clock.today())
    return (found.filter(read_at=None) if unread else found).first()
