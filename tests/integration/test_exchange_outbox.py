"""Posting: committed with the change, sealed, numbered, and only in the own name."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from uuid6 import uuid7

from bancheng.centres.scope import NoCentre, in_centre
from bancheng.exchange.errors import NoRoute
from bancheng.exchange.models import Message
from bancheng.exchange.outbox import post
from bancheng.exchange.sealing import take_from
from bancheng.privacy.cipher import Undecipherable
from bancheng.tenancy import current_schema
from bancheng.timekeeping import clock
from tests import notes

CASE = UUID("01930000-0000-7000-8000-000000000001")


@pytest.fixture(autouse=True)
def _book(zhangbei: Any) -> Iterator[None]:
    with notes.book():
        yield


def note(**changes: Any) -> dict[str, Any]:
    return {
        "case_id": CASE,
        "source": "130722",
        "target": "130700",
        "kind": notes.KIND,
        "header": {},
        "body": {"text": "李明的材料"},
    } | changes


def test_numbers_run_from_one_for_each_direction_of_each_case() -> None:
    other = uuid7()
    seqs = [
        notes.post_note(CASE, "a").seq,
        notes.post_note(CASE, "b").seq,
        notes.post_note(CASE, "to another", target="130726").seq,
        notes.post_note(CASE, "back", source="130700", target="130722").seq,
        notes.post_note(other, "another case").seq,
        notes.post_note(CASE, "c").seq,
    ]
    assert seqs == [1, 2, 1, 1, 1, 3]


def test_the_body_is_sealed_and_opens_again() -> None:
    message = notes.post_note(CASE, "李明的材料")
    message.refresh_from_db()
    assert "李明".encode() not in bytes(message.body or b"")
    assert take_from(message).body == {"text": "李明的材料"}


def test_a_body_moved_to_another_message_does_not_open() -> None:
    first, second = notes.post_note(CASE, "a"), notes.post_note(CASE, "b")
    second.body = first.body
    with pytest.raises(Undecipherable):
        take_from(second)


def test_the_moment_of_the_act_travels() -> None:
    moment = datetime(2026, 3, 2, 10, 0, tzinfo=clock.SHANGHAI)
    with clock.at(moment):
        message = notes.post_note(CASE, "a")
    message.refresh_from_db()
    assert take_from(message).created_at == moment


def test_a_rolled_back_action_leaves_no_message_and_no_gap() -> None:
    with in_centre("130722"), transaction.atomic():
        post(**note())
        transaction.set_rollback(True)
    assert not Message.objects.exists()
    assert notes.post_note(CASE, "a").seq == 1


@pytest.mark.parametrize(
    "header",
    [
        {"name": "李明"},
        {"state": "李明"},
        {"item": "13072619900101002X"},
        {"number": "13812345678"},
        {"level": ["1"]},
        {"referral_id": "李"},
    ],
)
def test_a_header_has_no_room_for_a_person(header: dict[str, Any]) -> None:
    with in_centre("130722"), pytest.raises(ValueError, match="a header may not say this"):
        post(**note(header=header))


def test_a_header_says_what_the_board_needs() -> None:
    referral, due = uuid7(), datetime(2026, 12, 1, 17, 30, tzinfo=clock.SHANGHAI)
    message = notes.post_note(
        CASE,
        "a",
        referral_id=referral,
        number="张北社转〔2026〕3号",
        matter="BF130722-2026-000007",
        item="YL01",
        state="sent",
        level=5,
        at=due,
        due_on=due.date(),
        outcome=None,
    )
    message.refresh_from_db()
    assert message.header == {
        "referral_id": str(referral),
        "number": "张北社转〔2026〕3号",
        "matter": "BF130722-2026-000007",
        "item": "YL01",
        "state": "sent",
        "level": 5,
        "at": "2026-12-01T09:30:00.000000+00:00",
        "due_on": "2026-12-01",
    }


def test_nobody_posts_in_another_centres_name() -> None:
    with in_centre("130726"), pytest.raises(RuntimeError, match="cannot post in the name of"):
        post(**note())


def test_nobody_posts_from_public() -> None:
    with pytest.raises(NoCentre):
        post(**note())


def test_a_target_that_nobody_serves_is_refused_at_once() -> None:
    with in_centre("130722"), pytest.raises(NoRoute):
        post(**note(target="990000"))


def test_a_body_without_an_exact_form_is_refused() -> None:
    with in_centre("130722"), pytest.raises(TypeError):
        post(**note(body={"amount": 0.1}))


def test_the_database_keeps_no_body_of_a_delivered_message() -> None:
    message = notes.post_note(CASE, "a")
    with pytest.raises(IntegrityError, match="exchange_message_body_leaves"), transaction.atomic():
        Message.objects.filter(id=message.id).update(state=Message.State.DELIVERED)


def test_posting_outside_a_transaction_is_refused(transactional_db: None) -> None:
    with in_centre("130722"), pytest.raises(RuntimeError, match="outside a transaction"):
        post(**note())


def test_parallel_senders_of_one_case_share_its_numbers(at_once: Callable[..., list[Any]]) -> None:
    messages = at_once(*[lambda n=n: notes.post_note(CASE, str(n)) for n in range(8)])
    assert sorted(message.seq for message in messages) == list(range(1, 9))
    assert current_schema() == "public"
