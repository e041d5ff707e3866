"""The forms of joint handling."""

from typing import ClassVar
from uuid import UUID

from django import forms

from tenants.coordination import selectors
from tenants.coordination.offices import OfficeForm, office_field, other_field
from tenants.matters.forms.base import ActForm
from tenants.matters.forms.fields import DayField, TextField


class AskSupportForm(OfficeForm):
    offices: ClassVar[dict[str, str]] = {"office": "office_other"}

    office = office_field("协办单位")
    office_other = other_field()
    question = TextField(label="请协办的事项", help_text="请对方核实什么、答复什么。")
    due_on = DayField(label="答复期限", required=False, help_text="不填为3个工作日，且不晚于此件的办理期限。")


class AnswerSupportForm(ActForm):
    answer = TextField(label="协办答复")
    basis = TextField(label="依据", widget=forms.Textarea(attrs={"rows": 2}))


class RecordOutsideAnswerForm(ActForm):
    part = forms.TypedChoiceField(label="协办函", coerce=UUID)
    answer = TextField(label="复函内容")
    basis = TextField(
        label="复函依据", widget=forms.Textarea(attrs={"rows": 2}), help_text="复函文号和日期。"
    )

    def prepare(self) -> None:
        letters = [
            (str(part.pk), f"{part.number} {part.office}") for part in selectors.open_letters(self.matter)
        ]
        self.fields["part"].choices = [("", "请选择协办函"), *letters]  # type: ignore[attr-defined]
