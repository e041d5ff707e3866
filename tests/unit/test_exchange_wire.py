"""A message as CloudEvents JSON: what goes out comes back, and nothing else gets in."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bancheng.exchange import wire
from bancheng.exchange.registry import Envelope
from bancheng.exchange.sealing import digest

ENVELOPE = Envelope(
    message_id=UUID(int=1),
    case_id=UUID(int=2),
    source="130722",
    target="130000",
    seq=7,
    kind="referral.material_given",
    header={"state": "sent", "level": 3, "number": "张社转〔2026〕3号"},
    body={"text": "示例", "cargo": {"files": [{"size": 1}], "consents": []}},
    created_at=datetime(2026, 11, 24, 1, 0, tzinfo=UTC),
)

texts = st.text(max_size=8) | st.sampled_from(
    ["130722", "1.0", "application/json", "test.note", str(UUID(int=1))]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


def test_a_message_comes_back_as_it_went() -> None:
    back = wire.decode(wire.encode(ENVELOPE))
    assert back == ENVELOPE
    assert digest(back) == digest(ENVELOPE)


def test_the_same_message_is_the_same_bytes() -> None:
    assert wire.encode(ENVELOPE) == wire.encode(wire.decode(wire.encode(ENVELOPE)))


def test_it_is_a_cloud_event() -> None:
    event = json.loads(wire.encode(ENVELOPE))
    required = {name: event[name] for name in ("specversion", "id", "source", "type")}
    assert required == {
        "specversion": "1.0",
        "id": "00000000-0000-0000-0000-000000000001",
        "source": "130722",
        "type": "referral.material_given",
    }
    assert all(name.isalnum() and name.islower() for name in event)  # what CloudEvents allows as a name


@given(st.binary(max_size=60))
def test_no_bytes_are_more_than_malformed(content: bytes) -> None:
    with pytest.raises(wire.Malformed):
        wire.decode(content)


def read(content: bytes) -> Envelope | wire.Malformed:
    """The message, or the refusal of it; anything else would end in an error."""
    try:
        envelope = wire.decode(content)
    except wire.Malformed as refused:
        return refused
    digest(envelope)  # nothing gets in that could not be kept
    return envelope


@given(st.sampled_from(sorted(json.loads(wire.encode(ENVELOPE)))), values)
def test_no_value_of_an_attribute_is_more_than_malformed(name: str, value: Any) -> None:
    event = json.loads(wire.encode(ENVELOPE))
    event[name] = value
    assert isinstance(read(json.dumps(event).encode()), Envelope | wire.Malformed)


@given(st.sampled_from(["seq", "header", "body"]), values)
def test_no_value_inside_the_data_is_more_than_malformed(name: str, value: Any) -> None:
    event = json.loads(wire.encode(ENVELOPE))
    event["data"][name] = value
    assert isinstance(read(json.dumps(event).encode()), Envelope | wire.Malformed)
