"""Puts this app's forms and actions behind their transitions."""

from tenants.coordination import actions, forms
from tenants.matters.acts import bind
from tenants.matters.telling import tell

bind("request_signoff", forms.RequestSignOffForm, actions.request_signoff)
bind("sign_off", forms.SignOffForm, actions.sign_off)
bind("refuse_signoff", forms.RefuseSignOffForm, actions.refuse_signoff)

tell("request_signoff", "gavel", "amber")
tell("sign_off", "gavel", "green")
tell("signed_off", "gavel", "green")
tell("refuse_signoff", "gavel", "red")
