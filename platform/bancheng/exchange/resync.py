"""After one side of two deployments was restored from a backup: the numbers of their lines are made to agree.

Within one deployment both ends of a line are in one database and cannot part. Each side mends its own
sending ends, by what the other has taken in, and so it is run on both:

- The other side knows more of our messages than we remember: we were restored. Its numbers are used up; ours
  go on behind them, and what we have posted under a used number gets a new one.
- It knows fewer than it has given receipts for: it was restored. Those messages leave once more under their
  old ids and numbers, with bodies made again from the case by a `remaker`, since ours were purged.

What no rule can bring back is told to whoever runs it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from bancheng.centres.scope import in_centre
from bancheng.exchange import lines
from bancheng.exchange.models import CaseLine, Inbox, Message, Peer, Side
from bancheng.exchange.registry import Envelope
from bancheng.exchange.sealing import plain, put_in, take_from

CASES_AT_ONCE: Final = 200
REMEMBERED: Final = 500
"""Of how many last messages of a line the ids are told."""

Remaker = Callable[[Message], Mapping[str, Any] | None]
_remakers: dict[str, Remaker] = {}


@dataclass(frozen=True)
class Position:
    """How far the receiving end of a line has come: the number applied last, and which message had which."""

    case_id: UUID
    source: str
    target: str
    seq: int
    ids: Mapping[int, UUID]

    @property
    def top(self) -> int:
        """The highest number that is used up, held ones included."""
        return max(self.seq, *self.ids) if self.ids else self.seq


@dataclass
class Mended:
    """What was done. `lost` are (case, kind) of messages that nobody can make again."""

    numbers: int = 0
    renumbered: int = 0
    again: int = 0
    lost: list[tuple[UUID, str]] = field(default_factory=list)


def remaker(kind: str) -> Callable[[Remaker], Remaker]:
    """Register the function that makes the body of a message of this kind again from the rows of its case.

    It runs in the schema of the message's source, and returns None when it cannot.
    """

    def register(function: Remaker) -> Remaker:
        _remakers[kind] = function
        return function

    return register


def positions(peer: Peer, *, after: UUID | None = None) -> list[Position]:
    """How far we have come with what this peer's units sent us: the next CASES_AT_ONCE cases by their ids."""
    units = list(peer.units.values_list("code", flat=True))
    ends = CaseLine.objects.filter(side=Side.IN, source__in=units)
    if after is not None:
        ends = ends.filter(case_id__gt=after)
    cases = list(ends.order_by("case_id").values_list("case_id", flat=True).distinct()[:CASES_AT_ONCE])
    return [_position(end) for end in ends.filter(case_id__in=cases).order_by("case_id", "source", "target")]


def mend(peer: Peer, theirs: Iterable[Position], *, mended: Mended) -> None:
    """Make our sending ends agree with what the peer has taken in of these cases.

    Nothing may be delivered to the peer meanwhile: call it at its door.
    """
    for position in theirs:
        with transaction.atomic():
            _mend_line(position, mended)


def mend_unknown(peer: Peer, known: set[UUID], *, mended: Mended) -> None:
    """The same for the cases of which the peer knows nothing any more; `known` are all those it told of."""
    units = list(peer.units.values_list("code", flat=True))
    sent = Message.objects.filter(target__in=units, state=Message.State.DELIVERED).exclude(case_id__in=known)
    ends = sent.order_by("case_id", "source", "target").values_list("case_id", "source", "target").distinct()
    mend(peer, [Position(*end, seq=0, ids={}) for end in ends], mended=mended)


def _position(end: CaseLine) -> Position:
    taken = Inbox.objects.filter(case_id=end.case_id, source=end.source, target=end.target)
    last = taken.order_by("-seq").values_list("seq", "message_id")[:REMEMBERED]
    return Position(end.case_id, end.source, end.target, end.seq, dict(last))


def _mend_line(position: Position, mended: Mended) -> None:
    end = lines.lock(
        case_id=position.case_id, source=position.source, target=position.target, side=Side.OUT
    )
    if position.top > end.seq:
        mended.numbers += position.top - end.seq
        end.seq = position.top
    ours = Message.objects.filter(
        case_id=position.case_id, source=position.source, target=position.target
    ).order_by("seq")
    waiting = list(ours.exclude(state=Message.State.DELIVERED).select_for_update())
    clash = next((m.seq for m in waiting if position.ids.get(m.seq, m.id) != m.id), None)
    for message in waiting:
        if clash is not None and message.seq >= clash:
            end.seq += 1
            _renumber(message, end.seq)
            mended.renumbered += 1
    lines.advance([end])
    forgotten = ours.filter(state=Message.State.DELIVERED, seq__gt=position.seq).select_for_update()
    for message in forgotten:
        if message.seq not in position.ids:
            _send_again(message, mended)


def _renumber(message: Message, seq: int) -> None:
    """The same message under a number of its own; a dead one has its chance again."""
    envelope = replace(take_from(message), seq=seq)
    put_in(message, envelope)
    _put_back(message)


def _send_again(message: Message, mended: Mended) -> None:
    with in_centre(message.source, allow_suspended=True):
        make = _remakers.get(message.kind)
        body = make(message) if make else None
    if body is None:
        mended.lost.append((message.case_id, message.kind))
        return
    put_in(message, _envelope(message, plain(body)))
    _put_back(message)
    mended.again += 1


def _envelope(message: Message, body: Mapping[str, Any]) -> Envelope:
    return Envelope(
        message_id=message.id,
        case_id=message.case_id,
        source=message.source,
        target=message.target,
        seq=message.seq,
        kind=message.kind,
        header=message.header,
        body=body,
        created_at=message.created_at,
    )


def _put_back(message: Message) -> None:
    message.state, message.leased_until, message.due_at = Message.State.PENDING, None, Now()
    message.attempts = message.failures = 0
    message.receipt = message.delivered_at = None
    message.save()
    lines.unblock(message)
