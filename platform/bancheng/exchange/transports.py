"""The ways a message can reach its target, behind one door."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from django.db import InterfaceError, OperationalError

from bancheng.centres.models import Centre, Kind
from bancheng.centres.scope import in_centre
from bancheng.exchange import inbox
from bancheng.exchange.errors import NoRoute
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
        """Whether this target is not to be tried now. Whoever is `Unreachable` rests for a while that doubles,
        by the clock of the database; a remote transport keeps that itself, for the whole door."""

    def deliver(self, envelopes: Sequence[Envelope]) -> Iterator[Outcome]:
        """Hand over the envelopes, all for one target and in order, and say of each what came of it.

        An exception in place of a receipt is a refusal of that message and counts against it; `Unreachable`
        is nobody's word: it counts against no message, and the rest of the envelopes wait. Called again
        with the same until it succeeds. Raises the errors of our own database.
        """


class SameDeployment:
    """Schema to schema: arrival, effect and acknowledgement are one transaction."""

    remote = False

    def serves(self, target: str) -> bool:
        return bool(Centre.objects.filter(code=target).exclude(kind=Kind.PUBLIC).exists())

    def door(self, target: str) -> str:
        return target

    def rests(self, target: str) -> bool:
        return bool(Centre.objects.filter(code=target, suspended_at__isnull=False).exists())

    def deliver(self, envelopes: Sequence[Envelope]) -> Iterator[Outcome]:
        outcomes: list[Outcome] = []
        for envelope in envelopes:
            try:
                with in_centre(envelope.target):
                    outcomes.append((envelope, inbox.receive(envelope)))
            except (OperationalError, InterfaceError):
                raise
            except Exception as error:
                outcomes.append((envelope, error))
        return iter(outcomes)


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
