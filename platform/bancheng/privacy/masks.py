"""How personal data looks to who has not given a reason to see it. A mask never shows more than stated here.

What does not have the expected shape is hidden whole, without its length.
"""

import re

HIDDEN = "****"


def mask_name(name: str) -> str:
    """李明 → 李*, 欧阳修 → 欧*: the first character, never how many follow. Enterprises are not masked."""
    name = name.strip()
    if not name:
        return ""
    return f"{name[0]}*" if len(name) > 1 else "*"


def mask_phone(phone: str) -> str:
    """13812341234 → 138****1234; 0313-2012345 → 0313-*****45."""
    phone = phone.strip()
    if re.fullmatch(r"1\d{10}", phone):
        return f"{phone[:3]}****{phone[-4:]}"
    if match := re.fullmatch(r"(0\d{2,3})-(\d{7,8})(-\d{1,5})?", phone):
        return f"{match[1]}-*****{match[2][-2:]}"
    return HIDDEN if phone else ""


def mask_id_number(number: str) -> str:
    """130726199001010027 → 130726********0027."""
    number = number.strip()
    if re.fullmatch(r"\d{17}[\dXx]", number):
        return f"{number[:6]}********{number[-4:]}"
    return HIDDEN if number else ""


def mask_account(account: str) -> str:
    """6217000000001234 → ****1234; an account of fewer than eight digits is hidden whole."""
    digits = re.sub(r"[\s-]", "", account)
    if re.fullmatch(r"\d{8,32}", digits):
        return f"{HIDDEN}{digits[-4:]}"
    return HIDDEN if digits else ""
