"""Numbers of cards, organisations and telephones: right ones pass in one form, wrong ones say what to do."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bancheng.privacy.identifiers import check_id_number, check_phone, check_uscc
from bancheng.timekeeping import clock

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643, table of weights


def with_check_digit(seventeen: str) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(seventeen, WEIGHTS, strict=True))
    return seventeen + "10X98765432"[total % 11]


def card(area: str = "130726", born: str = "19600101", serial: str = "002") -> str:
    return with_check_digit(f"{area}{born}{serial}")


births = st.dates(date(1900, 1, 1), date(2026, 1, 1))


@given(births, st.integers(0, 999))
def test_every_well_formed_card_passes(born: date, serial: int) -> None:
    number = check_id_number(card(born=f"{born:%Y%m%d}", serial=f"{serial:03}"))

    assert number.birth_date == born
    assert number.sex == ("男" if serial % 2 else "女")
    assert number.warnings == ()


@given(births, st.integers(0, 999), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_never_passes(born: date, serial: int, at: int, by: int) -> None:
    number = card(born=f"{born:%Y%m%d}", serial=f"{serial:03}")
    wrong = f"{number[:at]}{(int(number[at]) + by) % 10}{number[at + 1 :]}"

    with pytest.raises(ValueError, match="请"):
        check_id_number(wrong)


def test_a_card_comes_back_in_its_normal_form() -> None:
    number = next(c for c in (card(serial=f"{n:03}") for n in range(100)) if c.endswith("X"))

    assert check_id_number(f" {number[:6]} {number[6:14]}-{number[14:].lower()} ") == number
    assert check_id_number(number).value == number


@pytest.mark.parametrize(
    "area", ["130721", "130729", "130733", "132501", "132532", "130770", "130771", "130702"]
)
def test_old_and_special_areas_of_zhangjiakou_pass_without_a_warning(area: str) -> None:
    assert check_id_number(card(area)).warnings == ()


@pytest.mark.parametrize("area", ["110101", "310104", "810000", "830000", "911124"])
def test_known_areas_elsewhere_pass_without_a_warning(area: str) -> None:
    assert check_id_number(card(area)).warnings == ()


@pytest.mark.parametrize("area", ["000000", "139999", "770101"])
def test_an_unknown_area_warns_and_does_not_block(area: str) -> None:
    number = check_id_number(card(area))

    assert len(number.warnings) == 1
    assert area in number.warnings[0]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "应为18位，现在是0位"),
        ("130726199001010", "15位的旧证号码"),
        ("1307261990010100", "应为18位，现在是16位"),
        ("13072619900101OO27", "只能是数字，末位可以是X"),
        (card(born="19900230"), "出生日期19900230不存在"),
        (card(born="18990101"), "出生日期18990101不合常理"),
        (card(born="20261125"), "出生日期20261125不合常理"),
        (card()[:-1] + ("1" if card()[-1] != "1" else "2"), "校验不通过"),
    ],
)
def test_a_wrong_card_number_is_refused_with_what_to_do(typed: str, told: str) -> None:
    with (
        clock.at(datetime(2026, 11, 24, 9, tzinfo=ZoneInfo("Asia/Shanghai"))),
        pytest.raises(ValueError, match=told),
    ):
        check_id_number(typed)


def test_a_child_born_today_has_a_card_number() -> None:
    with clock.at(datetime(2026, 11, 24, 9, tzinfo=ZoneInfo("Asia/Shanghai"))):
        assert check_id_number(card(born="20261124")).birth_date == date(2026, 11, 24)


@pytest.mark.parametrize("typed", ["91110000600037341L", "9111 0000 6000 3734 1l", "91110000-600037341L"])
def test_a_credit_code_comes_back_in_its_normal_form(typed: str) -> None:
    assert check_uscc(typed) == "91110000600037341L"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("9111000060003734", "现在是16位"),
        ("91110000600037341I", "没有I、O、S、V、Z"),
        ("91110000600037341A", "校验不通过"),
        ("9A110000600037341L", "校验不通过"),
        ("91A10000600037341L", "只含数字和大写字母"),
    ],
)
def test_a_wrong_credit_code_is_refused_with_what_to_do(typed: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        check_uscc(typed)


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("13812341234", "13812341234"),
        ("138 1234 1234", "13812341234"),
        ("+86 138-1234-1234", "13812341234"),
        ("0086-13812341234", "13812341234"),
        ("１３８１２３４１２３４", "13812341234"),
        ("0313-2012345", "0313-2012345"),
        ("03132012345", "0313-2012345"),
        ("(0313) 201 2345", "0313-2012345"),
        ("0313-2012345转801", "0313-2012345-801"),
        ("010-8201-2345", "010-82012345"),
        ("021 62012345", "021-62012345"),
        ("+86 0313 2012345", "0313-2012345"),
    ],
)
def test_a_phone_comes_back_in_one_form(typed: str, normal: str) -> None:
    assert check_phone(typed) == normal


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "请重新填写；没有电话请选“无电话”"),
        ("无", "只能由数字组成"),
        ("1381234123", "现在是10位"),
        ("12812341234", "以13至19开头"),
        ("2012345", "请加区号"),
        ("0313-12345", "区号加7至8位"),
        ("0313-1012345", "区号加7至8位"),
    ],
)
def test_a_wrong_phone_is_refused_with_what_to_do(typed: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        check_phone(typed)


@given(st.text())
def test_checks_refuse_only_with_a_sentence_for_people(typed: str) -> None:
    for check in (check_id_number, check_uscc, check_phone):
        try:
            normal = check(typed)
        except ValueError as refusal:
            assert str(refusal).endswith("。")  # noqa: PT017
        else:
            assert check(normal) == normal
