"""The intake form (登记): three sections, typed top to bottom; and those of consultations."""

from typing import Any

from django import forms

from bancheng.catalogue.words import (
    Capacity,
    Channel,
    Kind,
    Purpose,
    ReporterKind,
    Urgency,
    Vulnerability,
)
from bancheng.privacy import identifiers
from bancheng.timekeeping import clock
from tenants.matters.actions import ReporterDetails, Story
from tenants.matters.forms.attempts import AttemptsField
from tenants.matters.forms.base import PlainForm, item_choices
from tenants.matters.forms.fields import DayField, PhoneField, SubjectField, TextField

CAME_IN_BY = [c for c in Channel if c not in (Channel.REFERRAL, Channel.SMS)]


class CounterForm(PlainForm):
    """What all forms of the counter share: plain sentences, items of the city."""

    item_code = forms.ChoiceField(label="事项")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item_code"].choices = item_choices()  # type: ignore[attr-defined]


class RegisterForm(CounterForm):
    """Reporter, matter, what happened before."""

    reporter_kind = forms.ChoiceField(
        label="反映人类别",
        choices=ReporterKind.choices,
        widget=forms.RadioSelect,
        initial=ReporterKind.PERSON,
    )
    name = forms.CharField(label="姓名或名称", max_length=60)
    identifier = forms.CharField(
        label="证件号码",
        max_length=24,
        required=False,
        help_text="群众填身份证号，企业和单位填统一社会信用代码。",
    )
    phone = PhoneField(label="联系电话", max_length=30, required=False, help_text="没有电话可留空。")
    address = forms.CharField(label="联系地址", max_length=120, required=False)
    capacity = forms.ChoiceField(
        label="以何身份来", choices=Capacity.choices, widget=forms.RadioSelect, initial=Capacity.SELF
    )
    principal_name = forms.CharField(label="被代办人姓名", max_length=60, required=False)
    principal_identifier = forms.CharField(label="被代办人身份证号", max_length=24, required=False)
    vulnerable = forms.MultipleChoiceField(
        label="特殊困难", choices=Vulnerability.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    kind = forms.ChoiceField(label="类别", choices=Kind.choices, widget=forms.RadioSelect)
    subject = SubjectField(label="事由")
    narrative = TextField(label="情况说明", max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
    urgency = forms.ChoiceField(
        label="紧急程度", choices=Urgency.choices, widget=forms.RadioSelect, initial=Urgency.ORDINARY
    )
    sensitive = forms.BooleanField(
        label="敏感件", required=False, help_text="涉及病情、隐私等的，勾选后只有相关人员能看到。"
    )
    channel = forms.ChoiceField(
        label="来源", choices=[(c.value, c.label) for c in CAME_IN_BY], initial=Channel.COUNTER
    )
    purpose = forms.ChoiceField(label="诉求性质", choices=Purpose.choices, initial=Purpose.REQUEST)

    trips_before = forms.IntegerField(label="此前跑动次数", min_value=0, max_value=200, initial=0)
    months_before = forms.IntegerField(label="此前历时（月）", min_value=0, max_value=600, initial=0)
    attempts = AttemptsField(label="此前经过", required=False)
    consultation_id = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.warnings: list[str] = []

    def clean_identifier(self) -> str:
        return self._checked("identifier", self.data.get("reporter_kind") == ReporterKind.PERSON)

    def clean_principal_identifier(self) -> str:
        return self._checked("principal_identifier", True)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("capacity", Capacity.SELF) != Capacity.SELF and not cleaned.get("principal_name"):
            self.add_error("principal_name", "代他人反映的，请填写被代办人姓名。")
        return cleaned

    def arguments(self) -> dict[str, Any]:
        """The keyword arguments of `actions.register`."""
        c = self.cleaned_data
        principal = c["capacity"] != Capacity.SELF
        return {
            "reporter": ReporterDetails(
                kind=ReporterKind(c["reporter_kind"]),
                name=c["name"],
                identifier=c["identifier"],
                phone=c["phone"],
                address=c["address"],
                capacity=Capacity(c["capacity"]),
                principal_name=c["principal_name"] if principal else "",
                principal_identifier=c["principal_identifier"] if principal else "",
                vulnerable=c["vulnerable"],
            ),
            "story": Story(
                subject=c["subject"],
                narrative=c["narrative"],
                kind=Kind(c["kind"]),
                item_code=c["item_code"],
                channel=Channel(c["channel"]),
                purpose=Purpose(c["purpose"]),
                urgency=Urgency(c["urgency"]),
                sensitive=c["sensitive"],
                trips_before=c["trips_before"],
                months_before=c["months_before"],
                attempts=c["attempts"],
            ),
            "consultation_id": c["consultation_id"],
        }

    def _checked(self, name: str, person: bool) -> str:
        value = self.cleaned_data[name]
        if not value:
            return ""
        try:
            if not person:
                return identifiers.check_uscc(value)
            number = identifiers.check_id_number(value)
        except ValueError as wrong:
            raise forms.ValidationError(str(wrong)) from None
        self.warnings += number.warnings
        return number.value


class ConsultationForm(CounterForm):
    """One consultation, written down."""

    subject = SubjectField(label="事由")
    channel = forms.ChoiceField(
        label="来源", choices=[(c.value, c.label) for c in CAME_IN_BY], initial=Channel.COUNTER
    )
    question = TextField(label="咨询内容", required=False)
    answer = TextField(label="答复内容", required=False)
    reporter_kind = forms.ChoiceField(
        label="咨询人类别",
        choices=ReporterKind.choices,
        widget=forms.RadioSelect,
        initial=ReporterKind.PERSON,
    )
    name = forms.CharField(label="姓名或名称", max_length=60, required=False, help_text="不愿留名可留空。")
    phone = PhoneField(label="联系电话", max_length=30, required=False)
    field_order = ("reporter_kind", "name", "phone", "channel", "item_code", "subject", "question", "answer")

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class TallyForm(CounterForm):
    """Consultations that were only counted."""

    day = DayField(label="日期")
    channel = forms.ChoiceField(
        label="来源", choices=[(c.value, c.label) for c in CAME_IN_BY], initial=Channel.COUNTER
    )
    count = forms.IntegerField(label="件数", min_value=1, max_value=9999)
    field_order = ("day", "channel", "item_code", "count")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].initial = clock.today

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)
