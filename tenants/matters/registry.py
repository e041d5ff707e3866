"""Puts the matter's own forms and actions behind their transitions."""

from tenants.matters import actions
from tenants.matters.acts import bind
from tenants.matters.forms import flow

bind("triage", flow.TriageForm, actions.triage)
bind("accept", flow.EmptyForm, actions.accept)
bind("decline", flow.DeclineForm, actions.decline)
bind("reverse_decline", flow.ReasonForm, actions.reverse_decline)
bind("assign", flow.AssignForm, actions.assign)
bind("sign", flow.EmptyForm, actions.sign)
bind("return_to_window", flow.ReturnForm, actions.return_to_window)
bind("progress", flow.ProgressForm, actions.progress)
bind("contact", flow.ContactForm, actions.contact)
bind("amend", flow.AmendForm, actions.amend)
bind("resolve", flow.ResolveForm, actions.resolve)
bind("close", flow.CloseForm, actions.close)
bind("reopen", flow.ReasonForm, actions.reopen)
bind("withdraw", flow.WithdrawForm, actions.withdraw)
