"""Leases, deliveries and arrivals: each message once, in order, and a bad one stops only its own line."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.db.models import F
from django.db.models.functions import Now
from uuid6 import uuid7

from bancheng.centres.scope import in_centre
from bancheng.errors import Conflict, NotFound
from bancheng.exchange import dispatch, inbox, registry, repair, selectors
from bancheng.exchange.errors import ContentMismatch, OutOfSequence
from bancheng.exchange.models import CaseLine, Inbox, Message, Side
from bancheng.exchange.registry import DeadLetter, Envelope, Receipt
from bancheng.exchange.sealing import take_from
from bancheng.identity.actors import Actor
from bancheng.privacy import audit
from tests import notes
from tests.leasing import lease_due

CASE = UUID("01930000-0000-7000-8000-000000000001")
OTHER = UUID("01930000-0000-7000-8000-000000000002")


@pytest.fixture(autouse=True)
def _book(zhangbei: Any) -> Iterator[None]:
    with notes.book():
        yield


def receive(envelope: Envelope) -> Receipt:
    with in_centre(envelope.target):
        return inbox.receive(envelope)


def state_of(message: Message) -> str:
    message.refresh_from_db()
    return message.state


def deliver_until_dead(message: Message) -> None:
    for _ in range(inbox.MAX_FAILURES):
        dispatch.deliver(message.id)
    assert state_of(message) == Message.State.DEAD


# --- Leases ---------------------------------------------------------------------------------------------


def test_what_is_due_is_leased_in_the_order_of_its_case() -> None:
    messages = [notes.post_note(CASE, str(n)) for n in range(5)]
    assert [lease.message_id for lease in lease_due()] == [message.id for message in messages]


def test_a_short_sweep_takes_the_first_of_a_case() -> None:
    messages = [notes.post_note(CASE, str(n)) for n in range(9)]
    assert [lease.message_id for lease in lease_due(limit=3)] == [m.id for m in messages[:3]]


def test_a_leased_message_is_not_leased_again_while_the_lease_runs() -> None:
    notes.post_note(CASE, "a")
    assert len(lease_due()) == 1
    assert lease_due() == []


def test_a_lease_that_ran_out_brings_the_message_back() -> None:
    message = notes.post_note(CASE, "a")
    lease_due()
    notes.end_waiting()
    assert [lease.message_id for lease in lease_due()] == [message.id]


def test_leases_double_up_to_ten_minutes() -> None:
    message = notes.post_note(CASE, "a")
    lengths = []
    for _ in range(10):
        notes.end_waiting()
        lease_due()
        row = Message.objects.annotate(length=F("leased_until") - Now()).get(id=message.id)
        lengths.append(row.length.total_seconds())
    for attempt, length in enumerate(lengths):
        expected = min(4 * 2**attempt, 600)
        assert expected * 0.99 - 1 < length < expected * 1.25


def test_at_most_one_hundred_are_in_flight_for_one_centre() -> None:
    for _ in range(120):
        notes.post_note(uuid7(), "a")
    notes.post_note(CASE, "elsewhere", target="130726")
    targets = [lease.target for lease in lease_due(limit=1000)]
    assert (targets.count("130700"), targets.count("130726")) == (100, 1)
    assert lease_due(limit=1000) == []
    assert selectors.in_flight() == 101


def test_a_delivery_makes_room_in_the_window() -> None:
    for _ in range(101):
        notes.post_note(uuid7(), "a")
    first, *_ = lease_due()
    dispatch.deliver(first.message_id)
    assert len(lease_due()) == 1


def test_a_sweep_for_one_target_leaves_the_others() -> None:
    notes.post_note(CASE, "a")
    notes.post_note(CASE, "b", target="130726")
    assert [lease.target for lease in lease_due(target="130726")] == ["130726"]


def test_a_lost_worker_is_an_attempt_and_never_a_failure() -> None:
    message = notes.post_note(CASE, "a")
    for _ in range(inbox.MAX_FAILURES + 5):
        notes.end_waiting()
        lease_due()
    message.refresh_from_db()
    assert (message.state, message.failures) == (Message.State.PENDING, 0)


# --- Delivery -------------------------------------------------------------------------------------------


def test_a_message_is_applied_in_the_schema_of_its_target() -> None:
    message = notes.post_note(CASE, "a")
    assert dispatch.deliver(message.id) == Message.State.DELIVERED
    assert notes.written() == [notes.Note("c130700", CASE, "130722", "130700", 1, "a")]


def test_a_delivered_message_keeps_its_header_and_loses_its_body_on_both_sides() -> None:
    message = notes.post_note(CASE, "a", state="sent")
    dispatch.deliver(message.id)
    message.refresh_from_db()
    arrival = Inbox.objects.get(message_id=message.id)
    assert (message.body, arrival.body) == (None, None)
    assert message.header == arrival.header == {"state": "sent"}


def test_the_receipt_is_kept_with_the_message() -> None:
    message = notes.post_note(CASE, "a")
    dispatch.deliver(message.id)
    message.refresh_from_db()
    assert message.receipt is not None
    assert message.receipt["state"] == Inbox.State.APPLIED
    assert message.receipt["digest"] == message.digest
    assert message.delivered_at is not None


def test_a_second_delivery_does_nothing() -> None:
    message = notes.post_note(CASE, "a")
    assert [dispatch.deliver(message.id), dispatch.deliver(message.id)] == [Message.State.DELIVERED, None]
    assert notes.texts() == ["a"]


def test_a_crash_after_the_effect_leaves_no_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    message = notes.post_note(CASE, "a")

    def crash(*_: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as patched:
        patched.setattr(dispatch, "_acknowledged", crash)
        with pytest.raises(OperationalError):
            dispatch.deliver(message.id)
    assert notes.texts() == []
    dispatch.deliver(message.id)
    assert notes.texts() == ["a"]


def test_the_databases_trouble_is_not_counted_against_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    message = notes.post_note(CASE, "a")

    def deadlock(_: Envelope) -> None:
        raise OperationalError("deadlock detected")

    monkeypatch.setitem(registry._handlers, notes.KIND, deadlock)
    with pytest.raises(OperationalError):
        dispatch.deliver(message.id)
    message.refresh_from_db()
    assert (message.state, message.failures) == (Message.State.PENDING, 0)


def test_an_answer_posted_by_a_handler_commits_with_the_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    from bancheng.exchange.outbox import post

    def answer(envelope: Envelope) -> None:
        post(
            case_id=envelope.case_id,
            source=envelope.target,
            target=envelope.source,
            kind=notes.KIND,
            header={},
            body={"text": "answer"},
        )

    monkeypatch.setitem(registry._handlers, "test.ask", answer)
    message = notes.post_note(CASE, "question")
    Message.objects.filter(id=message.id).update(kind="test.ask")
    dispatch.deliver(message.id)
    dispatch.run_due()
    assert [(note.schema, note.text) for note in notes.written()] == [("c130722", "answer")]


def test_run_due_delivers_everything_without_workers() -> None:
    for n in range(5):
        notes.post_note(CASE, str(n))
    assert dispatch.run_due() == 5
    assert notes.texts() == ["0", "1", "2", "3", "4"]


# --- Arrival --------------------------------------------------------------------------------------------


def test_the_same_envelope_again_has_no_effect_and_the_same_receipt() -> None:
    envelope = take_from(notes.post_note(CASE, "a"))
    assert receive(envelope) == receive(envelope)
    assert notes.texts() == ["a"]


def test_a_known_id_with_other_content_is_refused() -> None:
    envelope = take_from(notes.post_note(CASE, "a"))
    receive(envelope)
    with pytest.raises(ContentMismatch):
        receive(replace(envelope, body={"text": "forged"}))
    with pytest.raises(ContentMismatch):
        receive(replace(envelope, header={"state": "forged"}))
    assert notes.texts() == ["a"]


def test_a_number_is_used_by_one_message_only() -> None:
    envelope = take_from(notes.post_note(CASE, "a"))
    receive(envelope)
    with pytest.raises(OutOfSequence):
        receive(replace(envelope, message_id=uuid4()))
    early = replace(envelope, message_id=uuid4(), seq=5)
    receive(early)
    with pytest.raises(OutOfSequence):
        receive(replace(early, message_id=uuid4()))


def test_nothing_is_received_in_another_centre() -> None:
    envelope = take_from(notes.post_note(CASE, "a"))
    with in_centre("130726"), pytest.raises(RuntimeError, match="cannot receive"):
        inbox.receive(envelope)


def test_nothing_held_is_applied_in_another_centre() -> None:
    first, second = notes.post_note(CASE, "a"), notes.post_note(CASE, "b")
    for message in (second, first):
        dispatch.deliver(message.id)
    with in_centre("130726"), pytest.raises(RuntimeError, match="cannot receive"):
        inbox.drain(case_id=CASE, source="130722", target="130700")
    assert notes.texts() == ["a"]


def test_what_came_early_is_held_sealed_and_acknowledged() -> None:
    _, second = notes.post_note(CASE, "a"), notes.post_note(CASE, "李明")
    assert dispatch.deliver(second.id) == Message.State.DELIVERED
    arrival = Inbox.objects.get(message_id=second.id)
    assert (arrival.state, notes.texts()) == (Inbox.State.HELD, [])
    assert "李明".encode() not in bytes(arrival.body or b"")
    second.refresh_from_db()
    assert second.body is None


def test_what_was_held_is_applied_when_its_turn_comes() -> None:
    first, second, third = (notes.post_note(CASE, text) for text in "abc")
    for message in (third, second, first):
        dispatch.deliver(message.id)
    assert notes.texts() == ["a"]
    with in_centre("130700"):
        assert inbox.drain(case_id=CASE, source="130722", target="130700") == 2
    assert notes.texts() == ["a", "b", "c"]
    assert not Inbox.objects.exclude(body=None).exists()


def test_a_held_message_given_again_answers_with_where_it_stands() -> None:
    _, second = notes.post_note(CASE, "a"), notes.post_note(CASE, "b")
    envelope = take_from(second)
    assert receive(envelope).state == receive(envelope).state == Inbox.State.HELD


def test_a_sweep_finds_a_held_message_whose_drain_never_ran() -> None:
    first, second = notes.post_note(CASE, "a"), notes.post_note(CASE, "b")
    dispatch.deliver(second.id)
    assert inbox.next_held() == []
    dispatch.deliver(first.id)
    assert [held.message_id for held in inbox.next_held()] == [second.id]


def test_the_same_case_number_of_two_senders_does_not_clash() -> None:
    for source in ("130722", "130726"):
        notes.post_note(CASE, source, source=source)
    dispatch.run_due()
    assert sorted(notes.texts()) == ["130722", "130726"]


# --- What cannot be applied -----------------------------------------------------------------------------


def test_a_refused_message_has_no_effect_and_waits_as_long_as_its_lease() -> None:
    notes.refused.add("bad")
    message = notes.post_note(CASE, "bad")
    lease_due()
    leased_until = Message.objects.get(id=message.id).leased_until
    dispatch.deliver(message.id)
    message.refresh_from_db()
    assert (message.state, message.failures, notes.texts()) == (Message.State.PENDING, 1, [])
    assert (message.due_at, message.leased_until) == (leased_until, None)


def test_the_eighth_refusal_ends_in_dead_and_blocks_its_line() -> None:
    notes.refused.add("bad")
    message = notes.post_note(CASE, "bad")
    deliver_until_dead(message)
    line = CaseLine.objects.get(case_id=CASE, side=Side.OUT)
    assert line.blocked_at is not None
    assert line.blocked_reason == message.last_error


def test_only_the_case_of_a_dead_message_stops() -> None:
    notes.refused.add("bad")
    bad, _, _ = notes.post_note(CASE, "bad"), notes.post_note(CASE, "after"), notes.post_note(OTHER, "fine")
    deliver_until_dead(bad)
    dispatch.run_due()
    assert notes.texts() == ["fine"]
    assert selectors.status().blocked == 1


def test_nothing_is_leased_on_a_blocked_line() -> None:
    notes.refused.add("bad")
    bad, _, fine = (
        notes.post_note(CASE, "bad"),
        notes.post_note(CASE, "after"),
        notes.post_note(OTHER, "fine"),
    )
    deliver_until_dead(bad)
    assert [lease.message_id for lease in lease_due()] == [fine.id]


def test_a_replayed_message_is_applied_and_its_line_goes_on_in_order() -> None:
    notes.refused.add("bad")
    bad, _ = notes.post_note(CASE, "bad"), notes.post_note(CASE, "after")
    deliver_until_dead(bad)
    notes.refused.clear()
    repair.replay(bad.id, actor=Actor.system("测试", ""))
    dispatch.run_due()
    assert notes.texts() == ["bad", "after"]
    assert selectors.status().blocked == 0


def test_a_replay_is_in_the_audit_trail_of_the_sender() -> None:
    notes.refused.add("bad")
    bad = notes.post_note(CASE, "bad")
    deliver_until_dead(bad)
    repair.replay(bad.id, actor=Actor.system("测试", ""))
    with in_centre("130722"):
        entry = audit.entries(act="exchange.replay").get()
    assert (entry.subject_id, entry.actor_label) == (str(bad.id), "测试")


def test_a_held_message_that_is_refused_dies_at_the_receiver_and_can_be_replayed() -> None:
    notes.refused.add("bad")
    first, bad, _ = (notes.post_note(CASE, text) for text in ("first", "bad", "last"))
    dispatch.deliver(bad.id)
    dispatch.deliver(first.id)
    for _ in range(inbox.MAX_FAILURES):
        notes.end_waiting()
        with in_centre("130700"):
            inbox.drain(case_id=CASE, source="130722", target="130700")
    assert Inbox.objects.get(message_id=bad.id).state == Inbox.State.DEAD
    assert CaseLine.objects.get(case_id=CASE, side=Side.IN).blocked_at is not None
    notes.refused.clear()
    repair.replay(bad.id, actor=Actor.system("测试", ""))
    dispatch.run_due()
    assert notes.texts() == ["first", "bad", "last"]
    assert {note.schema for note in notes.written()} == {"c130700"}


def test_only_a_dead_message_is_replayed() -> None:
    message = notes.post_note(CASE, "a")
    with pytest.raises(Conflict):
        repair.replay(message.id, actor=Actor.system("测试", ""))
    with pytest.raises(NotFound):
        repair.replay(uuid4(), actor=Actor.system("测试", ""))


def test_a_message_that_contradicts_an_earlier_one_is_dead_at_once() -> None:
    message = notes.post_note(CASE, "a")
    receive(replace(take_from(message), body={"text": "another"}))
    assert dispatch.deliver(message.id) == Message.State.DEAD
    message.refresh_from_db()
    assert message.last_error.startswith("ContentMismatch")


def test_an_unknown_kind_is_retried_before_it_is_given_up() -> None:
    message = notes.post_note(CASE, "a")
    Message.objects.filter(id=message.id).update(kind="test.unknown")
    assert dispatch.deliver(message.id) == Message.State.PENDING
    message.refresh_from_db()
    assert message.last_error == "UnknownKind: no handler for test.unknown"


def test_an_altered_body_is_never_applied() -> None:
    message = notes.post_note(CASE, "a")
    body = bytearray(bytes(message.body or b""))
    body[-1] ^= 1
    Message.objects.filter(id=message.id).update(body=bytes(body))
    assert dispatch.deliver(message.id) == Message.State.PENDING
    assert notes.texts() == []


def test_neither_log_nor_row_quotes_what_the_handler_said(caplog: pytest.LogCaptureFixture) -> None:
    notes.refused.add("bad")
    message = notes.post_note(CASE, "bad")
    with caplog.at_level(logging.DEBUG):
        deliver_until_dead(message)
    assert "130726199001010027" not in caplog.text + message.last_error
    assert message.last_error.startswith("tests.notes.Refusal at bancheng.exchange.registry:")


def test_alarms_ring_once_the_death_is_committed(
    monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> None:
    rung: list[DeadLetter] = []

    def broken(_: DeadLetter) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(registry, "_alarms", [broken, rung.append])
    notes.refused.add("bad")
    message = notes.post_note(CASE, "bad")
    deliver_until_dead(message)
    assert [(letter.message_id, letter.kind) for letter in rung] == [(message.id, notes.KIND)]


# --- Figures and the terminal ---------------------------------------------------------------------------


def test_lag_is_the_wait_of_the_oldest_that_can_move() -> None:
    assert selectors.lag() == 0
    old, new = notes.post_note(CASE, "old"), notes.post_note(OTHER, "new")
    Message.objects.filter(id=old.id).update(queued_at=Now() - timedelta(seconds=300))
    Message.objects.filter(id=new.id).update(queued_at=Now() - timedelta(seconds=40))
    assert 300 <= selectors.lag() < 330
    assert not selectors.check().ok
    CaseLine.objects.filter(case_id=CASE).update(blocked_at=Now())
    assert 40 <= selectors.lag() < 70


def test_the_terminal_lists_the_dead_and_replays_them(capsys: pytest.CaptureFixture[str]) -> None:
    notes.refused.add("bad")
    message = notes.post_note(CASE, "bad")
    deliver_until_dead(message)
    call_command("exchange", "dead")
    assert str(message.id) in capsys.readouterr().out
    notes.refused.clear()
    call_command("exchange", "replay", str(message.id))
    call_command("exchange", "deliver")
    call_command("exchange", "status")
    assert "停办 0 条" in capsys.readouterr().out
    assert notes.texts() == ["bad"]


def test_the_terminal_says_what_cannot_be_replayed() -> None:
    with pytest.raises(CommandError, match="没有这条消息"):
        call_command("exchange", "replay", str(uuid4()))
