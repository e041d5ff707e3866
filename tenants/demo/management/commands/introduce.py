"""`bancheng introduce`: two systems on this machine come to know each other, for the demo and for tests.

Between real deployments people do this with `bancheng peer`, and compare fingerprints by telephone.
"""

import json
import sys
from typing import Any

from django.core.management import BaseCommand, CommandParser

from bancheng.centres.models import Centre, Kind
from bancheng.exchange import own_keys, peers
from bancheng.exchange.models import Peer, PeerUnit


class Command(BaseCommand):
    """Print what this system says of itself; with `--peer`, take over what another one said."""

    help = "演示用：本机两个系统互相登记（单位与公钥）；正式部署请用 bancheng peer"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--code", default="city", help="本系统对外的代码")
        parser.add_argument("--name", default="", help="本系统对外的名称")
        parser.add_argument("--url", default="", help="对方找到本系统的网址")
        parser.add_argument("--peer", action="store_true", help="从标准输入读取对方的介绍并登记")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["peer"]:
            _take_over(json.load(sys.stdin))
        else:
            card = _card(options["code"], options["name"], options["url"])
            self.stdout.write(json.dumps(card, ensure_ascii=False))


def _card(code: str, name: str, url: str) -> dict[str, Any]:
    public = own_keys.ensure()
    units = Centre.objects.exclude(kind=Kind.PUBLIC).values_list("code", "name")
    return {
        "code": code,
        "name": name or code,
        "url": url,
        "key": str(public),
        "fingerprint": public.fingerprint,
        "units": dict(units),
    }


def _take_over(card: dict[str, Any]) -> None:
    """Register the peer, or bring what is known of it up to date."""
    if not Peer.objects.filter(code=card["code"]).exists():
        peers.add(**card)
        return
    peers.move(code=card["code"], url=card["url"])
    known = set(PeerUnit.objects.values_list("code", flat=True))
    if new := {code: name for code, name in card["units"].items() if code not in known}:
        peers.add_units(code=card["code"], units=new)
