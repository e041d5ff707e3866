"""Signs of life, chains anchored outside of their schemas, and the end of evidence whose day has come."""

import logging
from collections.abc import Iterator
from datetime import date

from bancheng.celery import app
from bancheng.centres import anchors, health, periodic
from bancheng.centres.models import Centre, Kind
from bancheng.centres.scope import every_centre, in_centre
from bancheng.errors import Conflict
from bancheng.identity.actors import Actor
from bancheng.privacy import audit
from bancheng.timekeeping import clock
from tasks.base import PublicTask
from tenants.casework.actions.evidence import destroy_evidence
from tenants.casework.selectors.evidence import to_destroy
from tenants.matters.models import Event
from tenants.referrals import cargo

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


@app.task(base=PublicTask, name="records.destroy_evidence")
def destroy_due() -> None:
    """Once a day: destroy the content of evidence whose day has come, centre by centre.

    Asked for every hour, so that a run that was killed is taken up again. What it had destroyed stays so, a
    transaction for each matter; the rest is found again. A centre that fails is logged and does not hold up
    the others.
    """
    today = clock.today()
    with periodic.once(job="records.destroy_evidence", period=today.isoformat()) as mine:
        if not mine:
            return
        for code in every_centre():
            try:
                destroy_due_in(code, today)
            except Exception:
                log.exception("evidence of %s not destroyed", code)


def destroy_due_in(code: str, today: date) -> int:
    """Destroy what is due in one centre, its own and what came with referrals; of how many cases it was."""
    with in_centre(code):
        system, done = Actor.system("到期销毁", code), 0
        for matter_id in to_destroy(today):
            try:
                destroy_evidence(matter_id=matter_id, actor=system, today=today)
            except Conflict:
                continue  # somebody else's run was there first
            done += 1
        for referral_id in cargo.to_destroy(today):
            done += cargo.destroy(referral_id=referral_id, actor=system, today=today) > 0
    return done


def _heads(centre: Centre) -> Iterator[anchors.Head]:
    seq, digest = audit.head()
    yield anchors.Head("audit", seq, digest)
    if centre.kind == Kind.CENTRE:
        last = Event.objects.order_by("matter_id", "-seq").distinct("matter_id")
        for matter_id, seq, digest in last.values_list("matter_id", "seq", "hash"):
            yield anchors.Head(f"matter:{matter_id}", seq, digest)
