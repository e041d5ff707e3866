"""The forms of a referral: the draft, and what each step asks for."""

from typing import Any

from django import forms

from bancheng.catalogue.words import Outcome
from tenants.matters.forms.base import PlainForm
from tenants.matters.forms.fields import PhoneField, TextField
from tenants.referrals import selectors
from tenants.referrals.models import ContactLog, Counterpart, Direction, State


class ReferralForm(PlainForm):
    """Asks for what a step needs; `arguments()` are the action's keyword arguments."""

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class EmptyForm(ReferralForm):
    """A step that needs nothing said."""


class FilterForm(ReferralForm):
    """What a list of referrals is narrowed by in the address; the side and the key of the words go along."""

    side = forms.ChoiceField(choices=Direction.choices, required=False, widget=forms.HiddenInput)
    find = forms.CharField(max_length=8, required=False, widget=forms.HiddenInput)
    state = forms.ChoiceField(
        label="状态", choices=[("", "全部状态"), ("open", "未了结"), *State.choices], required=False
    )
    unit = forms.ChoiceField(label="对方单位", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = _unit_choices("全部单位")  # type: ignore[attr-defined]


class DraftForm(ReferralForm):
    unit = forms.ChoiceField(label="转办单位")
    reason = TextField(label="转办理由", help_text="为什么本中心办不了。")
    requested = TextField(label="请对方办理的事项")
    contact_person = forms.CharField(label="对方联系人", max_length=40, required=False)
    contact_phone = PhoneField(label="对方联系电话", max_length=30, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = _unit_choices("请选择单位")  # type: ignore[attr-defined]


class ContactLogForm(ReferralForm):
    way = forms.ChoiceField(label="联系方式", choices=ContactLog.Way.choices, widget=forms.RadioSelect)
    person = forms.CharField(label="对方人员", max_length=40)
    content = TextField(label="沟通内容")
    signed_for = forms.BooleanField(label="对方已签收来函", required=False)


class RecordAnswerForm(ReferralForm):
    outcome = forms.ChoiceField(
        label="反馈结果",
        choices=[(o.value, o.label) for o in Outcome if o != Outcome.WITHDRAWN],
        widget=forms.RadioSelect,
    )
    answer = TextField(label="复函内容", help_text="写明复函文号和日期。")


class RecordReturnForm(ReferralForm):
    reason = TextField(label="退函理由")


class RecallLetterForm(ReferralForm):
    reason = TextField(label="撤回理由")
    told = forms.CharField(label="已告知对方何人", max_length=40, help_text="先打电话告知对方，再撤回。")


class GiveBackForm(ReferralForm):
    reason = TextField(label="退回理由")
    basis = TextField(label="依据", widget=forms.Textarea(attrs={"rows": 2}))
    suggested = forms.CharField(label="建议承办单位", max_length=40)


class AnswerForm(ReferralForm):
    text = TextField(label="反馈内容", help_text="办了什么、依据是什么、还需反映人做什么。")


def _unit_choices(empty: str) -> list[Any]:
    """Those one may refer to, by how they are reached."""
    units = selectors.units()
    return [
        ("", empty),
        ("本系统中心", [(u.code, u.name) for u in units if u.kind == Counterpart.CENTRE]),
        ("函件单位", [(u.code, u.name) for u in units if u.kind == Counterpart.LETTER]),
    ]
