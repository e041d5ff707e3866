"""What the reporter was told, what they answered, and what was learnt from it."""

from tenants.replies.models.after import Retrospective, Thanks, ThanksKind
from tenants.replies.models.ratings import Grade, Rating, Rectification, Via
from tenants.replies.models.replies import Callback, Reply
from tenants.replies.models.sms import Sms, SmsState
from tenants.replies.models.texts import ReplyText, WindowCard
from tenants.replies.models.track import TrackAttempt

__all__ = [
    "Callback",
    "Grade",
    "Rating",
    "Rectification",
    "Reply",
    "ReplyText",
    "Retrospective",
    "Sms",
    "SmsState",
    "Thanks",
    "ThanksKind",
    "TrackAttempt",
    "Via",
    "WindowCard",
]
