"""The forms of meetings: called, written down, carried out."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from bancheng.timekeeping import clock
from tenants.coordination import selectors
from tenants.coordination.actions.meetings import Decided
from tenants.matters.forms.base import ActForm, department_choices
from tenants.matters.forms.fields import TextField
from tenants.matters.forms.rows import Column, Row, RowsField


class CallMeetingForm(ActForm):
    at = forms.DateTimeField(
        label="会商时间",
        widget=forms.DateTimeInput,
        error_messages={"invalid": "时间不对：请按2026-11-24 14:30的样子填写。"},
    )
    place = forms.CharField(label="会商地点", max_length=60)
    departments = forms.MultipleChoiceField(
        label="参加部门",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="没有参与此件的部门收不到系统提醒，请另行通知。",
    )
    offices = forms.CharField(
        label="其他参加单位", max_length=120, required=False, help_text="几个单位用顿号隔开。"
    )
    question = TextField(label="会商议题", help_text="要定下什么，例如由谁先办。")

    def prepare(self) -> None:
        self.fields["departments"].choices = department_choices()  # type: ignore[attr-defined]
        on_it = [code for code in (self.matter.department_id, *self.matter.supporting) if code]
        self.initial.setdefault("departments", on_it)


class DecisionsField(RowsField):
    """A list of `Decided`."""

    columns = (
        Column("what", "办什么", 200),
        Column("who", "谁来办", 40),
        Column("until", "期限，如2026-12-01", 10),
    )
    at_most = 10

    def made(self, row: Row, number: int) -> Decided:
        if not row["who"]:
            raise ValidationError(f"第{number}行缺少“谁来办”。")
        try:
            until = date.fromisoformat(row["until"]) if row["until"] else None
        except ValueError:
            raise ValidationError(f"第{number}行的期限不对：请按2026-12-01的样子填写。") from None
        return Decided(row["what"], row["who"], until)


class RecordMinutesForm(ActForm):
    meeting = forms.TypedChoiceField(label="哪次会商", coerce=UUID)
    attended = TextField(label="到会人员", widget=forms.Textarea(attrs={"rows": 2}))
    minutes = TextField(label="会商纪要", max_length=4000)
    goes_first = forms.TypedMultipleChoiceField(
        label="决定由谁先办", coerce=UUID, required=False, widget=forms.CheckboxSelectMultiple
    )
    decisions = DecisionsField(label="会商决定", required=False)

    def prepare(self) -> None:
        meetings = [
            (str(m.pk), f"{clock.local(m.at):%Y-%m-%d %H:%M} {m.place}")
            for m in selectors.meetings_to_record(self.matter)
        ]
        edges = [
            (str(p.pk), f"{p.wanting}先办，不再等{p.giving}的{p.paper}")
            for p in selectors.open_prerequisites(self.matter)
        ]
        self.fields["meeting"].choices = [("", "请选择会商"), *meetings]  # type: ignore[attr-defined]
        self.fields["goes_first"].choices = edges  # type: ignore[attr-defined]
        if len(meetings) == 1:
            self.initial.setdefault("meeting", meetings[0][0])
        if not edges:
            del self.fields["goes_first"]


class CarryOutDecisionForm(ActForm):
    decision = forms.TypedChoiceField(label="哪项决定", coerce=UUID)
    result = TextField(label="落实情况")

    def prepare(self) -> None:
        rows: list[tuple[Any, str]] = [
            (str(d.pk), f"{d.what}（{d.who}）") for d in selectors.open_decisions(self.matter)
        ]
        self.fields["decision"].choices = [("", "请选择决定"), *rows]  # type: ignore[attr-defined]
