"""The ways a message can reach its target, behind one door."""

from typing import Protocol

from bancheng.centres.models import Centre, Kind
from bancheng.centres.scope import in_centre
from bancheng.exchange import inbox
from bancheng.exchange.errors import NoRoute
from bancheng.exchange.registry import Envelope, Receipt


class Transport(Protocol):
    """One way to deliver. Only a receipt of the receiver is an acknowledgement; anything else raises."""

    def serves(self, target: str) -> bool:
        """Whether this target is reached in this way."""

    def deliver(self, envelope: Envelope) -> Receipt:
        """Hand the envelope over and bring back the receipt; called again with the same until it succeeds."""


class SameDeployment:
    """Schema to schema: arrival, effect and acknowledgement are one transaction."""

    def serves(self, target: str) -> bool:
        return bool(Centre.objects.filter(code=target).exclude(kind=Kind.PUBLIC).exists())

    def deliver(self, envelope: Envelope) -> Receipt:
        with in_centre(envelope.target):
            return inbox.receive(envelope)


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
