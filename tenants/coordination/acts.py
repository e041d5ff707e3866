"""Puts this app's forms and actions behind their transitions, and says how its acts are told."""

from collections.abc import Mapping
from typing import Any

from tenants.coordination import actions
from tenants.coordination.forms import assigning, joint, leaders, meetings, prerequisites, signoffs
from tenants.coordination.models import Whom
from tenants.matters.acts import bind
from tenants.matters.forms.flow import EmptyForm
from tenants.matters.models import Escalation
from tenants.matters.telling import tell, word

bind("assign", assigning.AssignForm, actions.assign)
bind("return_to_window", assigning.ReturnForm, actions.return_to_window)
bind("reassign", assigning.ReassignForm, actions.reassign)
bind("ask_support", joint.AskSupportForm, actions.ask_support)
bind("sign_support", EmptyForm, actions.sign_support)
bind("answer_support", joint.AnswerSupportForm, actions.answer_support)
bind("record_outside_answer", joint.RecordOutsideAnswerForm, actions.record_outside_answer)
bind("request_signoff", signoffs.RequestSignOffForm, actions.request_signoff)
bind("sign_off", signoffs.SignOffForm, actions.sign_off)
bind("refuse_signoff", signoffs.RefuseSignOffForm, actions.refuse_signoff)
bind("escalate", leaders.EscalateForm, actions.escalate)
bind("take_over", leaders.TakeOverForm, actions.take_over)
bind("supervise", leaders.SuperviseForm, actions.supervise)
bind("answer_supervision", leaders.AnswerSupervisionForm, actions.answer_supervision)
bind("lift_supervision", leaders.LiftSupervisionForm, actions.lift_supervision)
bind("instruct", leaders.InstructForm, actions.instruct)
bind("call_meeting", meetings.CallMeetingForm, actions.call_meeting)
bind("record_minutes", meetings.RecordMinutesForm, actions.record_minutes)
bind("carry_out_decision", meetings.CarryOutDecisionForm, actions.carry_out_decision)
bind("record_prerequisite", prerequisites.RecordPrerequisiteForm, actions.record_prerequisite)
bind("settle_prerequisite", prerequisites.SettlePrerequisiteForm, actions.settle_prerequisite)


def _assigned(data: Mapping[str, Any], departments: Mapping[str, str]) -> list[str]:
    names = [departments.get(code, code) for code in data.get("supporting", [])]
    lead = departments.get(data.get("department", ""), "")
    return [f"主办：{lead}", f"协办：{'、'.join(names)}" if names else ""]


def _supported(data: Mapping[str, Any], departments: Mapping[str, str]) -> list[str]:
    department = departments.get(data.get("department") or "", "")
    due_on = data.get("due_on")
    return [department, data.get("number", ""), f"答复期限{due_on}" if due_on else ""]


def _ordered(data: Mapping[str, Any], departments: Mapping[str, str]) -> list[str]:
    due_on = data.get("due_on")
    return [data.get("number", ""), f"反馈期限{due_on}" if due_on else ""]


def _called(data: Mapping[str, Any], departments: Mapping[str, str]) -> list[str]:
    names = [departments.get(code, code) for code in data.get("departments", [])]
    return [f"会商时间{data.get('at', '')}", f"参加部门：{'、'.join(names)}" if names else ""]


def _recorded(data: Mapping[str, Any], departments: Mapping[str, str]) -> list[str]:
    return [f"形成{data['decisions']}项决定" if data.get("decisions") else "未形成决定"]


def _circled(data: Mapping[str, Any], departments: Mapping[str, str]) -> list[str]:
    return ["形成死循环，建议召集会商" if data.get("circle") else ""]


def _instructed(data: Mapping[str, Any], departments: Mapping[str, str]) -> list[str]:
    return ["批给" + "、".join(word(Whom, code) for code in data.get("to", []))]


tell("assign", "arrow-right", says=_assigned)
tell("return_to_window", "arrow-back-up", "amber")
tell("reassign", "arrows-exchange")
tell("ask_support", "users", "blue", says=_supported)
tell("sign_support", "check", "blue", says=_supported)
tell("answer_support", "message-2", "teal", says=_supported)
tell("record_outside_answer", "mail", "teal", says=_supported)
tell("request_signoff", "gavel", "amber")
tell("sign_off", "gavel", "green")
tell("signed_off", "gavel", "green")
tell("refuse_signoff", "gavel", "red")
tell("escalate", "arrow-right", "red", says=lambda data, _: [word(Escalation, data.get("to"))])
tell("take_over", "user-check", "red")
tell("supervise", "urgent", "red", says=_ordered)
tell("answer_supervision", "note", "blue", says=_ordered)
tell("lift_supervision", "circle-check", "green", says=_ordered)
tell("instruct", "edit", "amber", says=_instructed)
tell("call_meeting", "users", "amber", says=_called)
tell("record_minutes", "notebook", "teal", says=_recorded)
tell("carry_out_decision", "circle-check", "green")
tell("record_prerequisite", "link", "amber", says=_circled)
tell("settle_prerequisite", "circle-check", "green")
