"""The tasks that move messages, and what passes through the broker: ids, which may be lost."""

import base64
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import psycopg
import pytest
from celery import Celery
from django.conf import settings
from django.db import OperationalError, connection, transaction
from redis import Redis

import bancheng.celery
from bancheng.centres.scope import UnknownCentre, in_centre
from bancheng.devstack.ports import free_ports
from bancheng.exchange import dispatch, registry
from bancheng.exchange.models import Message
from bancheng.exchange.registry import Envelope
from bancheng.timekeeping import clock
from tasks import exchange
from tests import notes

CASE = UUID("01930000-0000-7000-8000-000000000001")
OTHER = UUID("01930000-0000-7000-8000-000000000002")


@pytest.fixture(autouse=True)
def _book(zhangbei: Any) -> Iterator[None]:
    with notes.book():
        yield


@pytest.fixture
def queue(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator["Queue"]:
    queue = Queue(f"test-{uuid4()}")
    app = Celery(broker=settings.REDIS_URL)
    app.conf.task_default_queue = queue.name
    monkeypatch.setattr(bancheng.celery, "app", app)
    yield queue
    queue.close()
    app.close()


class Queue:
    """A queue of our own in the real broker."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._redis = Redis.from_url(settings.REDIS_URL)

    def raw(self) -> list[bytes]:
        """All that lies in it, oldest first."""
        found: list[bytes] = self._redis.lrange(self.name, 0, -1)  # type: ignore[assignment]  # redis-py's union
        return found[::-1]

    def take(self) -> list[tuple[str, dict[str, Any]]]:
        """(task, arguments) of all that lies in it, which is then gone as if it were done."""
        taken = self.take_only()
        if marks := list(self._redis.scan_iter(f"{self.name}.asked.*")):
            self._redis.delete(*marks)
        return taken

    def take_only(self) -> list[tuple[str, dict[str, Any]]]:
        """The same, while the marks of hints under way stay."""
        messages = [json.loads(raw) for raw in self.raw()]
        self._redis.delete(self.name)
        return [
            (message["headers"]["task"], json.loads(base64.b64decode(message["body"]))[1])
            for message in messages
        ]

    def close(self) -> None:
        self.take()
        self._redis.delete(f"_kombu.binding.{self.name}")
        self._redis.close()


def test_a_post_asks_for_a_delivery_after_commit(queue: Queue) -> None:
    notes.post_note(CASE, "a")
    assert queue.take() == [("exchange.deliver", {"target": "130700"})]


def test_several_posts_of_one_transaction_ask_once(queue: Queue) -> None:
    with in_centre("130722"), transaction.atomic():
        for text in "abc":
            notes.post_note(CASE, text)
    assert queue.take() == [("exchange.deliver", {"target": "130700"})]


def test_while_a_hint_is_on_its_way_no_other_is_sent_and_its_delivery_finds_all(queue: Queue) -> None:
    for _ in range(5):
        notes.post_note(uuid4(), "a")
    exchange.sweep()
    [(task, arguments)] = queue.take_only()
    assert task == "exchange.deliver"
    exchange.deliver(**arguments)
    assert len(notes.texts()) == 5
    notes.post_note(CASE, "b")
    assert len(queue.take()) == 1


def test_who_finds_the_door_taken_leaves_the_mark_to_the_one_inside(queue: Queue) -> None:
    notes.post_note(CASE, "a")
    arguments = queue.take_only()[0][1]
    with at_the_door("130700"):
        exchange.deliver(**arguments)
        notes.post_note(OTHER, "b")
        assert queue.take_only() == []
    assert notes.texts() == []
    assert dispatch.deliver_due("130700") == []
    assert notes.texts() == ["a", "b"]


@contextmanager
def at_the_door(target: str) -> Iterator[None]:
    """Another session is inside."""
    base, name = urlsplit(os.environ["DATABASE_URL"]), connection.settings_dict["NAME"]
    other = psycopg.connect(base._replace(path=f"/{name}").geturl())
    try:
        other.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [f"exchange door {target}"])
        yield
    finally:
        other.close()


def test_a_sweep_asks_once_for_each_target_with_something_due(queue: Queue) -> None:
    for n in range(25):
        notes.post_note(CASE, str(n))
    notes.post_note(CASE, "there", target="130726")
    queue.take()
    exchange.sweep()
    assert queue.take() == [
        ("exchange.deliver", {"target": "130700"}),
        ("exchange.deliver", {"target": "130726"}),
    ]


def test_who_has_more_stands_at_the_end_of_the_queue(queue: Queue) -> None:
    more = dispatch.BATCH * dispatch.BATCHES_A_TURN + 1
    for _ in range(more):
        notes.post_note(uuid4(), "a")
    queue.take()
    exchange.deliver("130700")
    assert queue.take() == [("exchange.deliver", {"target": "130700"})]
    exchange.deliver("130700")
    assert queue.take() == []
    assert len(notes.texts()) == more


def test_nothing_personal_passes_through_the_broker(queue: Queue) -> None:
    notes.post_note(CASE, "李明 13072619900101002X")
    exchange.sweep()
    passed = b"".join(queue.raw() + [base64.b64decode(json.loads(raw)["body"]) for raw in queue.raw()])
    assert "李明".encode() not in passed
    assert b"13072619900101002X" not in passed


def test_a_gap_that_closes_calls_for_a_drain(queue: Queue) -> None:
    first, second = notes.post_note(CASE, "a"), notes.post_note(CASE, "b")
    dispatch.deliver(second.id)
    queue.take()
    dispatch.deliver(first.id)
    [(task, arguments)] = queue.take()
    assert task == "exchange.drain"
    exchange.drain(**arguments)
    assert notes.texts() == ["a", "b"]


def test_a_sweep_calls_again_for_a_drain_that_was_lost(queue: Queue) -> None:
    first, second = notes.post_note(CASE, "a"), notes.post_note(CASE, "b")
    for message in (second, first):
        dispatch.deliver(message.id)
    queue.take()
    exchange.sweep()
    [(task, arguments)] = queue.take()
    assert (task, arguments["centre"]) == ("exchange.drain", "130700")


def test_a_message_that_is_refused_does_not_keep_others_waiting() -> None:
    notes.refused.add("bad")
    notes.post_note(CASE, "bad")
    notes.post_note(OTHER, "good")
    exchange.deliver("130700")
    assert notes.texts() == ["good"]


def test_a_message_that_the_database_let_down_does_not_keep_others_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    unlucky, _ = notes.post_note(CASE, "unlucky"), notes.post_note(OTHER, "good")

    def deadlock(envelope: Envelope) -> None:
        notes.write_note(envelope)
        if envelope.body["text"] == "unlucky":
            raise OperationalError("deadlock detected")

    monkeypatch.setitem(registry._handlers, notes.KIND, deadlock)
    exchange.deliver("130700")
    assert notes.texts() == ["good"]
    unlucky.refresh_from_db()
    assert (unlucky.state, unlucky.failures) == (Message.State.PENDING, 0)


def test_a_drain_without_a_centre_does_nothing() -> None:
    with pytest.raises(TypeError):
        exchange.drain(case_id=str(CASE), source="130722")
    with pytest.raises(UnknownCentre):
        exchange.drain(centre="990000", case_id=str(CASE), source="130722")


def test_messages_wait_for_a_suspended_centre(city: Any) -> None:
    message = notes.post_note(CASE, "a")
    city.suspended_at = clock.now()
    city.save()
    exchange.deliver("130700")
    message.refresh_from_db()
    assert (message.state, message.attempts, message.failures) == (Message.State.PENDING, 0, 0)
    city.suspended_at = None
    city.save()
    exchange.deliver("130700")
    assert notes.texts() == ["a"]


@pytest.fixture
def broker_away(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody listens where the broker should be; whoever sleeps over it, fails."""
    app = Celery()
    app.config_from_object("django.conf:settings", namespace="CELERY")
    app.conf.update(broker_url=f"redis://127.0.0.1:{free_ports(1)[0]}/0")
    with monkeypatch.context() as patched:
        patched.setattr(bancheng.celery, "app", app)
        patched.setattr("kombu.utils.functional.sleep", lambda _: pytest.fail("publishing waited"))
        yield
    app.close()


def test_with_the_broker_away_a_post_stands_and_does_not_wait(broker_away: None) -> None:
    message = notes.post_note(CASE, "a")
    message.refresh_from_db()
    assert message.state == Message.State.PENDING


def test_what_could_not_be_handed_out_is_delivered_by_a_later_sweep(
    broker_away: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes.post_note(CASE, "a")
    exchange.sweep()
    notes.end_waiting()
    assert dispatch.run_due() == 1
    assert notes.texts() == ["a"]
