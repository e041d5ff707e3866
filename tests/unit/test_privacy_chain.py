"""A chain of hashes shows the first place where something was changed, dropped or put in."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from bancheng.privacy.append_only import Broken, canonical_json, chain_hash, verify_chain


@dataclass
class Row:
    seq: int
    text: str
    previous_hash: str = ""
    hash: str = ""


def vouched(row: Row) -> dict[str, Any]:
    return {"seq": row.seq, "text": row.text}


def chain(length: int = 5) -> list[Row]:
    rows: list[Row] = []
    for seq in range(1, length + 1):
        row = Row(seq, f"第{seq}件", rows[-1].hash if rows else "")
        row.hash = chain_hash(row.previous_hash, vouched(row))
        rows.append(row)
    return rows


@pytest.fixture(autouse=True)
def _in_a_schema() -> Iterator[None]:
    connection.set_schema("c130722")
    yield
    connection.set_schema_to_public()


@given(st.integers(0, 12))
def test_an_untouched_chain_holds(length: int) -> None:
    assert verify_chain(chain(length), vouched) is None


@given(st.integers(0, 4), st.text())
def test_a_changed_row_is_found(at: int, text: str) -> None:
    rows = chain()
    changed = replace(rows[at], text=text)
    rows[at] = changed

    found = verify_chain(rows, vouched)

    assert (found.seq if found else None) == (None if text == f"第{at + 1}件" else at + 1)


@pytest.mark.parametrize("at", range(4))
def test_a_dropped_row_is_found(at: int) -> None:
    rows = chain()
    del rows[at]

    found = verify_chain(rows, vouched)

    assert found is not None
    assert found.seq == at + 1


def test_a_row_rewritten_with_all_that_follow_renumbered_is_found() -> None:
    rows = chain()
    del rows[1]
    for seq, row in enumerate(rows, 1):
        row.seq = seq

    assert verify_chain(rows, vouched) == Broken(2, "第2条与前一条不衔接")


def test_two_rows_that_changed_places_are_found() -> None:
    rows = chain()
    rows[1], rows[2] = rows[2], rows[1]

    found = verify_chain(rows, vouched)

    assert found is not None
    assert found.seq == 2


def test_a_chain_does_not_hold_in_another_schema() -> None:
    rows = chain()
    connection.set_schema("c130726")

    assert verify_chain(rows, vouched) == Broken(1, "第1条的内容与其校验值不符")


def test_equal_payloads_hash_equally_after_a_trip_through_the_database() -> None:
    east = timezone(timedelta(hours=8))
    written = {"b": Decimal("1.50"), "a": datetime(2026, 1, 1, 8, tzinfo=east), "c": UUID(int=1), "d": None}
    read = {"d": None, "c": UUID(int=1), "a": datetime(2026, 1, 1, tzinfo=UTC), "b": Decimal("1.5")}

    assert chain_hash("", written) == chain_hash("", read)


def test_the_predecessor_is_part_of_the_hash() -> None:
    assert chain_hash("", {"a": 1}) != chain_hash("0", {"a": 1})


def test_canonical_json_is_one_line_of_sorted_exact_values() -> None:
    value = {"b": [True, None, 1], "a": {"日": date(2026, 1, 2), "n": Decimal("100")}}

    assert canonical_json(value) == '{"a":{"n":"100","日":"2026-01-02"},"b":[true,null,1]}'


@pytest.mark.parametrize("inexact", [1.5, datetime(2026, 1, 1), {1: 2}, b"x", object(), Decimal("NaN")])  # noqa: DTZ001
def test_what_has_no_exact_form_is_refused(inexact: object) -> None:
    with pytest.raises(TypeError):
        chain_hash("", {"value": inexact})
