"""The other deployment of a test: a real HTTP server that answers as a peer would, or as it should not.

And the other way round: requests as such a peer signs them, for our own endpoint.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID, uuid4

from django.test import Client
from uuid6 import uuid7

from bancheng.exchange import own_keys, peers, wire
from bancheng.exchange.models import Peer
from bancheng.exchange.registry import Envelope
from bancheng.exchange.signing import Answer, PrivateKey, PublicKey, Request, claimed_key_id, prove, sign
from bancheng.timekeeping import clock
from tests import notes

UNIT, OTHER_UNIT, UNIT_NAME = "130000", "130001", "示例省级中心"
HOST = "localhost"
MESSAGES = "/exchange/messages/"

Said = tuple[int, dict[str, Any]]


class FarEnd:
    """A peer named `province` that serves UNIT. What it took over is in `taken`, in order, each once.

    `says` decides what it answers to a message; `trusted` are the keys by which it knows us; `ahead` moves
    its clock. The hooks `dress` and `undress` change an answer before and after it is signed.
    """

    def __init__(self) -> None:
        self.key = PrivateKey.new()
        self.trusted: list[PublicKey] = []
        self.ahead = timedelta()
        self.requests = 0
        self.taken: list[dict[str, Any]] = []
        self.positions: list[dict[str, Any]] | None = None
        self.says: Callable[[dict[str, Any]], Said] = self.receipt
        self.dress: Callable[[Answer, bytes], bytes] = lambda answer, body: body
        self.undress: Callable[[Answer, bytes], bytes] = lambda answer, body: body
        self.url = ""

    def receipt(self, event: dict[str, Any]) -> Said:
        """What a healthy peer answers, also when the message comes again; a number is used once."""
        if event["id"] not in [taken["id"] for taken in self.taken]:
            place = (event["subject"], event["source"], event["data"]["seq"])
            if place in [(taken["subject"], taken["source"], taken["data"]["seq"]) for taken in self.taken]:
                return problem(409, "out_of_sequence", "这一序号已被另一条消息占用", final=True)
            self.taken.append(event)
        at = "2026-11-24T09:00:00+08:00"
        return 200, {"message_id": event["id"], "state": "applied", "received_at": at, "applied_at": at}

    def answer(self, request: Request, body: bytes) -> tuple[Answer, bytes]:
        self.requests += 1
        known = {key.key_id: key for key in self.trusted}
        key = known.get(claimed_key_id(request.headers))
        if key is None:
            status, said = problem(401, "unknown_key", "签名用的密钥未经登记")
        else:
            prove(request, body, key)
            status, said = self._serve(request.url, json.loads(body))
        content = wire.dumps(said)
        made = Answer(status, {"Content-Type": "application/json"}, request)
        content = self.dress(made, content)
        with clock.at(clock.now() + self.ahead):
            sign(made, content, self.key)
        return made, self.undress(made, content)

    def _serve(self, url: str, content: dict[str, Any]) -> Said:
        if "ping" in url:
            return 200, {"peer": "city"}
        if "positions" in url:
            return 200, {"positions": self.standing() if content["after"] is None else []}
        return self.says(content)

    def standing(self) -> list[dict[str, Any]]:
        """How far it has come with each line, as it knows it; `positions` for another story."""
        if self.positions is not None:
            return self.positions
        lines: dict[tuple[str, str, str], dict[str, str]] = {}
        for event in self.taken:
            ids = lines.setdefault((event["subject"], event["source"], event["target"]), {})
            ids[str(event["data"]["seq"])] = event["id"]
        return [
            {"case": case, "source": source, "target": target, "seq": max(map(int, ids)), "ids": ids}
            for (case, source, target), ids in sorted(lines.items())
        ]

    def texts(self) -> list[str]:
        """What the notes said that arrived there."""
        return [event["data"]["body"]["text"] for event in self.taken]


def problem(status: int, code: str, detail: str, *, final: bool = False) -> Said:
    """A signed refusal."""
    return status, {"status": status, "code": code, "detail": detail, "final": final}


@contextmanager
def running() -> Iterator[FarEnd]:
    """A far end that listens on a port of its own."""
    far = FarEnd()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 65536  # one packet for an answer

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            url = f"http://{self.headers['Host']}{self.path}"
            answer, content = far.answer(Request("POST", url, self.headers), body)
            self.send_response_only(answer.status_code)
            for name, value in ({"Content-Length": str(len(content))} | answer.headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    far.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield far
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def introduce(far: FarEnd) -> Peer:
    """The two know each other's keys, as after `bancheng peer add` on both sides."""
    far.trusted.append(own_keys.ensure())
    public = far.key.public
    return peers.add(
        code="province",
        name="示例省级系统",
        url=far.url or "http://127.0.0.1:9",
        key=str(public),
        fingerprint=public.fingerprint,
        units={UNIT: UNIT_NAME},
    )


# --- What a peer sends to us ----------------------------------------------------------------------------


def note(text: str = "示例", *, seq: int = 1, **other: Any) -> Envelope:
    """A note of the peer's unit for the city's centre."""
    said: dict[str, Any] = {
        "message_id": uuid7(),
        "case_id": UUID("01930000-0000-7000-8000-00000000000f"),
        "source": UNIT,
        "target": "130700",
        "seq": seq,
        "kind": notes.KIND,
        "header": {"state": "sent"},
        "body": {"text": text},
        "created_at": clock.now(),
    }
    return Envelope(**said | other)


def post(
    content: bytes,
    key: PrivateKey,
    *,
    id: str = "",
    at: datetime | None = None,
    path: str = MESSAGES,
    tamper: Callable[[Request], None] = lambda request: None,
    client: Client | None = None,
) -> Any:
    """Send it to our endpoint as the peer would, signed `at` that moment; `tamper` has the signed request."""
    media_type = "application/json" if path != MESSAGES else wire.MEDIA_TYPE
    request = Request(
        "POST", f"http://{HOST}{path}", {"Content-Type": media_type, "Idempotency-Key": id or str(uuid4())}
    )
    with clock.at(at or clock.now()):
        sign(request, content, key)
    tamper(request)
    headers = dict(request.headers)
    return (client or Client()).generic(
        "POST",
        path,
        content,
        content_type=headers.pop("Content-Type", ""),
        headers={"host": HOST, **headers},
    )


def send(envelope: Envelope, key: PrivateKey, **more: Any) -> Any:
    """An envelope, sent as the peer would."""
    return post(wire.encode(envelope), key, id=str(envelope.message_id), **more)
