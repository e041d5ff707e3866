"""What is done after a matter was resolved: telling, calling back, rating, putting right, looking back.

All raise NotAllowed, Conflict, NotFound or Invalid, and then have changed nothing.
"""

from tenants.replies.actions.after import retrospect, thank
from tenants.replies.actions.ratings import rate, record_rating, rectify
from tenants.replies.actions.replies import Told, call_back, reply
from tenants.replies.actions.settings import set_text, set_window_card

__all__ = [
    "Told",
    "call_back",
    "rate",
    "record_rating",
    "rectify",
    "reply",
    "retrospect",
    "set_text",
    "set_window_card",
    "thank",
]
