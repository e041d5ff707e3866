"""A mask shows what it says it shows, of whatever it is given."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bancheng.privacy.masks import mask_account, mask_id_number, mask_name, mask_phone

digits = st.text(string.digits, min_size=1, max_size=25)


@pytest.mark.parametrize(
    ("mask", "clear", "shown"),
    [
        (mask_name, "李明", "李*"),
        (mask_name, "欧阳修文", "欧*"),
        (mask_name, "李", "*"),
        (mask_name, "", ""),
        (mask_phone, "13812341234", "138****1234"),
        (mask_phone, "0313-2012345", "0313-*****45"),
        (mask_phone, "010-82012345-801", "010-*****45"),
        (mask_phone, "12345", "****"),
        (mask_phone, "", ""),
        (mask_id_number, "130726199001010027", "130726********0027"),
        (mask_id_number, "13072619900101002X", "130726********002X"),
        (mask_id_number, "130726900101002", "****"),
        (mask_id_number, "", ""),
        (mask_account, "6217 0000 0000 1234", "****1234"),
        (mask_account, "1234", "****"),
        (mask_account, "", ""),
    ],
)
def test_masks_look_as_the_house_writes_them(mask, clear: str, shown: str) -> None:
    assert mask(clear) == shown


@given(st.text(min_size=1))
def test_a_masked_name_shows_one_character_at_most(name: str) -> None:
    assert mask_name(name) in {"", "*", f"{name.strip()[:1]}*"}


@given(digits)
def test_a_masked_phone_hides_four_digits_at_least(phone: str) -> None:
    assert sum(sign.isdigit() for sign in mask_phone(phone)) <= max(0, len(phone) - 4)


@given(digits)
def test_a_masked_account_shows_four_digits_at_most(account: str) -> None:
    assert sum(sign.isdigit() for sign in mask_account(account)) in {0, 4}


@given(st.text(string.digits + "X -"))
def test_a_masked_card_never_shows_the_date_of_birth(number: str) -> None:
    shown = mask_id_number(number)

    assert shown in {"", "****"} or (shown[6:14] == "********" and len(shown) == 18)
