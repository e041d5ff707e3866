"""The other deployments: who they are, what they serve, by which keys we know them, and how they are doing.

They are registered by hand: keys and fingerprints are handed over by people who know each other.
"""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction
from django.db.models import DurationField, ExpressionWrapper, F, Q, QuerySet, Value
from django.db.models.functions import Least, Now, Power, Random

from bancheng.centres.models import Centre
from bancheng.errors import Conflict, Invalid, NotFound
from bancheng.exchange.models import Peer, PeerKey, PeerUnit, Refusal
from bancheng.exchange.registers import record
from bancheng.exchange.signing import PublicKey, bare
from bancheng.timekeeping import clock

KEYS_AT_MOST: Final = 2
SEEN_ANEW: Final = timedelta(seconds=10)
FIRST_REST_SECONDS: Final = 4
LONGEST_REST_SECONDS: Final = 600
_CODE = re.compile(r"[a-z][a-z0-9-]{1,19}")
_UNIT = re.compile(r"\d{6}(-office)?")


@dataclass(frozen=True)
class Unit:
    """A unit of another deployment to which a case may go."""

    code: str
    name: str
    peer: str


def units() -> list[Unit]:
    """Everybody in other deployments to whom one may refer now, by code. Offices only coordinate."""
    rows = PeerUnit.objects.filter(peer__suspended_at=None).exclude(code__endswith="-office")
    return [Unit(*row) for row in rows.values_list("code", "name", "peer__code")]


def unit(code: str) -> Unit | None:
    """The unit of this code, if one may refer to it."""
    return next((each for each in units() if each.code == code), None)


def find(code: str) -> Peer:
    """Raises NotFound."""
    peer = Peer.objects.filter(code=code).first()
    if peer is None:
        raise NotFound(f"没有登记代码为“{code}”的外部系统。")
    return peer


def serving(unit_code: str) -> Peer | None:
    """The peer that serves this unit, suspended or not."""
    return Peer.objects.filter(units__code=unit_code).first()


def keys_of(peer: Peer) -> dict[str, PublicKey]:
    """The keys by which this peer is trusted now, by their ids."""
    rows = PeerKey.objects.filter(peer=peer, retired_at=None)
    return {row.key_id: PublicKey.parse(row.public_key) for row in rows}


def refusals(peer: str | None = None) -> QuerySet[Refusal]:
    """What was sent to us and refused, newest first; of one peer, or "" for what came from strangers."""
    rows = Refusal.objects.all()
    return rows if peer is None else rows.filter(peer=peer)


# --- Registering by hand -----------------------------------------------------------------------------


def add(
    *,
    code: str,
    name: str,
    url: str,
    key: str,
    fingerprint: str,
    units: Mapping[str, str],
    ca_file: str = "",
) -> Peer:
    """Register a peer with its first key and its units (code → name).

    `fingerprint` is what the other side read out, and has to be that of `key`. Raises Invalid for what does
    not hold, Conflict for a code, unit or key that is taken.
    """
    wrong: dict[str, list[str]] = {}
    if not _CODE.fullmatch(code):
        wrong["code"] = ["外部系统代码只含小写字母、数字和短横，须以字母开头，2至20个字符。"]
    if not name.strip():
        wrong["name"] = ["请填写外部系统名称。"]
    if problem := url_problem(url):
        wrong["url"] = [problem]
    if not units:
        wrong["units"] = ["请至少写明一个由对方受理的单位。"]
    if wrong:
        raise Invalid(wrong)
    public = checked_key(key, fingerprint)
    with transaction.atomic():
        if Peer.objects.filter(code=code).exists():
            raise Conflict(f"外部系统“{code}”已经登记。")
        peer = Peer.objects.create(
            code=code, name=name.strip(), url=url.rstrip("/"), ca_file=ca_file, added_at=clock.now()
        )
        for unit_code, unit_name in units.items():
            _add_unit(peer, unit_code, unit_name)
        _add_key(peer, public)
        record("exchange.peer_added", code, url=peer.url, key=public.key_id, units=sorted(units))
    return peer


def add_units(*, code: str, units: Mapping[str, str]) -> Peer:
    """Let the peer serve these units as well (code → name). Raises as `add`."""
    with transaction.atomic():
        peer = find(code)
        for unit_code, unit_name in units.items():
            _add_unit(peer, unit_code, unit_name)
        record("exchange.peer_units_added", code, units=sorted(units))
    return peer


def move(*, code: str, url: str) -> Peer:
    """The peer is found at another address from now on; keys and units stay. Raises Invalid, NotFound."""
    if problem := url_problem(url):
        raise Invalid({"url": [problem]})
    with transaction.atomic():
        peer = Peer.objects.select_for_update().get(pk=find(code).pk)
        if peer.url != url.rstrip("/"):
            peer.url, peer.retry_at = url.rstrip("/"), None
            peer.save(update_fields=["url", "retry_at"])
            record("exchange.peer_moved", code, url=peer.url)
    return peer


def trust(*, code: str, key: str, fingerprint: str) -> PublicKey:
    """Know the peer by this key as well, from now on. Raises Conflict when two are trusted already."""
    public = checked_key(key, fingerprint)
    with transaction.atomic():
        peer = Peer.objects.select_for_update().get(pk=find(code).pk)
        if PeerKey.objects.filter(peer=peer, retired_at=None).count() >= KEYS_AT_MOST:
            raise Conflict(f"已有{KEYS_AT_MOST}把密钥并存，请先用 bancheng peer distrust 停用旧的一把。")
        _add_key(peer, public)
        record("exchange.peer_key_trusted", code, key=public.key_id)
    return public


def distrust(*, code: str, key_id: str) -> None:
    """Know the peer by this key no longer. Raises Conflict for its last one: suspend the peer instead."""
    with transaction.atomic():
        peer = Peer.objects.select_for_update().get(pk=find(code).pk)
        trusted = PeerKey.objects.filter(peer=peer, retired_at=None)
        if not trusted.filter(key_id=key_id).exists():
            raise NotFound(f"“{code}”没有编号为“{key_id}”的在用密钥。")
        if trusted.count() == 1:
            raise Conflict("这是对方唯一的在用密钥，不能停用；要中断往来，请用 bancheng peer suspend。")
        trusted.filter(key_id=key_id).update(retired_at=clock.now())
        record("exchange.peer_key_retired", code, key=key_id)


def suspend(*, code: str) -> Peer:
    """Send nothing to the peer and take nothing from it; what is for it waits."""
    return _turn(code, "exchange.peer_suspended", suspended=True)


def resume(*, code: str) -> Peer:
    """Deal with the peer again, at once."""
    return _turn(code, "exchange.peer_resumed", suspended=False)


def url_problem(url: str) -> str:
    """Why a peer cannot be reached at this address; "" where it can.

    HTTPS only; without TLS just on this machine, which is the demo's and the tests' way.
    """
    try:
        parts = urlsplit(url)
        host, _ = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return "网址有误，请核对。"
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        return "网址应形如 https://exchange.example.gov.cn。"
    if parts.path.strip("/") or parts.query or parts.fragment:
        return "网址只写协议、域名和端口，不带路径。"
    if parts.scheme == "http" and not _is_loopback(host):
        return "必须用https；只有本机演示可以用http。"
    return ""


def checked_key(key: str, fingerprint: str) -> PublicKey:
    """The key, if the fingerprint is its own. Raises Invalid."""
    try:
        public = PublicKey.parse(key)
    except ValueError:
        raise Invalid({"key": ["公钥有误，应形如 ed25519:……，请整段复制。"]}) from None
    if bare(fingerprint) != bare(public.fingerprint):
        raise Invalid({"fingerprint": ["指纹与公钥不符，不予登记。请与对方当面或电话核对指纹。"]})
    return public


# --- How it goes -------------------------------------------------------------------------------------


def reached(peer: Peer, *, skew: int) -> None:
    """The peer answered with its signature; `skew` is by how many seconds its clock is ahead of ours.

    Written down once in a while, not for every message of many.
    """
    news = Q(last_seen_at=None) | Q(last_seen_at__lt=clock.now() - SEEN_ANEW) | Q(failures__gt=0)
    Peer.objects.filter(news, pk=peer.pk).update(
        last_seen_at=clock.now(), skew=skew, failures=0, retry_at=None, last_error=""
    )


def failed(peer: Peer, reason: str) -> None:
    """The peer did not answer, or what answered was not it: it rests, 4 s at first, then twice as long.

    At most ten minutes, up to a quarter longer by chance, by the clock of the database.
    """
    doubled = Least(LONGEST_REST_SECONDS, FIRST_REST_SECONDS * Power(2.0, Least(F("failures"), 20)))
    rest = ExpressionWrapper(
        Value(timedelta(seconds=1)) * doubled * (1 + Random() / 4), output_field=DurationField()
    )
    Peer.objects.filter(pk=peer.pk).update(
        retry_at=Now() + rest,
        failures=F("failures") + 1,
        last_error=reason[:200],
        last_error_at=clock.now(),
    )


def resting(unit_code: str) -> bool:
    """Whether whoever serves this unit is not to be tried now: it failed a moment ago, or is suspended."""
    asleep = Q(peer__suspended_at__isnull=False) | Q(peer__retry_at__gt=Now())
    return PeerUnit.objects.filter(asleep, code=unit_code).exists()


def note_refusal(*, peer: str, code: str, status: int, detail: str, message_id: UUID | None) -> None:
    """Count what we refused. `detail` is a sentence of ours."""
    last = {"at": clock.now(), "status": status, "detail": detail[:200], "message_id": message_id}
    row, new = Refusal.objects.get_or_create(peer=peer, code=code, day=clock.today(), defaults=last)
    if not new:
        Refusal.objects.filter(pk=row.pk).update(count=F("count") + 1, **last)


def _turn(code: str, act: str, *, suspended: bool) -> Peer:
    with transaction.atomic():
        peer = find(code)
        peer.suspended_at = clock.now() if suspended else None
        peer.retry_at = None
        peer.save(update_fields=["suspended_at", "retry_at"])
        record(act, code)
    return peer


def _add_unit(peer: Peer, code: str, name: str) -> None:
    if not _UNIT.fullmatch(code) or not name.strip():
        raise Invalid({"units": [f"单位“{code}”有误，应为六位代码和名称，形如 130000=名称。"]})
    if Centre.objects.filter(code=code).exists():
        raise Conflict(f"{code}是本系统的中心，不能由外部系统受理。")
    if taken := serving(code):
        raise Conflict(f"{code}已由外部系统“{taken.code}”受理。")
    PeerUnit.objects.create(peer=peer, code=code, name=name.strip()[:60])


def _add_key(peer: Peer, public: PublicKey) -> None:
    if PeerKey.objects.filter(key_id=public.key_id).exists():
        raise Conflict("这把公钥已经登记过；停用过的密钥不能再用。")
    PeerKey.objects.create(
        peer=peer,
        key_id=public.key_id,
        algorithm=public.algorithm,
        public_key=str(public),
        trusted_at=clock.now(),
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
