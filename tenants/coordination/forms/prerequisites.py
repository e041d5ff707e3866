"""The forms of prerequisites between offices."""

from typing import ClassVar
from uuid import UUID

from django import forms

from tenants.coordination import selectors
from tenants.coordination.offices import OfficeForm, office_field, other_field
from tenants.matters.forms.base import ActForm
from tenants.matters.forms.fields import TextField


class RecordPrerequisiteForm(OfficeForm):
    offices: ClassVar[dict[str, str]] = {"wanting": "wanting_other", "giving": "giving_other"}

    wanting = office_field("哪个单位要材料")
    wanting_other = other_field()
    giving = office_field("要哪个单位出")
    giving_other = other_field()
    paper = forms.CharField(label="要什么材料", max_length=80)
    basis = TextField(label="所据规定", widget=forms.Textarea(attrs={"rows": 2}), help_text="文件名和条款。")


class SettlePrerequisiteForm(ActForm):
    prerequisite = forms.TypedChoiceField(label="哪项前置条件", coerce=UUID)
    how = TextField(label="如何解决")

    def prepare(self) -> None:
        rows = [
            (str(p.pk), f"{p.wanting}要{p.giving}出{p.paper}")
            for p in selectors.open_prerequisites(self.matter)
        ]
        self.fields["prerequisite"].choices = [("", "请选择前置条件"), *rows]  # type: ignore[attr-defined]
