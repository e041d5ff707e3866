"""The heads of hash chains, kept outside the schemas they are of: whoever rewrites a chain is found out."""

from collections.abc import Iterable
from dataclasses import dataclass

from bancheng.centres.models import ChainAnchor
from bancheng.privacy.models import AuditEntry
from bancheng.timekeeping import clock

AUDIT = "audit"
"""The chain of a schema's audit trail; a matter's is named by its id."""


@dataclass(frozen=True)
class Head:
    """The last link of a chain; seq 0 is a chain without links."""

    chain: str
    seq: int
    hash: str


def anchor(*, centre: str, heads: Iterable[Head]) -> list[str]:
    """Keep these heads of a centre's chains; returns the chains that contradict what was kept before.

    A chain contradicts when it is shorter than it was, or when its link of the same number has another hash.
    Safe to repeat: a head that is kept already is not kept twice.
    """
    kept = _last_kept(centre)
    fresh: list[ChainAnchor] = []
    contradictions: list[str] = []
    for head in heads:
        last = kept.get(head.chain, Head(head.chain, 0, ""))
        if head.seq < last.seq or (head.seq == last.seq and head.hash != last.hash):
            contradictions.append(head.chain)
        elif head.seq > last.seq:
            fresh.append(
                ChainAnchor(centre=centre, chain=head.chain, seq=head.seq, hash=head.hash, at=clock.now())
            )
    ChainAnchor.objects.bulk_create(fresh, ignore_conflicts=True)
    return contradictions


def lost(centre: str) -> ChainAnchor | None:
    """The first kept head that the served audit trail no longer contains: it was cut, or rewritten."""
    kept = list(ChainAnchor.objects.filter(centre=centre, chain=AUDIT).order_by("seq"))
    found = dict(
        AuditEntry.objects.filter(seq__in=[anchor.seq for anchor in kept]).values_list("seq", "hash")
    )
    return next((anchor for anchor in kept if anchor.seq and found.get(anchor.seq) != anchor.hash), None)


def _last_kept(centre: str) -> dict[str, Head]:
    rows = ChainAnchor.objects.filter(centre=centre).order_by("chain", "-seq").distinct("chain")
    return {row.chain: Head(row.chain, row.seq, row.hash) for row in rows}
