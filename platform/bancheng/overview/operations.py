"""What the operator sees of messages between units: how each counterpart is doing, and what was given up.

Headers and places of errors only; what a message carries stays sealed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import F, QuerySet, Value

from bancheng.errors import NotFound
from bancheng.exchange import own_keys, peers
from bancheng.exchange.models import CaseLine, Inbox, Message, Peer, Refusal
from bancheng.exchange.signing import PublicKey
from bancheng.overview.course import KINDS

HELD_SHOWN: Final = 20
REFUSALS_SHOWN: Final = 20


@dataclass(frozen=True)
class PeerStand:
    """Another deployment: its units, the fingerprints of its keys, and how it is doing."""

    peer: Peer
    units: list[str]
    fingerprints: list[str]

    @property
    def skew(self) -> str:
        """Its clock against ours."""
        if self.peer.skew is None:
            return ""
        if abs(self.peer.skew) <= 1:
            return "一致"
        return f"{'快' if self.peer.skew > 0 else '慢'}{abs(self.peer.skew)}秒"

    @property
    def light(self) -> tuple[str, str]:
        """Colour and word."""
        if self.peer.suspended_at:
            return "grey", "已停用"
        if self.peer.failures:
            return "red", f"连续失败{self.peer.failures}次"
        return ("green", "正常") if self.peer.last_seen_at else ("grey", "尚未联系")


@dataclass(frozen=True)
class Letter:
    """A message that was given up or waits for its turn, by its header."""

    message_id: UUID
    case_id: UUID
    arrived: bool
    source: str
    target: str
    seq: int
    kind: str
    number: str
    created_at: datetime
    failures: int
    last_error: str

    @property
    def kind_label(self) -> str:
        return KINDS[self.kind][0] if self.kind in KINDS else self.kind

    @property
    def side_label(self) -> str:
        return "收到后未能办理" if self.arrived else "未能送达"


_COLUMNS: Final = ("case_id", "source", "target", "seq", "kind", "created_at", "failures")


def dead_letters() -> QuerySet[Any, dict[str, Any]]:
    """Everything that was given up, on either side, newest first; each as `letter` takes it."""
    sent, came = _dead()
    return sent.union(came, all=True).order_by("-created_at", "key")


def dead_letter(message_id: UUID) -> Letter:
    """One that was given up. Raises NotFound."""
    for rows in _dead():
        if found := rows.filter(key=message_id).first():
            return letter(found)
    raise NotFound("没有这条停办的消息，可能已经重新投递。")


def held() -> list[Letter]:
    """The first of those that came before their turn and wait for it, oldest first."""
    rows = _values(Inbox.objects.filter(state=Inbox.State.HELD), key="message_id", arrived=True)
    return [letter(row) for row in rows.order_by("created_at", "key")[:HELD_SHOWN]]


def letter(row: Mapping[str, Any]) -> Letter:
    """A row of `dead_letters`."""
    given = {name: row[name] for name in (*_COLUMNS, "arrived", "last_error")}
    return Letter(message_id=row["key"], number=str(row["header"].get("number", "")), **given)


def blocked() -> QuerySet[CaseLine]:
    """The lines that stand still until somebody replays what stopped them."""
    return CaseLine.objects.filter(blocked_at__isnull=False)


def peer_stands() -> list[PeerStand]:
    """Every other deployment by its code. Three queries."""
    rows = Peer.objects.prefetch_related("units", "keys")
    return [
        PeerStand(
            peer,
            [f"{unit.name}（{unit.code}）" for unit in peer.units.all()],
            [
                PublicKey.parse(key.public_key).fingerprint
                for key in peer.keys.all()
                if key.retired_at is None
            ],
        )
        for peer in rows
    ]


def own_fingerprints() -> list[tuple[str, str]]:
    """Our own keys that sign or are about to: their state and fingerprint."""
    return [
        (row.get_state_display(), key.fingerprint) for row, key in own_keys.listed() if row.state != "retired"
    ]


def refusals() -> list[Refusal]:
    """The newest of what was sent to us and refused."""
    return list(peers.refusals()[:REFUSALS_SHOWN])


_Rows = QuerySet[Any, dict[str, Any]]


def _dead() -> tuple[_Rows, _Rows]:
    sent = _values(Message.objects.filter(state=Message.State.DEAD), key="id", arrived=False)
    came = _values(Inbox.objects.filter(state=Inbox.State.DEAD), key="message_id", arrived=True)
    return sent, came


def _values(rows: QuerySet[Any], *, key: str, arrived: bool) -> _Rows:
    said = rows.annotate(key=F(key), arrived=Value(arrived))
    found: _Rows = said.values("key", "arrived", *_COLUMNS, "header", "last_error")
    return found
