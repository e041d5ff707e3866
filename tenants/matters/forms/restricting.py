"""The form that makes a matter sensitive."""

from typing import Any
from uuid import UUID

from django import forms

from bancheng.identity.models import Staff
from tenants.matters.access import KEEPERS
from tenants.matters.forms.base import ActForm
from tenants.matters.forms.fields import TextField, YesNoField


class RestrictForm(ActForm):
    sensitive = YesNoField(label="敏感件", yes="是，只让相关人员看到", no="不是")
    admitted = forms.MultipleChoiceField(
        label="另外允许查看的人员",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="窗口负责人、中心主任和经手人员不必勾选；勾选以外的人看不到此件。",
    )
    reason = TextField(label="理由")

    def prepare(self) -> None:
        people = Staff.objects.filter(is_active=True).select_related("department").order_by("name")
        people = people.exclude(roles__overlap=list(KEEPERS))
        self.fields["admitted"].choices = [(str(p.pk), _words(p)) for p in people]  # type: ignore[attr-defined]
        self.initial = {
            "sensitive": str(self.matter.sensitive).lower(),
            "admitted": [str(pk) for pk in self.matter.admitted],
            **self.initial,
        }

    def arguments(self) -> dict[str, Any]:
        return self.cleaned_data | {"admitted": [UUID(pk) for pk in self.cleaned_data["admitted"]]}


def _words(person: Staff) -> str:
    where = f"{person.department}，" if person.department else ""
    return f"{person.name}（{where}{person.role_names}）"
