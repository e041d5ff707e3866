"""Handlers are registered once, and what is said of an error names no person."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from bancheng.exchange import registry
from bancheng.exchange.errors import ContentMismatch, UnknownKind, describe
from bancheng.exchange.registry import Envelope, Receipt
from bancheng.exchange.sealing import digest, plain
from bancheng.timekeeping.clock import SHANGHAI

MOMENT = datetime(2026, 11, 24, 9, 0, tzinfo=SHANGHAI)


@pytest.fixture
def _no_handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_handlers", {})


@pytest.mark.usefixtures("_no_handlers")
def test_a_kind_has_one_handler() -> None:
    def first(_: Envelope) -> None: ...

    registry.handler("test.kind")(first)
    with pytest.raises(ValueError, match="already has a handler"):
        registry.handler("test.kind")(first)
    assert registry.handler_for("test.kind") is first


@pytest.mark.usefixtures("_no_handlers")
def test_a_kind_without_a_handler_is_an_error_that_may_pass() -> None:
    with pytest.raises(UnknownKind) as raised:
        registry.handler_for("test.kind")
    assert not raised.value.final


def test_the_text_of_a_foreign_error_is_not_repeated() -> None:
    said = describe(ValueError("Key (card)=(13072619900101002X) already exists"))
    assert said == "builtins.ValueError at an unknown place"


def test_an_error_of_ours_says_why_and_a_foreign_one_says_where() -> None:
    assert describe(ContentMismatch("other content")) == "ContentMismatch: other content"
    with pytest.raises(TypeError) as raised:
        plain({"amount": 0.1})
    assert describe(raised.value).startswith("builtins.TypeError at bancheng.privacy.append_only:")


def test_the_digest_covers_everything_but_the_moment_of_posting() -> None:
    envelope: dict[str, Any] = {
        "message_id": UUID(int=1),
        "case_id": UUID(int=2),
        "source": "130722",
        "target": "130700",
        "seq": 1,
        "kind": "test.kind",
        "header": {"state": "sent"},
        "body": {"text": "a"},
        "created_at": MOMENT,
    }
    others: dict[str, Any] = {
        "message_id": UUID(int=9),
        "case_id": UUID(int=9),
        "source": "130726",
        "target": "130726",
        "seq": 2,
        "kind": "test.other",
        "header": {"state": "signed"},
        "body": {"text": "b"},
    }
    digests = {digest(Envelope(**envelope | {name: value})) for name, value in others.items()}
    assert len(digests | {digest(Envelope(**envelope))}) == len(others) + 1


def test_a_receipt_is_plain_json() -> None:
    receipt = Receipt(UUID(int=1), "applied", "00", MOMENT, None)
    assert receipt.as_json() == {
        "message_id": "00000000-0000-0000-0000-000000000001",
        "state": "applied",
        "digest": "00",
        "received_at": "2026-11-24T09:00:00+08:00",
        "applied_at": None,
    }
