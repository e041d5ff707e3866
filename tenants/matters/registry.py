"""Puts the matter's own forms and actions behind their transitions, and says how its acts are told."""

from collections.abc import Mapping
from typing import Any

from bancheng.catalogue.words import Channel, DeclineReason, Mode, Outcome
from bancheng.timekeeping.due import LEVELS
from tenants.matters import actions
from tenants.matters.acts import bind
from tenants.matters.forms import clock, flow
from tenants.matters.forms.merging import MergeForm
from tenants.matters.forms.restricting import RestrictForm
from tenants.matters.presentation import cause_name, item_name
from tenants.matters.telling import tell, word

bind("triage", flow.TriageForm, actions.triage)
bind("accept", flow.EmptyForm, actions.accept)
bind("decline", flow.DeclineForm, actions.decline)
bind("reverse_decline", flow.ReasonForm, actions.reverse_decline)
bind("sign", flow.EmptyForm, actions.sign)
bind("progress", flow.ProgressForm, actions.progress)
bind("contact", flow.ContactForm, actions.contact)
bind("amend", flow.AmendForm, actions.amend)
bind("resolve", flow.ResolveForm, actions.resolve)
bind("extend", clock.ExtendForm, actions.extend)
bind("extend_again", clock.ExtendForm, actions.extend_again)
bind("regrade", clock.RegradeForm, actions.regrade)
bind("close", flow.CloseForm, actions.close)
bind("reopen", flow.ReasonForm, actions.reopen)
bind("withdraw", flow.WithdrawForm, actions.withdraw)
bind("merge", MergeForm, actions.merge)
bind("restrict", RestrictForm, actions.restrict)


def _triaged(data: Mapping[str, Any], departments: Mapping[str, str]) -> list[str]:
    level = LEVELS.get(data.get("level", 0))
    return [str(level or ""), word(Mode, data.get("mode")), f"主因：{cause_name(data.get('cause', ''))}"]


def _reached(data: Mapping[str, Any], departments: Mapping[str, str]) -> list[str]:
    return [word(Channel, data.get("channel")), "已联系上" if data.get("reached") else "未联系上"]


def _extended(data: Mapping[str, Any], departments: Mapping[str, str]) -> list[str]:
    moved = f"期限由{data.get('was')}延至{data.get('due_on')}"
    return [f"延长{data.get('days')}个工作日", moved, word(Channel, data.get("channel")) + "告知反映人"]


def _regraded(data: Mapping[str, Any], departments: Mapping[str, str]) -> list[str]:
    level = LEVELS.get(data.get("level", 0))
    limit = f"办理时限{data.get('days')}个工作日"
    return [str(level or ""), "加急" if data.get("expedite") else "", limit, f"期限{data.get('due_on')}"]


_GROUNDS = {actions.merging.SAME_PERSON: "同一反映人", actions.merging.SAME_FACTS: "同一事项"}


def _merged(data: Mapping[str, Any], departments: Mapping[str, str]) -> list[str]:
    return [f"并入{data.get('into')}", _GROUNDS.get(data.get("ground", ""), "")]


def _took_in(data: Mapping[str, Any], departments: Mapping[str, str]) -> list[str]:
    return [f"{'、'.join(data.get('numbers', ()))}并入此件", _GROUNDS.get(data.get("ground", ""), "")]


def _restricted(data: Mapping[str, Any], departments: Mapping[str, str]) -> list[str]:
    return ["设为敏感件，只让相关人员看到" if data.get("sensitive") else "解除敏感件"]


tell(
    "register",
    "clipboard-plus",
    says=lambda data, _: [item_name(data.get("item", "")), word(Channel, data.get("channel"))],
)
tell("triage", "scale", says=_triaged)
tell(
    "accept",
    "clipboard-check",
    "green",
    says=lambda data, _: [f"办理时限{data.get('days')}个工作日", f"期限{data.get('due_on')}"],
)
tell("decline", "circle-x", "red", says=lambda data, _: [word(DeclineReason, data.get("reason"))])
tell("sign", "check", "blue")
tell("progress", "note")
tell("resolve", "circle-check", "teal", says=lambda data, _: [word(Outcome, data.get("outcome"))])
tell("contact", "phone", says=_reached)
tell("amend", "edit", "grey")
tell("close", "flag", "green", says=lambda data, _: [f"主因确认：{cause_name(data.get('cause', ''))}"])
tell("close_confirmed", "flag", "green")
tell("reopen", "refresh", "amber")
tell("withdraw", "logout", "grey")
tell("extend", "hourglass", "amber", says=_extended)
tell("extend_again", "hourglass", "amber", says=_extended)
tell("regrade", "adjustments", "amber", says=_regraded)
tell("rereckon", "calendar", "amber")
tell("remind", "bell", "amber", says=lambda data, _: [f"已超期{data.get('days')}个工作日"])
tell("notify_city", "bell", "red", says=lambda data, _: [f"已超期{data.get('days')}个工作日，列入全市通报"])
tell("merge", "git-merge", "amber", says=_merged)
tell("take_in", "git-merge", "teal", says=_took_in)
tell("restrict", "lock", "amber", says=_restricted)
