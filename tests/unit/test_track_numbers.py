"""The number of a matter as people copy it from their receipt, and the query code."""

import pytest
from django.core.exceptions import ValidationError

from tenants.replies.forms.track import Number, clean_code, read_number

SHOWN, MACHINE = Number(shown="张社反〔2026〕0007号"), Number(machine="BF130700-2026-000007")


@pytest.mark.parametrize(
    "typed",
    [
        "张社反〔2026〕0007号",
        " 张社反（2026）0007 号 ",
        "张社反(2026)0007",
        "张社反[2026]7号",
        "张社反【２０２６】０００７号",
        "张社反2026-0007",
        "张社反20260007号",
    ],
)
def test_the_shown_number_is_read_however_it_is_typed(typed: str) -> None:
    assert read_number(typed) == SHOWN


@pytest.mark.parametrize(
    "typed",
    [
        "BF130700-2026-000007",
        "bf130700-2026-000007",
        "ＢＦ１３０７００－２０２６－０００００７",
        "BF130700 2026 000007",
    ],
)
def test_the_machines_number_is_read_however_it_is_typed(typed: str) -> None:
    assert read_number(typed) == MACHINE


@pytest.mark.parametrize(
    "typed", ["", "0007", "张社督〔2026〕1号", "BF1307-2026-7", "\x00", "反" * 50, "1' OR 1=1"]
)
def test_anything_else_is_no_number(typed: str) -> None:
    assert read_number(typed) is None


@pytest.mark.parametrize("typed", ["012345", " 012 345 ", "０１２３４５"])
def test_a_code_is_six_digits(typed: str) -> None:
    assert clean_code(typed) == "012345"


@pytest.mark.parametrize("typed", ["12345", "1234567", "abcdef", "٠١٢٣٤٥", "\x00"])
def test_anything_else_is_no_code(typed: str) -> None:
    with pytest.raises(ValidationError):
        clean_code(typed)
