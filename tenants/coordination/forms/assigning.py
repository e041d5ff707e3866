"""The forms by which a matter changes hands."""

from uuid import UUID

from django import forms

from tenants.coordination import selectors
from tenants.matters.forms.base import ActForm, department_choices
from tenants.matters.forms.fields import DayField, TextField


class AssignForm(ActForm):
    department = forms.ChoiceField(label="主办部门")
    supporting = forms.MultipleChoiceField(
        label="协办部门", required=False, widget=forms.CheckboxSelectMultiple
    )
    support_due_on = DayField(
        label="协办答复期限", required=False, help_text="不填为3个工作日，且不晚于此件的办理期限。"
    )
    instruction = TextField(label="交办意见", required=False)

    def prepare(self) -> None:
        departments = department_choices()
        self.fields["department"].choices = [("", "请选择部门"), *departments]  # type: ignore[attr-defined]
        self.fields["supporting"].choices = departments  # type: ignore[attr-defined]


class ReturnForm(ActForm):
    reason = TextField(label="退回理由")
    basis = TextField(label="依据", widget=forms.Textarea(attrs={"rows": 2}))
    suggested = forms.CharField(label="建议承办部门", max_length=40)


class ReassignForm(ActForm):
    handler = forms.TypedChoiceField(label="改由谁办理", coerce=UUID)
    reason = TextField(label="改派说明", required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def prepare(self) -> None:
        people = [(str(person.pk), person.name) for person in selectors.may_handle(self.matter)]
        self.fields["handler"].choices = [("", "请选择经办人"), *people]  # type: ignore[attr-defined]
