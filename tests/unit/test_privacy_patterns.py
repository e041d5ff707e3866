"""Personal numbers are recognised in running text; the numbers of the house are left alone."""

import pytest

from bancheng.privacy.patterns import REMOVED, without_personal_numbers


@pytest.mark.parametrize(
    "number",
    [
        "130726199001010027",
        "13072619900101002X",
        "130726900101002",
        "13812341234",
        "138-1234-1234",
        "138 1234 1234",
        "6217000000001234567",
        "6217 0000 0000 1234 567",
        "0313-2012345",
    ],
)
def test_a_personal_number_is_removed_from_text(number: str) -> None:
    assert without_personal_numbers(f"联系人({number})来电") == f"联系人({REMOVED})来电"
    assert without_personal_numbers(f"电话{number}。") == f"电话{REMOVED}。"


@pytest.mark.parametrize(
    "text",
    [
        "BF130700-2026-000007",
        "张社反〔2026〕0007号",
        "2026-11-24 09:00:00.123456",
        "019364d2-0000-7000-8000-123456789012",
        "c130722",
        "130700-office",
        "a" * 10 + "12345678901234567890",
    ],
)
def test_numbers_of_the_house_stay(text: str) -> None:
    assert without_personal_numbers(text) == text
