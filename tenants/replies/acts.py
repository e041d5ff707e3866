"""Puts this app's forms and actions behind their transitions, and says how its acts are told."""

from collections.abc import Mapping
from typing import Any

from bancheng.catalogue.words import Channel
from bancheng.timekeeping.holders import Holder
from tenants.matters.acts import bind
from tenants.matters.telling import tell, word
from tenants.replies import actions
from tenants.replies.actions.track import ask_contact
from tenants.replies.forms import after, replies
from tenants.replies.models import Grade, ThanksKind, Via

bind("reply", replies.ReplyForm, actions.reply)
bind("call_back", replies.CallbackForm, actions.call_back)
bind("rate", after.RateForm, actions.rate)
bind("record_rating", after.RecordRatingForm, actions.record_rating)
bind("rectify", after.RectifyForm, actions.rectify)
bind("thank", after.ThankForm, actions.thank)
bind("retrospect", after.RetrospectForm, actions.retrospect)
bind("ask_contact", after.AskContactForm, ask_contact)


def _heard(data: Mapping[str, Any], departments: Mapping[str, str]) -> list[str]:
    said = (("solved", "问题已解决", "问题未解决"), ("satisfied", "满意", "不满意"))
    heard = [yes if data[key] else no for key, yes, no in said if data.get(key) is not None]
    return ["已联系上" if data.get("reached") else "未联系上", *heard]


def _graded(data: Mapping[str, Any], departments: Mapping[str, str]) -> list[str]:
    return [word(Grade, data.get("grade")), word(Via, data.get("via"))]


def _by_channel(data: Mapping[str, Any], departments: Mapping[str, str]) -> list[str]:
    return [word(Channel, data.get("channel"))]


def _thanked(data: Mapping[str, Any], departments: Mapping[str, str]) -> list[str]:
    return [word(ThanksKind, data.get("kind")), f"{data.get('count')}件"]


tell("reply", "message-2", "green", says=_by_channel)
tell("reply_merged", "message-2", "green", says=_by_channel)
tell("call_back", "phone", "teal", says=_heard)
tell("rate", "star", "teal", says=_graded)
tell("record_rating", "star", "grey", says=_graded)
tell(
    "rectify",
    "refresh",
    "green",
    says=lambda data, _: ["按期整改" if data.get("in_time") else "超期整改"],
)
tell("thank", "heart-handshake", "green", says=_thanked)
tell(
    "retrospect",
    "history",
    "teal",
    says=lambda data, _: [f"时间主要耗在{word(Holder, data.get('lost_with'))}"],
)
tell("ask_contact", "user-circle", "amber")
