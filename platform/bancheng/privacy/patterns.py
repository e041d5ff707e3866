"""What personal numbers look like in running text, to keep them out of logs, telemetry and audit data."""

import re

# Eighteen- and fifteen-digit cards, accounts and social-security numbers, mobile numbers, landlines: a run of
# eleven or more digits (grouped by spaces or hyphens or not), or an area code with its number. Part of a
# longer word, as in a UUID, it is not one.
NUMBERS = re.compile(
    r"(?<![0-9A-Za-z_-])(?:"
    r"\d{17}[\dXx]"
    r"|\d{11,30}"
    r"|\d{4}(?:[ -]\d{4}){2,6}(?:[ -]\d{1,4})?"
    r"|1[3-9]\d[ -]\d{4}[ -]\d{4}"
    r"|0\d{2,3}-\d{7,8}"
    r")(?![0-9A-Za-z_-])"
)
REMOVED = "[号码已隐去]"


def without_personal_numbers(text: str) -> str:
    """`text` with whatever looks like a card, account or phone number removed."""
    return NUMBERS.sub(REMOVED, text)
