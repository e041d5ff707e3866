"""Django checks on peers, for `bancheng check --deploy`: only over TLS, never without a key of our own."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError

from bancheng.exchange.models import OwnKey, Peer


@register(Tags.security, deploy=True)
def peers_are_reached_safely(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Says nothing while there is no database or no table yet: then there are no peers either."""
    try:
        peers = list(Peer.objects.filter(suspended_at=None))
        has_key = not peers or OwnKey.objects.filter(state=OwnKey.State.CURRENT).exists()
    except DatabaseError:
        return []
    found: list[CheckMessage] = [
        Error(
            f"the peer {peer.code} is reached without TLS: {peer.url}",
            hint="Plain http is for the demo. Register the https address of the peer.",
            id="bancheng.E007",
        )
        for peer in peers
        if not peer.url.startswith("https://")
    ]
    if not has_key:
        hint = "`bancheng peer key` makes one; hand its fingerprint to the peers."
        found.append(Error("there are peers, and no key to sign with", hint=hint, id="bancheng.E008"))
    found += [
        Warning(
            f"two keys of the peer {peer.code} are trusted",
            hint="When it signs with the new one, retire the old: `bancheng peer distrust`.",
            id="bancheng.W002",
        )
        for peer in peers
        if peer.keys.filter(retired_at=None).count() > 1
    ]
    return found
