"""What lies between two units is read from their codes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bancheng.centres import places

CODES = st.one_of(
    st.sampled_from(
        [
            "130000",
            "130700",
            "130722",
            "130726",
            "130771",
            "130100",
            "110000",
            "110105",
            "150000",
            "130722-GA",
        ]
    ),
    st.text("0123", min_size=6, max_size=7),
    st.sampled_from(["", "office", "1307", "x130722"]),
)


@pytest.mark.parametrize(
    ("one", "other", "level", "region"),
    [
        ("130722", "130722-GA", False, False),  # an office in the county itself
        ("130722", "130700", True, False),
        ("130722", "130000", True, False),
        ("130700", "130000", True, False),
        ("130722", "130726", False, True),
        ("130722", "130771", False, True),
        ("130722", "130100", True, True),
        ("130722", "110000", True, True),
        ("130722", "110105", False, True),
        ("130700", "130100", False, True),
        ("130700", "110105", True, True),
        ("130000", "150000", False, True),
        ("130722", "office", False, False),
    ],
)
def test_what_lies_between_two_units(one: str, other: str, level: bool, region: bool) -> None:
    assert (places.other_level(one, other), places.other_region(one, other)) == (level, region)
    assert (places.other_level(other, one), places.other_region(other, one)) == (level, region)


@given(CODES, CODES)
def test_the_patterns_say_the_same(one: str, other: str) -> None:
    for pattern, holds in (
        (places.level_pattern(one), places.other_level(one, other)),
        (places.region_pattern(one), places.other_region(one, other)),
    ):
        assert bool(pattern and re.match(pattern, other)) is holds


@given(CODES)
def test_nothing_lies_between_a_unit_and_itself(code: str) -> None:
    assert not places.other_level(code, code)
    assert not places.other_region(code, code)
