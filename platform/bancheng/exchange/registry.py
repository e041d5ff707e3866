"""What travels, what is answered, and who handles it: the words that every other file here uses."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bancheng.exchange.errors import UnknownKind


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message as the receiver sees it: the `seq`-th of `source` to `target` in this case.

    `header` names no person and stays; `body` may, and leaves once it is applied.
    `created_at` is the moment of the sender's act.
    """

    message_id: UUID
    case_id: UUID
    source: str
    target: str
    seq: int
    kind: str
    header: Mapping[str, Any]
    body: Mapping[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """The receiver's word that it has taken over: applied, or held until the predecessor comes."""

    message_id: UUID
    state: str
    digest: str
    received_at: datetime
    applied_at: datetime | None

    def as_json(self) -> dict[str, str | None]:
        """For the sender's row."""
        return {
            "message_id": str(self.message_id),
            "state": self.state,
            "digest": self.digest,
            "received_at": self.received_at.isoformat(),
            "applied_at": self.applied_at.isoformat() if self.applied_at else None,
        }


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that stopped its line: what an alert may tell."""

    message_id: UUID
    case_id: UUID
    source: str
    target: str
    kind: str
    reason: str


Handler = Callable[[Envelope], None]
ManyHandler = Callable[[Sequence[Envelope]], None]
Alarm = Callable[[DeadLetter], None]

_handlers: dict[str, Handler] = {}
_many: dict[str, ManyHandler] = {}
_lockers: list[ManyHandler] = []
_alarms: list[Alarm] = []


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that applies messages of this kind; one for each, ValueError on a second.

    It runs in the schema of `envelope.target`, inside the transaction that records the arrival: what it
    changes and posts commits with that, or not at all. It must not do anything that cannot be rolled back.
    """

    def register(function: Handler) -> Handler:
        if kind in _handlers:
            raise ValueError(f"{kind} already has a handler: {_handlers[kind].__qualname__}")
        _handlers[kind] = function
        return function

    return register


def handler_of_many(kind: str) -> Callable[[ManyHandler], ManyHandler]:
    """The same for a function that applies several messages at once, each of another case.

    For kinds that come in masses and whose rows can be written together. All for one target.
    """

    def register(function: ManyHandler) -> ManyHandler:
        @handler(kind)
        def one(envelope: Envelope) -> None:
            function([envelope])

        _many[kind] = function
        return function

    return register


def locks_cases(function: ManyHandler) -> ManyHandler:
    """Register what locks the cases of several messages, in one order for all, before any of them is applied.

    Without it a batch would lock its second case after what it did to the first holds the audit trail, for
    which somebody at work on the second may be waiting.
    """
    _lockers.append(function)
    return function


def lock_cases(envelopes: Sequence[Envelope]) -> None:
    """Let every app lock what it has of these cases."""
    for function in _lockers:
        function(envelopes)


def apply(kind: str, envelopes: Sequence[Envelope]) -> None:
    """Let the handler of this kind apply messages, each of another case. Raises UnknownKind."""
    one = handler_for(kind)
    if len(envelopes) > 1 and kind in _many:
        _many[kind](envelopes)
        return
    for envelope in envelopes:
        one(envelope)


def handler_for(kind: str) -> Handler:
    """Raises UnknownKind when nothing is registered for it."""
    try:
        return _handlers[kind]
    except KeyError:
        raise UnknownKind(f"no handler for {kind}") from None


def on_dead(alarm: Alarm) -> Alarm:
    """Register what is called after commit when a message is given up. What it raises is logged only."""
    _alarms.append(alarm)
    return alarm


def alarms() -> tuple[Alarm, ...]:
    """All that is registered, in order."""
    return tuple(_alarms)
