"""The ways a message can reach its target, behind one door."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from bancheng.centres.models import Centre, Kind
from bancheng.centres.scope import Suspended, in_centre
from bancheng.exchange import inbox
from bancheng.exchange.errors import NoRoute, Unreachable
from bancheng.exchange.registry import Envelope, Receipt

Outcome = tuple[Envelope, Receipt | Exception]


class Transport(Protocol):
    """One way to deliver. Only a receipt of the receiver is an acknowledgement.

    `remote` says that the receiver commits by itself, elsewhere: then `deliver` is called outside any
    transaction, by one worker at a time for all targets behind the same `door`, and each outcome is written
    down as it comes. A local one runs inside the transaction that ends the messages.
    """

    remote: bool

    def serves(self, target: str) -> bool:
        """Whether this target is reached in this way."""

    def door(self, target: str) -> str:
        """The name of what all targets share that are reached together: a peer; else the target itself."""

    def rests(self, target: str) -> bool:
        """Whether this target is not to be tried now. Who was `Unreachable` rests for a while that doubles,
        by the clock of the database; a remote transport keeps that itself, for the whole door."""

    def deliver(self, envelopes: Sequence[Envelope]) -> Iterator[Outcome]:
        """Hand over the envelopes, all for one target and in order, and say of each what came of it.

        An exception in place of a receipt is a refusal of that message and counts against it; `Unreachable`
        is nobody's word: it counts against no message, and the rest of the envelopes wait. A remote one may
        leave others waiting as well, by saying nothing of them. Called again
        with the same until it succeeds. Raises the errors of our own database; a local one may raise what
        went wrong with any of several, when nothing has happened to all, and is then given each alone.
        """


class SameDeployment:
    """Schema to schema: arrival, effect and acknowledgement are one transaction."""

    remote = False

    def serves(self, target: str) -> bool:
        return bool(Centre.objects.filter(code=target).exclude(kind=Kind.PUBLIC).exists())

    def door(self, target: str) -> str:
        return target

    def rests(self, target: str) -> bool:
        return False  # what is for a suspended centre is not due: dispatch leases none of it

    def deliver(self, envelopes: Sequence[Envelope]) -> Iterator[Outcome]:
        """All of them or, raising what went wrong, none."""
        if not envelopes:
            return iter(())
        try:
            with in_centre(envelopes[0].target):
                receipts = inbox.receive_all(envelopes)
        except Suspended as refusal:
            return ((envelope, Unreachable(refusal.code)) for envelope in envelopes)
        return zip(envelopes, receipts, strict=True)


class Nowhere:
    """For messages whose target nobody serves any more: each is refused, until a person sees it."""

    remote = False

    def __init__(self, error: NoRoute) -> None:
        self.error = error

    def serves(self, target: str) -> bool:
        return True

    def door(self, target: str) -> str:
        return target

    def rests(self, target: str) -> bool:
        return False

    def deliver(self, envelopes: Sequence[Envelope]) -> Iterator[Outcome]:
        return ((envelope, self.error) for envelope in envelopes)


_transports: list[Transport] = []


def register(transport: Transport) -> None:
    """Offer a way to deliver. The first that serves a target is used."""
    _transports.append(transport)


def transport_for(target: str) -> Transport:
    """How this target is reached. Raises NoRoute."""
    for transport in _transports:
        if transport.serves(target):
            return transport
    raise NoRoute(f"no transport serves {target}")
