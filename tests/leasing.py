"""Leases as a worker takes them, without a delivery after them."""

from bancheng.exchange import dispatch, doors
from bancheng.exchange.dispatch import Lease
from bancheng.exchange.transports import transport_for


def lease_due(*, limit: int = 500, target: str | None = None) -> list[Lease]:
    """Lease what is due, target by target, each at its door."""
    leases: list[Lease] = []
    for to in dispatch.due_targets(target):
        with doors.inside(transport_for(to).door(to), wait=True):
            leases += dispatch.lease(to, limit - len(leases))
    return leases
