"""The forms of a referral by letter: the log of contacts, the answer, the return, the recall."""

from datetime import timedelta
from typing import Any

from django import forms

from bancheng.catalogue.words import Outcome
from bancheng.timekeeping import clock
from tenants.casework.forms.evidence import FileField
from tenants.matters.forms.fields import DayField, TextField
from tenants.referrals.by_letter import SCAN_OR_REASON
from tenants.referrals.forms import ReferralForm
from tenants.referrals.models import ContactLog, Ground

REMIND_WITHIN_DAYS = 60
"""How far ahead the next contact may be planned, in days (house rule): later is a slip of the pen."""


class ContactLogForm(ReferralForm):
    way = forms.ChoiceField(label="联系方式", choices=ContactLog.Way.choices, widget=forms.RadioSelect)
    unreached = forms.BooleanField(
        label="没有联系上", required=False, help_text="无人接听等也要记，写明经过。"
    )
    person = forms.CharField(
        label="对方人员", max_length=40, required=False, help_text="姓名或科室、职务；没有联系上的不填。"
    )
    content = TextField(label="沟通内容")
    signed_for = forms.BooleanField(label="对方已签收来函", required=False)
    next_on = DayField(label="下次联系日期", required=False, help_text="到这一天提醒窗口再联系。")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        unreached, person, day = cleaned.get("unreached"), cleaned.get("person"), cleaned.get("next_on")
        if not unreached and not person and "person" not in self.errors:
            self.add_error("person", "请填写与对方何人联系；没有联系上的，请勾选“没有联系上”。")
        if unreached and cleaned.get("signed_for"):
            self.add_error("signed_for", "没有联系上，不能记为对方已签收。")
        today = clock.today()
        if day and day <= today:
            self.add_error("next_on", "下次联系日期须在今天以后。")
        elif day and day > today + timedelta(days=REMIND_WITHIN_DAYS):
            self.add_error("next_on", f"下次联系日期须在{REMIND_WITHIN_DAYS}天以内。")
        return cleaned

    def arguments(self) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        return said | {"reached": not said.pop("unreached")}


class RecordAnswerForm(ReferralForm):
    outcome = forms.ChoiceField(
        label="反馈结果",
        choices=[(o.value, o.label) for o in Outcome if o != Outcome.WITHDRAWN],
        widget=forms.RadioSelect,
    )
    number = forms.CharField(label="复函文号", max_length=60, help_text="没有文号的填“无”。")
    dated = DayField(label="复函日期")
    answer = TextField(label="复函内容")
    scan = FileField(label="复函扫描件", required=False)
    unscanned = forms.CharField(
        label="没有扫描件的原因", max_length=200, required=False, help_text="上传了扫描件的不填。"
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("scan") and not cleaned.get("unscanned") and "scan" not in self.errors:
            self.add_error("scan", SCAN_OR_REASON)
        day, sent = cleaned.get("dated"), self.referral and self.referral.sent_at
        if day and day > clock.today():
            self.add_error("dated", "复函日期不能晚于今天，请核对。")
        elif day and sent and day < clock.local(sent).date():
            self.add_error("dated", "复函日期早于我们送出的日期，请核对。")
        return cleaned

    def arguments(self) -> dict[str, Any]:
        return self.cleaned_data | {"outcome": Outcome(self.cleaned_data["outcome"])}


class RecordReturnForm(ReferralForm):
    ground = forms.ChoiceField(label="退函依据", choices=Ground.choices, widget=forms.RadioSelect)
    reason = TextField(label="退函理由")

    def arguments(self) -> dict[str, Any]:
        return self.cleaned_data | {"ground": Ground(self.cleaned_data["ground"])}


class RecallLetterForm(ReferralForm):
    reason = TextField(label="撤回理由")
    told = forms.CharField(label="已告知对方何人", max_length=40, help_text="先打电话告知对方，再撤回。")
