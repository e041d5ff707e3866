"""The forms of what leaders demand, and of what is reported to them."""

from django import forms

from bancheng.timekeeping import clock
from bancheng.timekeeping.calendar import current as current_calendar
from tenants.coordination.actions.leaders import FEEDBACK_DAYS
from tenants.coordination.models import Whom
from tenants.matters.forms.base import ActForm
from tenants.matters.forms.fields import DayField, TextField


class EscalateForm(ActForm):
    reason = TextField(label="提级理由", help_text="为什么本级解决不了，请上级协调什么。")


class TakeOverForm(ActForm):
    reason = TextField(label="包案说明", required=False)


class SuperviseForm(ActForm):
    demand = TextField(label="督办要求")
    due_on = DayField(label="反馈期限", help_text="须是工作日。")

    def prepare(self) -> None:
        self.initial.setdefault("due_on", current_calendar().add(clock.today(), FEEDBACK_DAYS))


class AnswerSupervisionForm(ActForm):
    text = TextField(label="反馈内容", help_text="办到哪一步、未办结的原因、何时办结。")


class LiftSupervisionForm(ActForm):
    result = TextField(label="督办结果")


class InstructForm(ActForm):
    text = TextField(label="批示内容")
    to = forms.MultipleChoiceField(label="批给", widget=forms.CheckboxSelectMultiple)

    def prepare(self) -> None:
        """Only those who are there: a matter that was not assigned yet has no departments."""
        present = {
            Whom.WINDOW: True,
            Whom.DEPARTMENT: self.matter.department_id is not None,
            Whom.SUPPORTING: bool(self.matter.supporting),
        }
        self.fields["to"].choices = [(w.value, w.label) for w in Whom if present[w]]  # type: ignore[attr-defined]
