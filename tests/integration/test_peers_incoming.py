"""What another deployment sends: taken over once and answered under our signature, or refused in words."""

import json
import logging
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.db import OperationalError

from bancheng.centres import onboarding
from bancheng.exchange import endpoint, inbox, own_keys, peers, wire
from bancheng.exchange.models import Inbox, PeerKey, Refusal
from bancheng.exchange.registry import Envelope
from bancheng.exchange.signing import Answer, PrivateKey, Request, prove
from bancheng.timekeeping import clock
from tests import far_end, notes
from tests.far_end import UNIT, FarEnd, note, post, send


@pytest.fixture(autouse=True)
def _book(city: Any) -> Iterator[None]:
    with notes.book():
        yield


@pytest.fixture
def far(city: Any, office: Any) -> FarEnd:
    """A peer that we know and that knows us; it is not listening."""
    far = FarEnd()
    far_end.introduce(far)
    return far


def refused(response: Any, status: int, code: str, *, final: bool = False) -> str:
    """The sentence of a refusal of which nothing was applied; checked for being signed and written down."""
    said = response.json()
    assert (response.status_code, said["code"], said["final"]) == (status, code, final)
    assert response.headers["Content-Type"] == "application/problem+json"
    assert "Signature" in response.headers
    assert notes.texts() == []
    row = peers.refusals().get(code=code)
    assert (row.status, row.detail) == (status, said["detail"])
    return str(said["detail"])


# --- Taken over -----------------------------------------------------------------------------------------


def test_a_message_is_applied_in_the_schema_of_its_target(far: FarEnd) -> None:
    envelope = note()
    response = send(envelope, far.key)
    assert response.status_code == 200
    assert notes.written() == [notes.Note("c130700", envelope.case_id, UNIT, "130700", 1, "示例")]
    assert response.json()["message_id"] == str(envelope.message_id)


def test_the_receipt_is_signed_for_this_very_request(far: FarEnd) -> None:
    requests: list[Request] = []
    response = send(note(), far.key, tamper=requests.append)
    answer = Answer(200, response.headers, requests[0])
    prove(answer, response.content, own_keys.ensure())


def test_the_same_message_again_has_no_effect_and_the_same_receipt(far: FarEnd) -> None:
    envelope = note()
    first, second = send(envelope, far.key), send(envelope, far.key)
    assert (second.status_code, second.json()) == (200, first.json())
    assert notes.texts() == ["示例"]


def test_a_recorded_request_sent_again_has_no_effect(far: FarEnd) -> None:
    envelope, moment = note(), clock.now()
    send(envelope, far.key, at=moment)
    send(envelope, far.key, at=moment)
    assert notes.texts() == ["示例"]


def test_what_came_early_is_held_and_applied_in_order(far: FarEnd) -> None:
    second, first = note("second", seq=2), note("first")
    assert send(second, far.key).json()["state"] == Inbox.State.HELD
    send(first, far.key)
    inbox_drain(first)
    assert notes.texts() == ["first", "second"]


def inbox_drain(envelope: Envelope) -> None:
    from bancheng.centres.scope import in_centre

    with in_centre(envelope.target):
        inbox.drain(case_id=envelope.case_id, source=envelope.source, target=envelope.target)


def test_a_message_with_a_large_file_passes(far: FarEnd) -> None:
    envelope = note("示例", body={"text": "示例", "file": "A" * 14_000_000})
    assert send(envelope, far.key).status_code == 200


def test_the_answer_holds_nothing_of_the_content(far: FarEnd) -> None:
    envelope = note("欧阳示例")
    assert set(send(envelope, far.key).json()) == {"message_id", "state", "received_at", "applied_at"}


# --- Who sends ------------------------------------------------------------------------------------------


def test_an_unsigned_message_is_refused(far: FarEnd) -> None:
    def strip(request: Request) -> None:
        del request.headers["Signature"], request.headers["Signature-Input"]

    assert refused(send(note(), far.key, tamper=strip), 401, "bad_signature") == "没有签名"


def test_a_forged_message_is_refused(far: FarEnd) -> None:
    def claim(request: Request) -> None:
        fields = request.headers["Signature-Input"]
        request.headers["Signature-Input"] = fields.replace(forger.public.key_id, far.key.public.key_id)

    forger = PrivateKey.new()
    assert refused(send(note(), forger, tamper=claim), 401, "bad_signature") == "签名不符"


def test_an_unknown_key_is_refused_without_reading_the_body(far: FarEnd) -> None:
    assert "未经登记" in refused(send(note(), PrivateKey.new()), 401, "unknown_key")


def test_a_retired_key_is_refused_by_that_name(far: FarEnd) -> None:
    PeerKey.objects.update(retired_at=clock.now())
    assert "已停用" in refused(send(note(), far.key), 401, "retired_key")


def test_a_changed_body_is_refused(far: FarEnd) -> None:
    envelope = note()
    other = wire.encode(replace(envelope, body={"text": "改过"}))

    def swap(request: Request) -> None:
        sent.append(request)

    sent: list[Request] = []
    send(envelope, far.key, tamper=swap)
    Inbox.objects.all().delete()
    notes_before = notes.texts()
    response = replay_with(sent[0], other)
    assert (response.status_code, response.json()["code"]) == (401, "bad_signature")
    assert response.json()["detail"] == "内容与签名时的不一致"
    assert notes.texts() == notes_before


def replay_with(request: Request, content: bytes) -> Any:
    from django.test import Client

    headers = dict(request.headers)
    kind = headers.pop("Content-Type")
    return Client().generic(
        "POST", far_end.MESSAGES, content, content_type=kind, headers={"host": far_end.HOST, **headers}
    )


@pytest.mark.parametrize(
    ("shift", "word"), [(timedelta(minutes=-5), "慢300秒"), (timedelta(minutes=5), "快300秒")]
)
def test_a_stale_message_or_a_wrong_clock_is_refused_with_the_difference(
    far: FarEnd, shift: timedelta, word: str
) -> None:
    moment = clock.now().replace(microsecond=0)  # a signature tells whole seconds
    with clock.at(moment):
        response = send(note(), far.key, at=moment + shift)
    detail = refused(response, 401, "clock_skew")
    assert word in detail
    assert "校时" in detail


def test_clocks_may_differ_a_little(far: FarEnd) -> None:
    for shift in (-100, 100):
        Inbox.objects.all().delete()
        response = send(note(seq=1, case_id=uuid4()), far.key, at=clock.now() + timedelta(seconds=shift))
        assert response.status_code == 200


def test_a_suspended_peer_is_refused(far: FarEnd) -> None:
    peers.suspend(code="province")
    refused(send(note(), far.key), 503, "peer_suspended")


def test_a_peer_speaks_for_its_own_units_alone(far: FarEnd) -> None:
    refused(send(note(source="130722"), far.key), 403, "foreign_source")


# --- What is sent ---------------------------------------------------------------------------------------


def test_a_kind_that_nobody_handles_is_refused_and_may_come_again(far: FarEnd) -> None:
    refused(send(note(kind="test.unheard"), far.key), 422, "unknown_kind")
    assert Inbox.objects.count() == 0


def test_the_same_id_with_other_content_is_refused_for_good(far: FarEnd) -> None:
    envelope = note()
    send(envelope, far.key)
    response = send(replace(envelope, body={"text": "改过"}), far.key)
    assert (response.status_code, response.json()["code"]) == (409, "content_mismatch")
    assert response.json()["final"]
    assert notes.texts() == ["示例"]


def test_a_number_that_another_message_used_is_refused_for_good(far: FarEnd) -> None:
    send(note("first"), far.key)
    response = send(note("other"), far.key)
    assert (response.status_code, response.json()["code"]) == (409, "out_of_sequence")
    assert notes.texts() == ["first"]


def test_a_unit_that_is_not_here_is_unknown(far: FarEnd) -> None:
    refused(send(note(target="650000"), far.key), 404, "unknown_target")


def test_a_suspended_centre_takes_nothing(far: FarEnd) -> None:
    onboarding.suspend(code="130700")
    refused(send(note(), far.key), 409, "centre_suspended")


def test_what_the_handler_refuses_is_told_by_its_place_not_its_words(far: FarEnd) -> None:
    notes.refused.add("示例")
    detail = refused(send(note(), far.key), 422, "not_applied")
    assert "130726199001010027" not in detail
    assert "tests.notes" in detail


def test_a_database_in_trouble_asks_to_come_again(far: FarEnd, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_: Envelope) -> None:
        raise OperationalError("the connection is lost")

    monkeypatch.setattr(inbox, "receive", away)
    response = send(note(), far.key)
    assert (response.status_code, response.json()["code"], response.json()["final"]) == (503, "busy", False)


def test_a_database_that_is_gone_is_answered_all_the_same(
    far: FarEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise OperationalError("the connection is lost")

    monkeypatch.setattr(peers, "note_refusal", away)
    monkeypatch.setattr(own_keys, "current", away)
    response = send(note(), PrivateKey.new())
    assert (response.status_code, response.json()["code"]) == (503, "busy")
    assert "Signature" not in response.headers


def event_of(**changes: Any) -> bytes:
    event = json.loads(wire.encode(note())) | changes
    return wire.dumps({name: value for name, value in event.items() if value is not None})


DEEP = b'{"a":' * 200 + b"1" + b"}" * 200


@pytest.mark.parametrize(
    "content",
    [
        b" ",
        b"[]",
        b"null",
        b"{",
        b"\xff\xfe",
        b'{"specversion":"1.0"}',
        b'{"a":1,"a":2}',
        DEEP,
        b"[" * 100_000,
        event_of(specversion="2.0"),
        event_of(extra="x"),
        event_of(data=None),
        event_of(id="1"),
        event_of(id=7),
        event_of(subject="x"),
        event_of(source="x' OR 1=1"),
        event_of(source=["130000"]),
        event_of(target="c130700"),
        event_of(type="Bad Kind"),
        event_of(type="x" * 300),
        event_of(time="yesterday"),
        event_of(time="2026-11-24T09:00:00"),
        event_of(data={"seq": 0, "header": {}, "body": {}}),
        event_of(data={"seq": True, "header": {}, "body": {}}),
        event_of(data={"seq": 10**30, "header": {}, "body": {}}),
        event_of(data={"seq": 1, "header": {}, "body": "x"}),
        event_of(data={"seq": 1, "header": [], "body": {}}),
        event_of(data={"seq": 1, "header": {"name": "x"}, "body": {}}),
        event_of(data={"seq": 1, "header": {"unit": {}}, "body": {}}),
        event_of(data={"seq": 1, "header": {}, "body": {"a": 0.1}}),
        event_of(data={"seq": 1, "header": {}, "body": {"a": "\0"}}),
        event_of(data={"seq": 1, "header": {}, "body": {}, "more": 1}),
        event_of().replace("示例".encode(), b"\\ud800"),
        event_of().replace("示例".encode(), b"\xff"),
    ],
)
def test_what_is_no_message_is_refused_for_good(far: FarEnd, content: bytes) -> None:
    detail = refused(post(content, far.key), 422, "malformed", final=True)
    assert detail


def test_a_header_may_not_say_more_than_ours(far: FarEnd) -> None:
    detail = refused(send(note(header={"reason": "欧阳示例"}), far.key), 422, "malformed", final=True)
    assert "欧阳示例" not in detail


def test_the_idempotency_key_is_the_id(far: FarEnd) -> None:
    refused(post(wire.encode(note()), far.key, id=str(uuid4())), 422, "malformed", final=True)


def test_an_oversized_message_is_refused_before_it_is_read(far: FarEnd) -> None:
    def announce(request: Request) -> None:
        request.headers["Content-Length"] = str(wire.MAX_BYTES + 1)

    refused(send(note(), far.key, tamper=announce), 413, "too_large", final=True)


@pytest.mark.parametrize("length", ["", "x", "-1", "1e3", "数"])
def test_a_message_without_a_length_is_refused(far: FarEnd, length: str) -> None:
    from django.test import RequestFactory

    request = RequestFactory().post(far_end.MESSAGES, b"{}", content_type="x", HTTP_HOST="localhost")
    request.META["CONTENT_LENGTH"] = length
    response = endpoint.messages(request)
    assert (response.status_code, json.loads(response.content)["code"]) == (411, "no_length")


def test_another_content_type_is_refused(far: FarEnd) -> None:
    response = post(b"{}", far.key, path="/exchange/ping/")
    assert response.status_code == 200
    sent: list[Request] = []

    def plain(request: Request) -> None:
        request.headers["Content-Type"] = "text/plain"
        from bancheng.exchange.signing import sign

        for name in ("Content-Digest", "Signature", "Signature-Input"):
            del request.headers[name]
        sign(request, wire.encode(envelope), far.key)
        sent.append(request)

    envelope = note()
    refused(send(envelope, far.key, tamper=plain), 415, "wrong_media_type", final=True)


def test_reading_the_address_is_refused_in_words(far: FarEnd) -> None:
    from django.test import Client

    response = Client().get(far_end.MESSAGES, headers={"host": far_end.HOST})
    assert (response.status_code, response.headers["Allow"]) == (405, "POST")
    assert response.json()["detail"] == "这个地址只接受POST"


def test_centres_and_the_office_have_no_such_address(
    far: FarEnd, zhangbei: Any, office: Any, client_for: Callable[..., Any]
) -> None:
    for centre in (zhangbei, office):
        assert client_for(centre).post(far_end.MESSAGES).status_code in (302, 404)


# --- Ping -----------------------------------------------------------------------------------------------


def test_a_ping_tells_the_peer_as_whom_it_is_known(far: FarEnd) -> None:
    said = post(b"{}", far.key, path="/exchange/ping/").json()
    assert (said["peer"], said["key_id"]) == ("province", far.key.public.key_id)


# --- Written down ---------------------------------------------------------------------------------------


def test_refusals_are_counted_by_peer_reason_and_day(far: FarEnd) -> None:
    for _ in range(3):
        send(note(source="130722"), far.key)
    send(note(), PrivateKey.new())
    assert peers.refusals("province").get().count == 3
    assert [row.code for row in peers.refusals("")] == ["unknown_key"]


def test_of_a_strangers_message_not_even_the_id_is_kept(far: FarEnd) -> None:
    send(note(), PrivateKey.new())
    assert Refusal.objects.get().message_id is None


def test_a_refusal_leaves_no_word_of_the_message_in_the_log(
    far: FarEnd, caplog: pytest.LogCaptureFixture
) -> None:
    notes.refused.add("欧阳示例13800001234")
    with caplog.at_level(logging.DEBUG):
        send(note("欧阳示例13800001234"), far.key)
        post(event_of(data={"seq": 1, "header": {"name": "欧阳示例"}, "body": {}}), far.key)
    assert "refused from province" in caplog.text
    assert "欧阳" not in caplog.text
    assert "13800001234" not in caplog.text


def test_without_a_key_of_ours_the_answer_is_unsigned(city: Any) -> None:
    response = send(note(), PrivateKey.new())
    assert response.status_code == 401
    assert "Signature" not in response.headers


# --- Over a real connection -----------------------------------------------------------------------------


def test_a_truncated_message_is_refused(transactional_db: None, live_server: Any, office: Any) -> None:
    far = FarEnd()
    far_end.introduce(far)
    sent: list[Request] = []
    envelope = note()
    send(envelope, far.key, tamper=sent.append)
    Inbox.objects.all().delete()
    body = wire.encode(envelope)
    address = urlsplit(live_server.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        head = [f"POST {far_end.MESSAGES} HTTP/1.1", f"Host: {far_end.HOST}", f"Content-Length: {len(body)}"]
        head += [f"{name}: {value}" for name, value in sent[0].headers.items()]
        connection.sendall("\r\n".join([*head, "Connection: close", "", ""]).encode() + body[:-10])
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
    assert answer.startswith("HTTP/1.1 400")
    assert "消息没有收完整" in answer
    assert Inbox.objects.count() == 0
