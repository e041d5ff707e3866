"""Sending to another deployment: a signed POST, and only its signed receipt is an acknowledgement."""

import os
import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    SSLError,
    TimeoutError,
)
from uuid6 import uuid7

from bancheng.exchange import own_keys, peers, wire
from bancheng.exchange.errors import ExchangeError, Unreachable
from bancheng.exchange.models import Peer
from bancheng.exchange.registry import Envelope, Receipt
from bancheng.exchange.sealing import digest
from bancheng.exchange.signing import (
    Answer,
    PrivateKey,
    PublicKey,
    Request,
    Unproven,
    claimed_key_id,
    prove,
    sign,
)
from bancheng.exchange.transports import Outcome
from bancheng.privacy.patterns import without_personal_numbers
from bancheng.timekeeping import clock

CONNECT_SECONDS: Final = 3.0
TOTAL_SECONDS: Final = 10.0
LONGEST_ANSWER: Final = 1024 * 1024
MESSAGES, POSITIONS, PING = "/exchange/messages/", "/exchange/positions/", "/exchange/ping/"

# What the other side says of ourselves or of itself, not of the message: that counts against no message.
_OF_THE_PEER: Final = frozenset({401, 429, 500, 502, 503, 504})


class RefusedThere(ExchangeError):
    """The other side refused the message, under its signature; `final` is its word that trying is no use."""

    def __init__(self, code: str, detail: str, *, final: bool) -> None:
        super().__init__(f"对方拒收（{code}）：{detail}")
        self.code, self.final = code, final


@dataclass(frozen=True)
class Line:
    """A peer and the keys of both sides, read once for all that goes to it in a row."""

    peer: Peer
    key: PrivateKey
    known: Mapping[str, PublicKey]

    @classmethod
    def to(cls, peer: Peer, *, key: PrivateKey | None = None) -> "Line":
        """With another key of ours to sign with, if it is given. Raises Unreachable while there is none."""
        try:
            return cls(peer, key or own_keys.current(), peers.keys_of(peer))
        except own_keys.NoOwnKey as error:
            raise Unreachable(str(error)) from None


@dataclass(frozen=True)
class Reply:
    """A proven answer: its content, which key signed it, how far its clock is ahead and how long it took."""

    status: int
    content: dict[str, Any]
    key_id: str
    skew: int
    seconds: float


class Remote:
    """Units of other deployments, all units of a peer behind one door."""

    remote = True

    def serves(self, target: str) -> bool:
        return peers.serving(target) is not None

    def door(self, target: str) -> str:
        peer = peers.serving(target)
        return peer.code if peer else target

    def rests(self, target: str) -> bool:
        return peers.resting(target)

    def deliver(self, envelopes: Sequence[Envelope]) -> Iterator[Outcome]:
        """One after the other over one connection. What is not tried waits, and nothing is said of it.

        That is all after the first that finds nobody, and on a line what follows a message refused for good.
        """
        line: Line | None = None
        stopped: set[tuple[UUID, str]] = set()
        for envelope in envelopes:
            if (envelope.case_id, envelope.source) in stopped:
                continue
            outcome: Receipt | Exception
            try:
                line = line or _line_to(envelope.target)
                outcome = _deliver(line, envelope)
            except Unreachable as nobody:
                yield envelope, nobody
                return
            except ExchangeError as refused:
                outcome = refused
                if refused.final:
                    stopped.add((envelope.case_id, envelope.source))
            yield envelope, outcome


def call(line: Line, path: str, body: bytes, *, id: UUID, media_type: str = "application/json") -> Reply:
    """The peer's signed answer to a signed request; `id` is its Idempotency-Key. What it says is not judged.

    Raises Unreachable when there is no answer, none that the peer has signed for this very request, or one
    that it cannot deal with us at all; then the peer rests, and its row says why.
    """
    try:
        reply = _call(line, path, body, str(id), media_type)
    except Unreachable as error:
        peers.failed(line.peer, str(error))
        raise
    peers.reached(line.peer, skew=reply.skew)
    return reply


def ping(peer: Peer, *, key: PrivateKey | None = None) -> Reply:
    """Ask a peer whether it knows us, and us it; with another key of ours to see whether it knows that.

    Raises Unreachable and RefusedThere, and lets nobody rest for it: somebody sits there and reads.
    """
    reply = _call(Line.to(peer, key=key), PING, b"{}", str(uuid7()), "application/json")
    if reply.status != 200:
        raise _refusal(reply)
    if key is None:
        peers.reached(peer, skew=reply.skew)
    return reply


def ask(line: Line, path: str, content: dict[str, Any]) -> dict[str, Any]:
    """What the peer answers to a question that is no message. Raises Unreachable, RefusedThere."""
    reply = call(line, path, wire.dumps(content), id=uuid7())
    if reply.status != 200:
        raise _refusal(reply)
    return reply.content


def _line_to(unit_code: str) -> Line:
    peer = peers.serving(unit_code)
    if peer is None:
        raise Unreachable("没有外部系统受理这个单位")
    if peer.suspended_at is not None:
        raise Unreachable("与对方的往来已停用")
    return Line.to(peer)


def _deliver(line: Line, envelope: Envelope) -> Receipt:
    body = wire.encode(envelope)
    if len(body) > wire.MAX_BYTES:
        raise RefusedThere("too_large", "消息超过对方可以接收的大小", final=True)
    reply = call(line, MESSAGES, body, id=envelope.message_id, media_type=wire.MEDIA_TYPE)
    if reply.status != 200:
        raise _refusal(reply)
    try:
        return _receipt(reply, envelope)
    except Unreachable as error:
        peers.failed(line.peer, str(error))
        raise


def _receipt(reply: Reply, envelope: Envelope) -> Receipt:
    """The digest is ours: the peer signed that of the very request, and keeps its own under its own key."""
    content = reply.content
    try:
        applied = content["applied_at"]
        receipt = Receipt(
            message_id=UUID(content["message_id"]),
            state=str(content["state"])[:10],
            digest=digest(envelope),
            received_at=datetime.fromisoformat(content["received_at"]),
            applied_at=datetime.fromisoformat(applied) if applied else None,
        )
    except (KeyError, ValueError, TypeError, AttributeError):
        raise Unreachable("对方的回执无法识别") from None
    if receipt.message_id != envelope.message_id:
        raise Unreachable("对方的回执不是这条消息的")
    return receipt


def _refusal(reply: Reply) -> RefusedThere:
    code = str(reply.content.get("code", ""))[:40] or str(reply.status)
    return RefusedThere(code, _detail(reply), final=reply.content.get("final") is True)


def _detail(reply: Reply) -> str:
    """What the peer says; it promised to name nobody, and numbers are removed all the same."""
    return without_personal_numbers(str(reply.content.get("detail", "")))[:120] or "未说明原因"


# --- One request -------------------------------------------------------------------------------------


def _call(line: Line, path: str, body: bytes, id: str, media_type: str) -> Reply:
    request = Request("POST", line.peer.url + path, {"Content-Type": media_type, "Idempotency-Key": id})
    sign(request, body, line.key)
    sent, started = clock.now(), time.monotonic()
    status, headers, content = _exchange(line.peer, request, body)
    seconds = time.monotonic() - started
    try:
        key_id = claimed_key_id(headers)
        known = line.known.get(key_id)
        if known is None:
            raise Unproven("签名用的密钥未经登记")
        signed_at = prove(Answer(status, headers, request), content, known)
        answer = wire.loads(content)
    except (Unproven, wire.Malformed) as error:
        raise Unreachable(f"应答{status}不能证明来自对方：{error}") from None
    # A signature tells whole seconds: on average it was made half a second later than it says.
    skew = round((signed_at - sent).total_seconds() + 0.5 - seconds / 2)
    reply = Reply(status, answer, key_id, skew, seconds)
    if status in _OF_THE_PEER:
        raise Unreachable(f"对方应答{status}：{_detail(reply)}")
    return reply


def _exchange(peer: Peer, request: Request, body: bytes) -> tuple[int, Any, bytes]:
    """Status, headers and content of whatever answers; followed nowhere else. Raises Unreachable."""
    pool = _pool(os.getpid(), peer.ca_file)
    for again in (True, False):
        try:
            response = pool.request(
                request.method,
                request.url,
                body=body,
                headers={**request.headers, "Accept": "application/json", "User-Agent": "bancheng"},
                timeout=urllib3.Timeout(connect=CONNECT_SECONDS, total=TOTAL_SECONDS),
                retries=False,
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
            try:
                content = response.read(LONGEST_ANSWER + 1)
                if len(content) > LONGEST_ANSWER or response.read(1):
                    raise Unreachable("应答太长，不是对方的回执")
                return response.status, response.headers, content
            finally:
                response.release_conn()
        except ProtocolError:
            # Most often a kept connection that the other side had closed. The same message twice is no harm.
            if not again:
                raise Unreachable("连接中断，没有收到完整应答") from None
        except (HTTPError, OSError, ValueError) as error:
            raise Unreachable(_told(error)) from None
    raise Unreachable("连接中断，没有收到完整应答")


def _told(error: Exception) -> str:
    """In words, without those of the library: they quote addresses."""
    match error:
        case SSLError():
            return "对方证书未通过验证"
        case NameResolutionError():
            return "找不到对方网址（域名解析失败）"
        case NewConnectionError():  # before the timeouts, of which the library makes it one
            return "连不上对方（连接被拒绝或网络不通）"
        case ConnectTimeoutError() | TimeoutError():
            return "连接或等待应答超时"
        case _:
            return f"请求没有完成（{type(error).__name__}）"


@cache
def _pool(process: int, ca_file: str) -> urllib3.PoolManager:
    """Connections of this process; a fork must not share them. No proxy of the environment is used."""
    return urllib3.PoolManager(
        num_pools=16,
        maxsize=4,
        cert_reqs="CERT_REQUIRED",
        ca_certs=ca_file or None,
        ssl_minimum_version=ssl.TLSVersion.TLSv1_2,
    )
