"""Taking in what another deployment sends: proven, looked at, applied, and answered under our signature."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from bancheng.centres.models import Centre, Kind
from bancheng.centres.scope import in_centre
from bancheng.exchange import inbox, own_keys, peers, resync, wire
from bancheng.exchange.errors import (
    ContentMismatch,
    ExchangeError,
    OutOfSequence,
    TooLarge,
    UnknownKind,
    describe,
)
from bancheng.exchange.models import Peer, PeerKey
from bancheng.exchange.registry import Receipt
from bancheng.exchange.signing import Answer, PublicKey, Request, Unproven, claimed_key_id, prove, sign
from bancheng.timekeeping import clock

SKEW: Final = timedelta(seconds=120)
"""How far the clocks may differ, and so how old a request may be."""
SMALL_BYTES: Final = 64 * 1024
PROBLEM: Final = "application/problem+json"

log = logging.getLogger(__name__)


class Turned(Exception):
    """The request is refused. `detail` is a sentence of ours; `final` says that the same will never do."""

    def __init__(self, status: int, code: str, detail: str, *, final: bool = False) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.final = status, code, detail, final


@dataclass(frozen=True)
class Sender:
    """Who has proven to be the sender of a request, and its content."""

    peer: Peer
    key_id: str
    idempotency_key: str
    body: bytes


Serve = Callable[[Sender], dict[str, Any]]


@csrf_exempt
def messages(request: HttpRequest) -> HttpResponse:
    """One message for a centre of ours; the answer is the receipt, the same when it comes again."""
    return _answered(request, _take, wire.MAX_BYTES, wire.MEDIA_TYPE)


@csrf_exempt
def ping(request: HttpRequest) -> HttpResponse:
    """Who asks, as we know them: for `bancheng peer test` on the other side."""
    return _answered(request, _know, SMALL_BYTES, "application/json")


@csrf_exempt
def positions(request: HttpRequest) -> HttpResponse:
    """How far we have come with what the peer's units sent us, some cases at a time: see `resync`."""
    return _answered(request, _say_positions, SMALL_BYTES, "application/json")


def _take(sender: Sender) -> dict[str, Any]:
    try:
        envelope = wire.decode(sender.body)
    except wire.Malformed as error:
        raise Turned(422, "malformed", str(error), final=True) from None
    if str(envelope.message_id) != sender.idempotency_key:
        raise Turned(422, "malformed", "Idempotency-Key与消息编号不一致", final=True)
    if not sender.peer.units.filter(code=envelope.source).exists():
        raise Turned(403, "foreign_source", "来源单位不由对方受理，不能代为发送")
    centre = Centre.objects.filter(code=envelope.target).exclude(kind=Kind.PUBLIC).first()
    if centre is None:
        raise Turned(404, "unknown_target", "本系统没有这个收件单位")
    if centre.suspended_at:
        raise Turned(409, "centre_suspended", "收件单位已停用")
    try:
        with in_centre(envelope.target):
            return _told(inbox.receive(envelope))
    except (OperationalError, InterfaceError):
        raise
    except TooLarge as error:
        raise Turned(413, "too_large", "消息正文太大", final=error.final) from None
    except UnknownKind:
        raise Turned(422, "unknown_kind", "不认识这类消息，对方版本可能较新") from None
    except ContentMismatch as error:
        raise Turned(409, "content_mismatch", "同一编号的消息内容不同", final=error.final) from None
    except OutOfSequence as error:
        raise Turned(409, "out_of_sequence", "这一序号已被另一条消息占用", final=error.final) from None
    except Exception as error:
        final = isinstance(error, ExchangeError) and error.final
        raise Turned(422, "not_applied", f"未能办理：{describe(error)}", final=final) from None


def _told(receipt: Receipt) -> dict[str, Any]:
    """The receipt, the same to the letter when asked again; without our digest, which only we can check."""
    return {
        "message_id": str(receipt.message_id),
        "state": receipt.state,
        "received_at": receipt.received_at.astimezone(UTC).isoformat(),
        "applied_at": receipt.applied_at.astimezone(UTC).isoformat() if receipt.applied_at else None,
    }


def _say_positions(sender: Sender) -> dict[str, Any]:
    try:
        after = wire.loads(sender.body).get("after")
        ours = resync.positions(sender.peer, after=None if after is None else UUID(after))
    except (wire.Malformed, ValueError, TypeError, AttributeError):
        raise Turned(422, "malformed", "请求的内容有误", final=True) from None
    return {"positions": [position.as_json() for position in ours]}


def _know(sender: Sender) -> dict[str, Any]:
    return {"peer": sender.peer.code, "key_id": sender.key_id, "at": clock.now().isoformat()}


# --- Whoever asks, and how they are answered ---------------------------------------------------------


def _answered(request: HttpRequest, serve: Serve, longest: int, media_type: str) -> HttpResponse:
    try:
        return _served(request, serve, longest, media_type)
    except (OperationalError, InterfaceError) as error:
        log.warning("a message from outside met a database in trouble: %s", describe(error))
        return _busy(request)


def _served(request: HttpRequest, serve: Serve, longest: int, media_type: str) -> HttpResponse:
    known: list[Peer] = []
    try:
        sender = _sender(request, longest, media_type, known)
        status, content, kind = 200, serve(sender), "application/json"
    except Turned as turned:
        _note(request, turned, known)
        status, content, kind = turned.status, _problem(request, turned), PROBLEM
    return _signed(request, status, content, kind)


def _sender(request: HttpRequest, longest: int, media_type: str, known: list[Peer]) -> Sender:
    """Proven to be a peer that we deal with, at this moment. Raises Turned.

    `known` takes the peer as soon as its signature has proven who it is, whatever comes after.
    """
    if request.method != "POST":
        raise Turned(405, "wrong_method", "这个地址只接受POST", final=True)
    length = _length(request, longest)
    try:
        key_id = claimed_key_id(request.headers)
        row = PeerKey.objects.select_related("peer").filter(key_id=key_id).first()
        if row is None:  # before anything is read: a stranger may send much
            raise Turned(401, "unknown_key", "签名用的密钥未经登记")
        body = _body(request, length)
        signed_at = prove(_as_signed(request), body, PublicKey.parse(row.public_key))
    except Unproven as error:
        raise Turned(401, "bad_signature", str(error)) from None
    known.append(row.peer)
    if row.retired_at is not None:
        raise Turned(401, "retired_key", "签名用的密钥已停用，请改用新密钥")
    if row.peer.suspended_at is not None:
        raise Turned(503, "peer_suspended", "与贵方的往来已停用")
    late = clock.now() - signed_at
    if abs(late) > SKEW:
        seconds, limit = round(abs(late).total_seconds()), round(SKEW.total_seconds())
        side = "慢" if late > timedelta() else "快"
        detail = f"贵方时钟比本机{side}{seconds}秒（容许{limit}秒），或者消息是旧的；请校时后重送"
        raise Turned(401, "clock_skew", detail)
    if request.headers.get("Content-Type", "").partition(";")[0].strip() != media_type:
        raise Turned(415, "wrong_media_type", f"内容类型应为{media_type}", final=True)
    return Sender(row.peer, key_id, request.headers["Idempotency-Key"], body)


def _length(request: HttpRequest, longest: int) -> int:
    """What the request announces. Raises Turned."""
    announced = request.META.get("CONTENT_LENGTH") or ""
    if not announced.isascii() or not announced.isdecimal():
        raise Turned(411, "no_length", "请求没有写明长度", final=True)
    length = int(announced[:20])
    if length > longest:
        raise Turned(413, "too_large", f"内容超过{longest // 1024}千字节", final=True)
    return length


def _body(request: HttpRequest, length: int) -> bytes:
    """All of the body. Raises Turned."""
    body = bytes(request.read(length))
    if len(body) < length:
        raise Turned(400, "truncated", "消息没有收完整")
    return body


def _as_signed(request: HttpRequest) -> Request:
    """The request as its sender saw it; a proxy in front hands the host on as it came."""
    return Request(request.method or "", request.build_absolute_uri(request.path), request.headers)


def _signed(request: HttpRequest, status: int, content: dict[str, Any], kind: str) -> HttpResponse:
    """Our answer, bound to this request by our signature; without a key of ours unsigned, and no proof."""
    body = wire.dumps(content)
    headers = {"Content-Type": kind}
    try:
        sign(Answer(status, headers, _as_signed(request)), body, own_keys.current())
    except own_keys.NoOwnKey:
        log.error("a message from outside was answered without a signature: there is no key")
    response = HttpResponse(body, status=status, headers=headers | {"Cache-Control": "no-store"})
    if status == 405:
        response.headers["Allow"] = "POST"
    return response


def _busy(request: HttpRequest) -> HttpResponse:
    """Signed if the database still gives us our key."""
    turned = Turned(503, "busy", "本系统暂时不能受理，请稍后再送")
    content = _problem(request, turned)
    try:
        return _signed(request, turned.status, content, PROBLEM)
    except (OperationalError, InterfaceError):
        return HttpResponse(wire.dumps(content), status=turned.status, content_type=PROBLEM)


def _problem(request: HttpRequest, turned: Turned) -> dict[str, Any]:
    """Problem details (RFC 9457) with two members of ours."""
    return {
        "type": "about:blank",
        "title": "拒收",
        "status": turned.status,
        "detail": turned.detail,
        "instance": request.path,
        "code": turned.code,
        "final": turned.final,
    }


def _note(request: HttpRequest, turned: Turned, known: list[Peer]) -> None:
    """Counted for the operator, and one line in the log; a message's id only where its sender is proven."""
    code = known[0].code if known else ""
    peers.note_refusal(
        peer=code,
        code=turned.code,
        status=turned.status,
        detail=turned.detail,
        message_id=_id(request.headers.get("Idempotency-Key", "")) if known else None,
    )
    log.warning("refused from %s: %s", code or "a stranger", turned.code)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
