"""After one side of two deployments was restored from a backup: the numbers of their lines are made to agree.

Within one deployment both ends of a line are in one database and cannot part. Each side mends its own
sending ends, by what the other has taken in, and so it is run on both:

- The other side knows more of our messages than we remember: we were restored. Its numbers are used up; ours
  go on behind them, and what we have posted under a used number gets a new one.
- It knows fewer than it has given receipts for: it was restored. Those messages leave once more under their
  old ids and numbers, with bodies made again from the case by a `remaker`, since ours were purged.

What nobody can make again goes as an empty LOST, so that its line moves on, and is told to whoever runs it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from bancheng.celery import hint
from bancheng.centres.models import Centre
from bancheng.centres.scope import in_centre
from bancheng.exchange import doors, lines, remote
from bancheng.exchange.errors import Unreachable
from bancheng.exchange.models import CaseLine, Inbox, Message, Peer, Side
from bancheng.exchange.registers import record
from bancheng.exchange.registry import Envelope, handler
from bancheng.exchange.sealing import plain, put_in, take_from

CASES_AT_ONCE: Final = 100
REMEMBERED: Final = 100
"""Of how many last messages of a line the ids are told."""
LOST: Final = "exchange.lost"

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

    @property
    def end(self) -> tuple[UUID, str, str]:
        """Which line it is."""
        return self.case_id, self.source, self.target

    def as_json(self) -> dict[str, Any]:
        """For the other side."""
        return {
            "case": str(self.case_id),
            "source": self.source,
            "target": self.target,
            "seq": self.seq,
            "ids": {str(seq): str(message_id) for seq, message_id in self.ids.items()},
        }

    @classmethod
    def read(cls, said: Any) -> "Position":
        """What `as_json` wrote. Raises KeyError, ValueError, TypeError or AttributeError for all else."""
        ids = {int(seq): UUID(message_id) for seq, message_id in said["ids"].items()}
        if type(said["seq"]) is not int or not isinstance(said["source"] + said["target"], str):
            raise ValueError("not a position")
        return cls(UUID(said["case"]), said["source"], said["target"], said["seq"], ids)


@dataclass
class Mended:
    """What was done. `lost` are (case, kind) of messages that nobody can make again."""

    numbers: int = 0  # used by messages that we do not remember
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


@handler(LOST)
def pass_over(envelope: Envelope) -> None:
    """Nothing to do: it holds the place of a message that could not be made again."""


def run(peer: Peer) -> Mended:
    """Mend all our sending ends towards this peer; run it there as well. Safe to repeat.

    Nothing is delivered to the peer meanwhile. Raises Unreachable or RefusedThere; what was mended until
    then stays so.
    """
    mended = Mended()
    with doors.inside(peer.code, wait=True):
        known: set[tuple[UUID, str, str]] = set()
        line, after = remote.Line.to(peer), None
        while theirs := _ask(line, after):
            mend(peer, theirs, mended=mended)
            known.update(position.end for position in theirs)
            after = theirs[-1].case_id
        mend(peer, _forgotten(peer, known), mended=mended)
    record(
        "exchange.resync",
        peer.code,
        numbers=mended.numbers,
        renumbered=mended.renumbered,
        again=mended.again,
        lost=len(mended.lost),
    )
    for unit in peer.units.all():
        hint("exchange.deliver", target=unit.code)
    return mended


def positions(peer: Peer, *, after: UUID | None = None) -> list[Position]:
    """How far we have come with what this peer's units sent us: the next CASES_AT_ONCE cases by their ids."""
    units = list(peer.units.values_list("code", flat=True))
    ends = CaseLine.objects.filter(side=Side.IN, source__in=units)
    if after is not None:
        ends = ends.filter(case_id__gt=after)
    cases = list(ends.order_by("case_id").values_list("case_id", flat=True).distinct()[:CASES_AT_ONCE])
    return [_position(end) for end in ends.filter(case_id__in=cases).order_by("case_id", "source", "target")]


def mend(peer: Peer, theirs: Iterable[Position], *, mended: Mended) -> None:
    """Make our sending ends agree with what the peer has taken in. Of lines between others it has no say.

    Nothing may be delivered to the peer meanwhile: call it at its door.
    """
    units = set(peer.units.values_list("code", flat=True))
    for position in theirs:
        if position.target in units and Centre.objects.filter(code=position.source).exists():
            with transaction.atomic():
                _mend_line(position, mended)


def _ask(line: remote.Line, after: UUID | None) -> list[Position]:
    """The peer's next positions, none at the end. Raises Unreachable, RefusedThere."""
    content = remote.ask(line, remote.POSITIONS, {"after": str(after) if after else None})
    try:
        return [Position.read(said) for said in content["positions"]]
    except (KeyError, ValueError, TypeError, AttributeError):
        raise Unreachable("对方的应答无法识别") from None


def _forgotten(peer: Peer, known: set[tuple[UUID, str, str]]) -> list[Position]:
    """The lines of which the peer knows nothing any more, although it gave receipts on them."""
    units = list(peer.units.values_list("code", flat=True))
    sent = Message.objects.filter(target__in=units, state=Message.State.DELIVERED)
    ends = sent.order_by("case_id", "source", "target").values_list("case_id", "source", "target").distinct()
    return [Position(*end, seq=0, ids={}) for end in ends if end not in known]


def _position(end: CaseLine) -> Position:
    taken = Inbox.objects.filter(case_id=end.case_id, source=end.source, target=end.target)
    last = taken.order_by("-seq").values_list("seq", "message_id")[:REMEMBERED]
    return Position(end.case_id, end.source, end.target, end.seq, dict(last))


def _mend_line(position: Position, mended: Mended) -> None:
    end = lines.lock(case_id=position.case_id, source=position.source, target=position.target, side=Side.OUT)
    if position.top > end.seq:
        mended.numbers += position.top - end.seq
        end.seq = position.top
    ours = Message.objects.filter(
        case_id=position.case_id, source=position.source, target=position.target
    ).order_by("seq")
    waiting = list(ours.exclude(state=Message.State.DELIVERED).select_for_update())
    clash = next((m.seq for m in waiting if position.ids.get(m.seq, m.id) != m.id), None)
    if clash is not None:
        # Without a gap, behind what the peer has; from the last on, so that no number is there twice.
        clashing = [message for message in waiting if message.seq >= clash]
        end.seq = position.top + len(clashing)
        for seq, message in zip(range(end.seq, position.top, -1), reversed(clashing), strict=True):
            _renumber(message, seq)
        mended.renumbered += len(clashing)
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
        message.kind, body = LOST, {}
    else:
        mended.again += 1
    envelope = Envelope(
        message_id=message.id,
        case_id=message.case_id,
        source=message.source,
        target=message.target,
        seq=message.seq,
        kind=message.kind,
        header=message.header,
        body=plain(body),
        created_at=message.created_at,
    )
    put_in(message, envelope)
    _put_back(message)


def _put_back(message: Message) -> None:
    message.state, message.leased_until, message.due_at = Message.State.PENDING, None, Now()
    message.attempts = message.failures = 0
    message.receipt = message.delivered_at = None
    message.save()
    lines.unblock(message)
