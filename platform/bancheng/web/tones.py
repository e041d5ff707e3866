"""Which colour goes with which word. A colour never stands alone: every light and badge carries its word."""

from typing import Final

LIGHTS: Final = frozenset({"green", "amber", "red", "grey"})
TONES: Final = frozenset({"grey", "blue", "green", "amber", "red", "teal"})

# States of matters and referrals, by their code.
STATE_TONES: Final[dict[str, str]] = {
    "draft": "grey",
    "registered": "amber",
    "accepted": "blue",
    "declined": "grey",
    "assigned": "amber",
    "handling": "blue",
    "awaiting_material": "amber",
    "awaiting_signoff": "amber",
    "referred": "teal",
    "resolved": "teal",
    "replied": "teal",
    "closed": "green",
    "withdrawn": "grey",
    "merged": "grey",
    "approved": "blue",
    "sent": "amber",
    "signed": "blue",
    "asked": "amber",
    "recalling": "amber",
    "answered": "teal",
    "confirmed": "green",
    "done": "green",
    "returned": "red",
    "recalled": "grey",
    "redirected": "amber",
    # Problems.
    "proposed": "amber",
    "dismissed": "grey",
    "open": "blue",
    "measured": "blue",
    "trial": "teal",
    "routine": "green",
    "met": "green",
    # Bulletins.
    "making": "blue",
    "reviewed": "teal",
    "issued": "green",
    # Referrals that were decided, and messages.
    "escalated": "red",
    "designated": "blue",
    "pending": "amber",
    "printed": "blue",
    "failed": "red",
    "dead": "red",
}


def of_state(code: str) -> str:
    """The tone of a state's badge; a code that is not listed stays grey."""
    return STATE_TONES.get(code, "grey")
