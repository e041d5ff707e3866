"""Many workers at once: a message is still applied once, in order, and the window holds."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from uuid6 import uuid7

from bancheng.centres.scope import in_centre
from bancheng.exchange import dispatch, inbox
from bancheng.exchange.models import Message
from bancheng.exchange.registry import Envelope, Receipt
from bancheng.exchange.sealing import take_from
from tests import notes
from tests.leasing import lease_due

CASE = UUID("01930000-0000-7000-8000-000000000001")
AtOnce = Callable[..., list[Any]]


@pytest.fixture(autouse=True)
def _book(transactional_db: None) -> Iterator[None]:
    with notes.book():
        yield


def receive(envelope: Envelope) -> Receipt:
    with in_centre(envelope.target):
        return inbox.receive(envelope)


def test_a_message_given_to_four_workers_is_applied_once(at_once: AtOnce) -> None:
    message = notes.post_note(CASE, "a", milliseconds=50)
    outcomes = at_once(*[lambda: dispatch.deliver(message.id)] * 4)
    assert outcomes.count(Message.State.DELIVERED) == 1
    assert outcomes.count(None) == 3
    assert notes.texts() == ["a"]


def test_an_envelope_that_arrives_four_times_at_once_is_applied_once(at_once: AtOnce) -> None:
    envelope = take_from(notes.post_note(CASE, "a", milliseconds=50))
    receipts = at_once(*[lambda: receive(envelope)] * 4)
    assert [type(receipt) for receipt in receipts] == [Receipt] * 4
    assert len(set(receipts)) == 1
    assert notes.texts() == ["a"]


def test_one_line_spread_over_many_workers_stays_in_order(at_once: AtOnce) -> None:
    messages = [notes.post_note(CASE, str(n), milliseconds=5) for n in range(8)]
    outcomes = at_once(*[lambda m=m: dispatch.deliver(m.id) for m in reversed(messages)])
    dispatch.run_due()
    assert outcomes == [Message.State.DELIVERED] * 8
    assert notes.texts() == [str(n) for n in range(8)]


def test_sweeps_at_once_share_out_the_window_and_never_the_same_message(at_once: AtOnce) -> None:
    for _ in range(130):
        notes.post_note(uuid7(), "a")
    leased = [lease.message_id for leases in at_once(*[lease_due] * 4) for lease in leases]
    assert len(leased) == len(set(leased)) == dispatch.IN_FLIGHT_PER_CENTRE


def test_two_centres_answering_each_other_in_one_case_do_not_block_each_other(at_once: AtOnce) -> None:
    there = [notes.post_note(CASE, f"there {n}", milliseconds=10) for n in range(3)]
    back = [
        notes.post_note(CASE, f"back {n}", source="130700", target="130722", milliseconds=10)
        for n in range(3)
    ]
    outcomes = at_once(
        *[lambda m=m: dispatch.deliver(m.id) for m in there + back],
        lambda: notes.post_note(CASE, "there 3").seq,
        lambda: notes.post_note(CASE, "back 3", source="130700", target="130722").seq,
    )
    assert outcomes == [Message.State.DELIVERED] * 6 + [4, 4]
    dispatch.run_due()
    assert sorted(notes.texts()) == sorted(f"{way} {n}" for way in ("there", "back") for n in range(4))
