"""Puts this app's forms and actions behind their transitions."""

from tenants.matters.acts import bind
from tenants.replies import actions, forms

bind("reply", forms.ReplyForm, actions.reply)
bind("call_back", forms.CallbackForm, actions.call_back)
