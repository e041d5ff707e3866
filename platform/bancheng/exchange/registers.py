"""Where what was done to peers and keys is written down: the audit trail of the office; public keeps none."""

import logging
from typing import Any

from bancheng.centres.models import Centre, Kind
from bancheng.centres.scope import in_centre
from bancheng.identity.actors import Actor
from bancheng.privacy import audit

log = logging.getLogger(__name__)


def record(act: str, peer: str, *, actor: Actor | None = None, **data: Any) -> None:
    """One entry, in the caller's transaction; by whoever runs a command on the server unless named."""
    office = Centre.objects.filter(kind=Kind.OFFICE, suspended_at=None).first()
    if office is None:
        log.info("%s %s: there is no office yet whose audit trail could tell", act, peer)
        return
    with in_centre(office.code):
        audit.record(
            actor=actor or Actor.terminal(office.code), act=act, subject=("exchange.peer", peer), **data
        )
