"""What a precedent asks for. Its texts are refused while anything in them looks personal."""

from datetime import date
from typing import Any

from django import forms

from bancheng.privacy.traces import Known, sentences
from bancheng.timekeeping import clock
from bancheng.web import words
from tenants.improvement.drafting import opening
from tenants.improvement.drafting.actions import YEARS, YEARS_AT_MOST
from tenants.improvement.models import DraftState, PrecedentDraft
from tenants.matters.forms.base import ActForm, PlainForm, cause_choices
from tenants.matters.forms.fields import DayField, TextField

TEXTS = {
    "title": "标题",
    "situation": "难在哪里",
    "solution": "怎样办成",
    "basis": "依据",
    "units": "协同单位",
}
"""The fields that others will read."""


def traces_in(draft: PrecedentDraft) -> list[str]:
    """What looks personal in a draft as it stands, a sentence each, for its author and its reviewer."""
    known = opening.known_of(draft.matter)
    return [
        f"{label}：{sentence}"
        for name, label in TEXTS.items()
        for sentence in sentences(getattr(draft, name) or "", known)
    ]


class TextsForm(ActForm):
    """What a precedent says. Each field is checked by itself, and says itself what is to be taken out."""

    title = forms.CharField(label="标题", max_length=80, help_text="什么事，卡在哪里，一句话。")
    situation = TextField(label="难在哪里", help_text="写事，不写人：不写姓名、单位、住址、号码和具体日期。")
    solution = TextField(label="怎样办成", help_text="找了谁、按什么顺序、靠什么依据；别的中心能照着办。")
    basis = TextField(label="依据", required=False, help_text="文件名称和文号，可以写文号和文件的日期。")
    units = forms.CharField(
        label="协同单位", max_length=200, required=False, help_text="部门和机构，不写反映人所在单位。"
    )
    causes = forms.MultipleChoiceField(label="根因", widget=forms.CheckboxSelectMultiple)
    working_days = forms.IntegerField(label="用时（工作日）", min_value=0, max_value=999, required=False)

    def prepare(self) -> None:
        self.fields["causes"].choices = cause_choices()  # type: ignore[attr-defined]  # a choice field

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        known: list[Known] = opening.known_of(self.matter)
        for name in TEXTS:
            for sentence in sentences(cleaned.get(name) or "", known):
                self.add_error(name, sentence)
        return cleaned


class BeginForm(TextsForm):
    """The same when it is begun; it opens with what the matter's codes say."""

    reason = forms.CharField(
        label="不是首例也要起草的理由",
        max_length=200,
        required=False,
        help_text="此件不是本中心首例，请写明为什么值得别人参照。",
        error_messages={"required": "此件不是首例，请写明起草先例的理由。"},
    )

    def prepare(self) -> None:
        super().prepare()
        for name, value in opening.opening(self.matter).items():
            self.initial.setdefault(name, value)
        self.fields["reason"].required = True
        if self.matter.first_of_kind:
            del self.fields["reason"]


class StepForm(PlainForm):
    """The form of an act on a draft that stands."""

    def __init__(self, *args: Any, draft: PrecedentDraft, **kwargs: Any) -> None:
        self.draft = draft
        super().__init__(*args, **kwargs)


class CheckedForm(StepForm):
    """Refuses while the draft as it stands has anything personal in it: the rules may be better than then."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for sentence in traces_in(self.draft):
            self.add_error(None, sentence)
        return cleaned


class SubmitForm(CheckedForm):
    """Nothing is asked."""


class SendBackForm(StepForm):
    note = TextField(label="修改意见", max_length=500)


def _in_two_years() -> date:
    return _years_on(YEARS)


class ExpiryField(DayField):
    """Until when it holds: a day after today, at most YEARS_AT_MOST years off."""

    def clean(self, value: Any) -> date:
        day: date = super().clean(value)
        last = _years_on(YEARS_AT_MOST)
        if not clock.today() < day <= last:
            raise forms.ValidationError(f"有效期应在明天至{words.day(last)}之间（最长{YEARS_AT_MOST}年）。")
        return day


class PublishForm(CheckedForm):
    expires_on = ExpiryField(label="有效期至", initial=_in_two_years, help_text="默认两年；到期前30天提醒。")
    note = TextField(label="审核意见", max_length=500, required=False, help_text="只有本中心能看到。")


class RenewForm(CheckedForm):
    expires_on = ExpiryField(label="有效期至", initial=_in_two_years, help_text="请先核实政策没有变化。")
    note = TextField(label="核实情况", max_length=500, help_text="核实了哪些文件；只有本中心能看到。")


class WithdrawPrecedentForm(StepForm):
    reason = forms.CharField(label="撤下原因", max_length=200, help_text="各中心都能看到，不写个人信息。")

    def clean_reason(self) -> str:
        reason = str(self.cleaned_data["reason"])
        if found := sentences(reason, opening.known_of(self.draft.matter)):
            raise forms.ValidationError(found)
        return reason


class DraftFilters(forms.Form):
    """What the list of drafts is narrowed by."""

    state = forms.ChoiceField(label="状态", choices=[("", "全部状态"), *DraftState.choices], required=False)

    def chosen(self) -> str:
        """The state; every one where the address makes no sense."""
        return str(self.cleaned_data["state"]) if self.is_valid() else ""


def _years_on(years: int) -> date:
    today = clock.today()
    try:
        return today.replace(year=today.year + years)
    except ValueError:  # 29 February
        return today.replace(year=today.year + years, day=28)
