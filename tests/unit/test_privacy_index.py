"""A blind index finds the same number again, however it was typed, and only in its own centre and kind."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from bancheng.privacy.index import HEX_LENGTH, blind_index, normalise
from bancheng.tenancy import WrongSchema


@contextmanager
def serving(schema: str) -> Iterator[None]:
    connection.set_schema(schema)
    try:
        yield
    finally:
        connection.set_schema_to_public()


# What keyboards and input methods give: half and full width, letters, characters, and what separates them.
somethings = st.text("0123456789０１９XxＸｘabＡ王李·・ -－—\t\u3000\u200b()", min_size=1).filter(normalise)


@given(somethings, somethings)
def test_two_values_meet_exactly_when_their_normal_forms_do(one: str, other: str) -> None:
    with serving("c130722"):
        assert (blind_index("phone", one) == blind_index("phone", other)) == (
            normalise(one) == normalise(other)
        )


@pytest.mark.parametrize(
    "typed", ["13072619900101002X", "13072619900101002x", " 130726 19900101 002X", "130726-1990-0101-002x"]
)
def test_ways_of_typing_one_number_meet(typed: str) -> None:
    with serving("c130722"):
        assert blind_index("id_number", typed) == blind_index(
            "id_number", "１３０７２６１９９００１０１００２Ｘ"
        )


@given(somethings)
def test_normalising_twice_changes_nothing(value: str) -> None:
    assert normalise(normalise(value)) == normalise(value)


def test_another_centre_has_another_index() -> None:
    with serving("c130722"):
        here = blind_index("phone", "13812341234")
    with serving("c130726"):
        assert blind_index("phone", "13812341234") != here


def test_another_kind_has_another_index() -> None:
    with serving("c130722"):
        assert blind_index("phone", "13812341234") != blind_index("account", "13812341234")


def test_an_index_is_hex_of_fixed_length() -> None:
    with serving("c130722"):
        assert len(bytes.fromhex(blind_index("phone", "13812341234"))) * 2 == HEX_LENGTH


@pytest.mark.parametrize("empty", ["", "  ", " - ", "\u200b"])
def test_nothing_has_no_index(empty: str) -> None:
    with serving("c130722"), pytest.raises(ValueError, match="nothing to index"):
        blind_index("phone", empty)


def test_public_has_no_index() -> None:
    with pytest.raises(WrongSchema):
        blind_index("phone", "13812341234")
