"""Puts this app's forms and actions behind their transitions."""

from collections.abc import Mapping
from typing import Any

from bancheng.catalogue.words import Channel
from tenants.matters.acts import bind
from tenants.matters.telling import tell, word
from tenants.replies import actions
from tenants.replies.forms import replies as forms

bind("reply", forms.ReplyForm, actions.reply)
bind("call_back", forms.CallbackForm, actions.call_back)


def _heard(data: Mapping[str, Any], departments: Mapping[str, str]) -> list[str]:
    said = (("solved", "问题已解决", "问题未解决"), ("satisfied", "满意", "不满意"))
    heard = [yes if data[key] else no for key, yes, no in said if data.get(key) is not None]
    return ["已联系上" if data.get("reached") else "未联系上", *heard]


tell("reply", "message-2", "green", says=lambda data, _: [word(Channel, data.get("channel"))])
tell("call_back", "phone", "teal", says=_heard)
