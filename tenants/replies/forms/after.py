"""The forms of a rating, a rectification, thanks and a retrospective."""

from typing import Any

from django import forms

from bancheng.timekeeping import clock
from bancheng.timekeeping.holders import Holder
from tenants.matters.forms.base import ActForm
from tenants.matters.forms.fields import DayField, TextField
from tenants.replies.models import Grade, ThanksKind


class RateForm(ActForm):
    """The reporter's own."""

    grade = forms.TypedChoiceField(
        label="您对办理结果满意吗", coerce=int, choices=Grade.choices, widget=forms.RadioSelect
    )
    comment = TextField(label="想说的话", required=False, max_length=500, help_text="可以不填。")


class RecordRatingForm(ActForm):
    grade = forms.TypedChoiceField(
        label="反映人的评价", coerce=int, choices=Grade.choices, widget=forms.RadioSelect
    )
    comment = TextField(
        label="反映人的原话",
        max_length=500,
        help_text="代录的评价会注明“代录”，不计入满意率。",
    )


class RectifyForm(ActForm):
    feedback = TextField(label="整改情况", help_text="问题出在哪里、怎样改、有没有告知反映人。")


class ThankForm(ActForm):
    kind = forms.ChoiceField(label="形式", choices=ThanksKind.choices, widget=forms.RadioSelect)
    on = DayField(label="日期")
    count = forms.IntegerField(label="数量（件）", min_value=1, max_value=100, initial=1)
    words = TextField(label="内容", required=False, max_length=500, help_text="锦旗上的字、信的大意。")

    def prepare(self) -> None:
        self.initial.setdefault("on", clock.today())


class RetrospectForm(ActForm):
    lost_with = forms.ChoiceField(
        label="时间主要耗在谁手上", choices=Holder.choices, widget=forms.RadioSelect
    )
    why = TextField(label="原因", help_text="不写姓名、证件号和电话。")
    quicker = TextField(label="怎样可以更快")
    measure = TextField(label="建议措施", help_text="改流程、改材料、改系统、改分工，谁来改。")


class AskContactForm(ActForm):
    """The reporter's own."""

    text = TextField(label="想说明的情况", max_length=500, help_text="例如换了电话、什么时间方便接听。")


class OwnWithdrawForm(ActForm):
    """The reporter's own: what the clerk's form asks, less how the wish was heard."""

    reason = TextField(label="撤回原因", max_length=500)

    def arguments(self) -> dict[str, Any]:
        return {"reason": self.cleaned_data["reason"], "told_by": "本人在查询页提交"}


class OwnReopenForm(ActForm):
    """The reporter's own."""

    reason = TextField(label="还有什么没有解决", max_length=500)
