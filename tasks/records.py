"""Signs of life, and the anchoring of hash chains outside the schemas that they are in."""

import logging
from collections.abc import Iterator

from bancheng.celery import app
from bancheng.centres import anchors, health, periodic
from bancheng.centres.models import Centre, Kind
from bancheng.centres.scope import in_centre
from bancheng.privacy import audit
from bancheng.timekeeping import clock
from tasks.base import PublicTask
from tenants.matters.models import Event

log = logging.getLogger(__name__)


@app.task(base=PublicTask, name="records.heartbeat")
def heartbeat() -> None:
    """Shows /readyz that beat asks and a worker answers."""
    periodic.beat(health.BEAT)


@app.task(base=PublicTask, name="records.anchor")
def anchor() -> None:
    """Once a day: keep the head of every audit trail and timeline, whatever fails in one of the schemas."""
    with periodic.once(job="records.anchor", period=clock.today().isoformat()) as mine:
        if not mine:
            return
        for code in list(Centre.objects.exclude(kind=Kind.PUBLIC).values_list("code", flat=True)):
            try:
                anchor_centre(code)
            except Exception:
                log.exception("chains of %s not anchored", code)


def anchor_centre(code: str) -> list[str]:
    """Anchor the chains of one centre or office; contradictions found are returned, and logged as errors."""
    with in_centre(code, allow_suspended=True) as centre:
        contradictions = anchors.anchor(centre=code, heads=_heads(centre))
    for chain in contradictions:
        log.error("chain %s of %s contradicts its anchor: it was rewritten or cut", chain, code)
    return contradictions


def _heads(centre: Centre) -> Iterator[anchors.Head]:
    seq, digest = audit.head()
    yield anchors.Head("audit", seq, digest)
    if centre.kind == Kind.CENTRE:
        last = Event.objects.order_by("matter_id", "-seq").distinct("matter_id")
        for matter_id, seq, digest in last.values_list("matter_id", "seq", "hash"):
            yield anchors.Head(f"matter:{matter_id}", seq, digest)
