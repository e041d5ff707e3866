"""What we send to another deployment: only its signed receipt ends a message, whatever else answers."""

import logging
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db.models import F
from django.db.models.functions import Now

from bancheng.exchange import dispatch, own_keys, peers, remote
from bancheng.exchange.errors import Unreachable
from bancheng.exchange.models import Message, Peer
from bancheng.exchange.registry import Receipt
from bancheng.exchange.sealing import take_from
from bancheng.exchange.signing import Answer, PrivateKey, sign
from tests import far_end, notes
from tests.far_end import OTHER_UNIT, UNIT, FarEnd, problem

CASE = UUID("01930000-0000-7000-8000-000000000001")


@pytest.fixture(autouse=True)
def _book(zhangbei: Any, office: Any) -> Iterator[None]:
    with notes.book():
        yield


@pytest.fixture
def far(zhangbei: Any, office: Any) -> Iterator[FarEnd]:
    """A peer that listens; we know each other."""
    with far_end.running() as far:
        far_end.introduce(far)
        yield far


def outcome_of(message: Message) -> Receipt | Exception:
    """What the transport says of this message."""
    ((_, outcome),) = remote.Remote().deliver([take_from(message)])
    return outcome


def post_note(text: str = "示例", case_id: UUID = CASE) -> Message:
    return notes.post_note(case_id, text, target=UNIT)


def unreachable(far: FarEnd) -> str:
    """Why the peer counts as not reached; the message is no worse for it, and the peer rests."""
    message = post_note()
    outcome = outcome_of(message)
    assert isinstance(outcome, Unreachable)
    peer = peers.find("province")
    assert peer.last_error == str(outcome)
    assert peers.resting(UNIT)
    message.refresh_from_db()
    assert (message.state, message.failures) == (Message.State.PENDING, 0)
    return str(outcome)


# --- A peer that is well --------------------------------------------------------------------------------


def test_a_message_for_a_peers_unit_arrives_there_with_all_it_says(far: FarEnd) -> None:
    message = post_note("示例")
    assert isinstance(outcome_of(message), Receipt)
    (event,) = far.taken
    assert (event["source"], event["target"], event["type"]) == ("130722", UNIT, notes.KIND)
    assert (event["id"], event["subject"]) == (str(message.id), str(CASE))
    assert event["data"]["seq"] == 1
    assert far.texts() == ["示例"]


def test_the_engine_delivers_to_a_peer_as_to_anybody(far: FarEnd) -> None:
    messages = [post_note(str(n)) for n in range(5)]
    dispatch.run_due()
    assert far.texts() == ["0", "1", "2", "3", "4"]
    for message in messages:
        message.refresh_from_db()
        assert (message.state, message.body) == (Message.State.DELIVERED, None)
        assert message.receipt is not None
        assert message.receipt["digest"] == message.digest


def test_one_connection_carries_a_batch(far: FarEnd) -> None:
    batch = [take_from(post_note(str(n), uuid4())) for n in range(10)]
    outcomes = [outcome for _, outcome in remote.Remote().deliver(batch)]
    assert all(isinstance(outcome, Receipt) for outcome in outcomes)
    assert far.requests == 10


def test_a_contact_is_kept_with_the_difference_of_clocks(far: FarEnd) -> None:
    far.ahead = timedelta(seconds=90)
    outcome_of(post_note())
    peer = peers.find("province")
    assert peer.last_seen_at is not None
    assert peer.skew is not None
    assert 85 < peer.skew < 95


def test_a_lost_answer_costs_nothing_but_a_second_request(far: FarEnd) -> None:
    message = post_note()
    far.undress = lambda answer, body: body[:-1]
    assert isinstance(outcome_of(message), Unreachable)
    far.undress = lambda answer, body: body
    assert isinstance(outcome_of(message), Receipt)
    assert far.texts() == ["示例"]


# --- What is no acknowledgement -------------------------------------------------------------------------


def strip(answer: Answer, body: bytes) -> bytes:
    """Take the signature off."""
    del answer.headers["Signature"], answer.headers["Signature-Input"]
    return body


def test_an_unsigned_200_is_no_acknowledgement(far: FarEnd) -> None:
    far.undress = strip
    assert unreachable(far) == "应答200不能证明来自对方：没有签名"


def test_a_strangers_404_is_no_answer(far: FarEnd) -> None:
    def stranger(answer: Answer, body: bytes) -> bytes:
        answer.status_code = 404
        strip(answer, body)
        answer.headers["Content-Type"] = "text/html"
        return b"<h1>Not Found</h1>"

    far.undress = stranger
    assert unreachable(far) == "应答404不能证明来自对方：没有签名"


def test_a_redirect_is_not_followed(far: FarEnd) -> None:
    def away(answer: Answer, body: bytes) -> bytes:
        answer.status_code = 302
        answer.headers["Location"] = far.url + "/elsewhere/"
        return strip(answer, body)

    far.undress = away
    assert "应答302" in unreachable(far)
    assert far.requests == 1


def test_an_answer_signed_with_an_unknown_key_is_none(far: FarEnd) -> None:
    far.key = PrivateKey.new()
    assert "签名用的密钥未经登记" in unreachable(far)


def test_an_answer_forged_in_the_peers_name_is_none(far: FarEnd) -> None:
    true, far.key = far.key, PrivateKey.new()

    def claim(answer: Answer, body: bytes) -> bytes:
        fields = answer.headers["Signature-Input"]
        answer.headers["Signature-Input"] = fields.replace(far.key.public.key_id, true.public.key_id)
        return body

    far.undress = claim
    assert "签名不符" in unreachable(far)


def test_an_answer_changed_on_the_way_is_none(far: FarEnd) -> None:
    far.undress = lambda answer, body: body.replace(b"applied", b"APPLIED")
    assert "内容与签名时的不一致" in unreachable(far)


def test_a_receipt_for_another_message_is_none(far: FarEnd) -> None:
    far.says = lambda event: far.receipt(event | {"id": str(uuid4())})
    assert unreachable(far) == "对方的回执不是这条消息的"


def test_an_earlier_receipt_played_again_is_none(far: FarEnd) -> None:
    kept: list[tuple[Answer, bytes]] = []

    def keep(answer: Answer, body: bytes) -> bytes:
        kept.append((answer, body))
        return body

    far.undress = keep
    outcome_of(post_note("first"))

    def play(answer: Answer, body: bytes) -> bytes:
        earlier, content = kept[0]
        answer.headers.clear()
        answer.headers.update(earlier.headers)
        return content

    far.undress = play
    assert "不能证明来自对方" in unreachable(far)


def test_a_signed_answer_that_is_no_receipt_is_none(far: FarEnd) -> None:
    far.says = lambda event: (200, {"ok": True})
    assert unreachable(far) == "对方的回执无法识别"


def test_an_answer_without_an_end_is_not_read(far: FarEnd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "LONGEST_ANSWER", 100)
    assert "太长" in unreachable(far)


# --- Trouble on the way ---------------------------------------------------------------------------------


def test_nobody_at_the_address_is_said_so(far: FarEnd) -> None:
    Peer.objects.update(url="http://127.0.0.1:9")
    assert unreachable(far) == "连不上对方（连接被拒绝或网络不通）"


def test_a_peer_that_does_not_answer_in_time_is_given_up(
    far: FarEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "TOTAL_SECONDS", 0.3)
    release = threading.Event()

    def sleep(event: dict[str, Any]) -> far_end.Said:
        release.wait(5)
        return far.receipt(event)

    far.says = sleep
    try:
        assert unreachable(far) == "连接或等待应答超时"
    finally:
        release.set()


def test_after_one_that_found_nobody_the_rest_of_a_batch_is_not_tried(far: FarEnd) -> None:
    far.undress = strip
    batch = [take_from(post_note(str(n), uuid4())) for n in range(4)]
    outcomes = [outcome for _, outcome in remote.Remote().deliver(batch)]
    assert [type(outcome) for outcome in outcomes] == [Unreachable]
    assert far.requests == 1


def test_no_outage_kills_a_message_however_long(far: FarEnd) -> None:
    far.undress = strip
    message = post_note()
    for _ in range(12):
        Peer.objects.update(retry_at=None)
        notes.end_waiting()
        dispatch.run_due()
    message.refresh_from_db()
    assert (message.state, message.failures) == (Message.State.PENDING, 0)
    assert message.last_error


def test_a_peer_that_fails_rests_twice_as_long_each_time(far: FarEnd) -> None:
    peer, lengths = peers.find("province"), []
    for _ in range(10):
        peers.failed(peer, "连不上")
        row = Peer.objects.annotate(length=F("retry_at") - Now()).get(pk=peer.pk)
        lengths.append(row.length.total_seconds())
    for attempt, length in enumerate(lengths):
        expected = min(4 * 2**attempt, 600)
        assert expected * 0.99 - 1 < length < expected * 1.25


def test_a_contact_ends_the_rest(far: FarEnd) -> None:
    peers.failed(peers.find("province"), "连不上")
    assert peers.resting(UNIT)
    remote.ping(peers.find("province"))
    assert not peers.resting(UNIT)


def test_a_suspended_peer_is_not_asked_and_what_is_for_it_waits(far: FarEnd) -> None:
    peers.suspend(code="province")
    outcome = outcome_of(post_note())
    assert isinstance(outcome, Unreachable)
    assert far.requests == 0
    assert peers.resting(UNIT)
    peers.resume(code="province")
    assert not peers.resting(UNIT)


# --- A peer that refuses --------------------------------------------------------------------------------


def test_a_signed_refusal_counts_against_the_message_and_says_why(far: FarEnd) -> None:
    far.says = lambda event: problem(422, "unknown_kind", "不认识这类消息，对方版本可能较新")
    message = post_note()
    dispatch.run_due()
    message.refresh_from_db()
    assert (message.state, message.failures) == (Message.State.PENDING, 1)
    assert "unknown_kind" in message.last_error
    assert "对方版本可能较新" in message.last_error
    assert not peers.resting(UNIT)


def test_a_final_refusal_ends_the_message_at_once(far: FarEnd) -> None:
    far.says = lambda event: problem(409, "content_mismatch", "同一编号的消息内容不同", final=True)
    message = post_note()
    dispatch.run_due()
    message.refresh_from_db()
    assert message.state == Message.State.DEAD


def test_behind_a_message_refused_for_good_its_line_stops_and_others_go_on(far: FarEnd) -> None:
    far.says = lambda event: (
        problem(409, "content_mismatch", "同一编号的消息内容不同", final=True)
        if event["data"]["body"]["text"] == "bad"
        else far.receipt(event)
    )
    post_note("bad")
    behind = post_note("behind")
    post_note("other", uuid4())
    dispatch.run_due()
    behind.refresh_from_db()
    assert far.texts() == ["other"]
    assert (behind.state, behind.failures) == (Message.State.PENDING, 0)


def test_a_refused_message_does_not_keep_the_next_of_a_batch(far: FarEnd) -> None:
    far.says = lambda event: (
        problem(422, "not_applied", "未能办理")
        if event["data"]["body"]["text"] == "bad"
        else far.receipt(event)
    )
    batch = [take_from(post_note(text, uuid4())) for text in ("bad", "good")]
    bad, good = (outcome for _, outcome in remote.Remote().deliver(batch))
    assert isinstance(bad, remote.RefusedThere)
    assert isinstance(good, Receipt)


@pytest.mark.parametrize("status", [401, 429, 503])
def test_what_the_peer_says_of_us_or_itself_counts_against_no_message(far: FarEnd, status: int) -> None:
    far.says = lambda event: problem(status, "clock_skew", "贵方时钟比本机慢300秒，请校时")
    assert "贵方时钟比本机慢300秒" in unreachable(far)


def test_a_key_that_the_peer_does_not_know_is_said_so(far: FarEnd) -> None:
    far.trusted.clear()
    assert unreachable(far) == "对方应答401：签名用的密钥未经登记"


def test_numbers_in_a_peers_words_are_removed(far: FarEnd, caplog: pytest.LogCaptureFixture) -> None:
    far.says = lambda event: problem(422, "not_applied", "证件130726199001010027有误")
    message = post_note("欧阳示例")
    with caplog.at_level(logging.DEBUG):
        dispatch.run_due()
    message.refresh_from_db()
    assert "130726199001010027" not in message.last_error + caplog.text
    assert "欧阳" not in caplog.text


# --- Keys -----------------------------------------------------------------------------------------------


def test_a_change_of_our_key_under_load_loses_no_message(far: FarEnd) -> None:
    sent = [post_note(str(n), uuid4()) for n in range(5)]
    dispatch.run_due()
    new = own_keys.begin_change()
    sent += [post_note(str(n), uuid4()) for n in range(5, 10)]
    dispatch.run_due()
    far.trusted.append(new)
    own_keys.finish_change()
    sent += [post_note(str(n), uuid4()) for n in range(10, 15)]
    dispatch.run_due()
    far.trusted.pop(0)
    sent += [post_note(str(n), uuid4()) for n in range(15, 20)]
    dispatch.run_due()
    assert sorted(far.texts(), key=int) == [str(n) for n in range(20)]
    assert not Message.objects.exclude(state=Message.State.DELIVERED).exists()


def test_a_change_of_our_key_while_messages_leave_loses_none(
    transactional_db: None, at_once: Callable[..., list[Any]], zhangbei: Any, office: Any
) -> None:
    with far_end.running() as far:
        far_end.introduce(far)

        def send_all() -> None:
            for n in range(40):
                post_note(str(n), uuid4())
                dispatch.run_due()

        def change_twice() -> None:
            for _ in range(2):
                far.trusted.append(own_keys.begin_change())
                own_keys.finish_change()
                far.trusted.pop(0)  # at once, so that something is under way with the old one

        assert at_once(send_all, change_twice) == [None, None]
        Peer.objects.update(retry_at=None)
        notes.end_waiting()
        dispatch.run_due()
        assert sorted(far.texts(), key=int) == [str(n) for n in range(40)]
        assert not Message.objects.exclude(state=Message.State.DELIVERED).exists()


def test_the_peers_change_of_key_loses_no_message(far: FarEnd) -> None:
    new = PrivateKey.new()
    old_id = far.key.public.key_id
    assert isinstance(outcome_of(post_note("old")), Receipt)
    peers.trust(code="province", key=str(new.public), fingerprint=new.public.fingerprint)
    assert isinstance(outcome_of(post_note("both, old signs")), Receipt)
    far.key = new
    assert isinstance(outcome_of(post_note("both, new signs")), Receipt)
    peers.distrust(code="province", key_id=old_id)
    assert isinstance(outcome_of(post_note("new")), Receipt)
    assert len(far.taken) == 4


def test_without_a_key_of_ours_nothing_leaves(far: FarEnd) -> None:
    from bancheng.exchange.models import OwnKey

    OwnKey.objects.all().delete()
    assert isinstance(outcome_of(post_note()), Unreachable)
    assert far.requests == 0


# --- Whom one may refer to ------------------------------------------------------------------------------


def test_the_units_of_peers_are_offered_while_the_peer_is(far: FarEnd) -> None:
    assert [unit.code for unit in peers.units()] == [UNIT]
    assert peers.unit(OTHER_UNIT) is None
    peers.suspend(code="province")
    assert peers.units() == []


def test_a_peers_office_coordinates_and_is_offered_to_nobody(far: FarEnd) -> None:
    peers.add_units(code="province", units={"130000-office": "示例省级总览"})
    assert [unit.code for unit in peers.units()] == [UNIT]
    assert remote.Remote().serves("130000-office")


def test_all_units_of_a_peer_are_behind_one_door(far: FarEnd) -> None:
    peers.add_units(code="province", units={OTHER_UNIT: "示例市级中心"})
    transport = remote.Remote()
    assert transport.door(UNIT) == transport.door(OTHER_UNIT) == "province"


# --- A second thread does not share a connection's answer ------------------------------------------------


def test_many_at_once_get_each_its_own_receipt(
    transactional_db: None, at_once: Callable[..., list[Any]], zhangbei: Any, office: Any
) -> None:
    with far_end.running() as far:
        far_end.introduce(far)
        batch = [take_from(post_note(str(n), uuid4())) for n in range(8)]

        def deliver(number: int) -> Any:
            ((_, outcome),) = remote.Remote().deliver([batch[number]])
            return outcome

        receipts = at_once(*(lambda n=n: deliver(n) for n in range(8)))
    assert [receipt.message_id for receipt in receipts] == [envelope.message_id for envelope in batch]


def test_the_signature_of_a_request_covers_its_address(far: FarEnd) -> None:
    """A far end that is moved behind another name cannot use what was signed for the first."""
    request = remote.Request("POST", far.url + remote.PING, {"Content-Type": "x", "Idempotency-Key": "1"})
    sign(request, b"{}", own_keys.current())
    assert '"@authority"' in request.headers["Signature-Input"]
