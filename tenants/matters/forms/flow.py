"""The forms of the acts on a matter, in the order of the workflow."""

from django import forms

from bancheng.catalogue.words import Channel, DeclineReason, Kind, Mode, Outcome, Vulnerability
from bancheng.timekeeping.due import LEVEL_CHOICES
from tenants.matters.forms.base import LONG, ActForm, cause_choices, item_choices
from tenants.matters.forms.fields import DayField, PhoneField, SubjectField, TextField, YesNoField


class EmptyForm(ActForm):
    """An act that needs nothing said."""


class CausesMixin(ActForm):
    principal_cause = forms.ChoiceField(label="主因")
    other_causes = forms.MultipleChoiceField(
        label="其他根因", required=False, widget=forms.CheckboxSelectMultiple
    )

    def prepare(self) -> None:
        causes = cause_choices()
        self.fields["principal_cause"].choices = [("", "请选择主因"), *causes]  # type: ignore[attr-defined]
        self.fields["other_causes"].choices = causes  # type: ignore[attr-defined]
        if self.matter.pk and not self.is_bound:
            rows = list(self.matter.causes.all())
            self.initial.setdefault("principal_cause", next((c.code for c in rows if c.principal), ""))
            self.initial.setdefault("other_causes", [c.code for c in rows if not c.principal])


class TriageForm(CausesMixin):
    kind = forms.ChoiceField(label="类别", choices=Kind.choices, widget=forms.RadioSelect)
    item_code = forms.ChoiceField(label="事项")
    level = forms.TypedChoiceField(
        label="难度等级",
        coerce=int,
        choices=LEVEL_CHOICES,
        widget=forms.RadioSelect,
    )
    mode = forms.ChoiceField(label="办理方式", choices=Mode.choices, widget=forms.RadioSelect)
    first_of_kind = forms.BooleanField(label="本中心首例", required=False)
    opinion = TextField(label="研判意见", required=False)
    field_order = (
        "kind",
        "item_code",
        "level",
        "mode",
        "principal_cause",
        "other_causes",
        "first_of_kind",
        "opinion",
    )

    def prepare(self) -> None:
        super().prepare()
        self.fields["item_code"].choices = item_choices()  # type: ignore[attr-defined]
        matter = self.matter
        for name in ("kind", "item_code", "level", "mode", "first_of_kind"):
            self.initial.setdefault(name, getattr(matter, name))


class DeclineForm(ActForm):
    reason = forms.ChoiceField(label="不予受理理由", choices=[("", "请选择"), *DeclineReason.choices])
    explanation = TextField(label="向反映人的说明")
    remedy = TextField(label="救济渠道", help_text="反映人还可以到哪里去，例如行政复议、仲裁或信访。")


class ReasonForm(ActForm):
    reason = TextField(label="理由")


class ProgressForm(ActForm):
    text = TextField(label="办理进展")


class ContactForm(ActForm):
    channel = forms.ChoiceField(
        label="方式",
        choices=[(c.value, c.label) for c in (Channel.PHONE, Channel.COUNTER, Channel.VISIT, Channel.LETTER)],
        widget=forms.RadioSelect,
        initial=Channel.PHONE,
    )
    reached = YesNoField(label="是否联系上", yes="已联系上", no="未联系上", initial="true")
    text = TextField(label="沟通情况")


class ResolveForm(ActForm):
    outcome = forms.ChoiceField(
        label="办理结果",
        choices=[(o.value, o.label) for o in Outcome if o != Outcome.WITHDRAWN],
        widget=forms.RadioSelect,
    )
    result = TextField(label="办理情况", help_text="做了什么、结果如何。")
    basis = TextField(label="依据", widget=forms.Textarea(attrs={"rows": 2}))
    paid_on = DayField(label="到账日期", required=False)
    paid_amount = forms.DecimalField(
        label="到账金额（元）", required=False, max_digits=12, decimal_places=2, min_value=0
    )
    paid_tail = forms.CharField(label="到账账号末四位", required=False, max_length=4)


class CloseForm(CausesMixin):
    """Confirms the principal cause."""


class WithdrawForm(ActForm):
    reason = TextField(label="撤回原因")
    told_by = forms.ChoiceField(
        label="反映人以何方式表示",
        choices=[("当面", "当面"), ("电话", "电话"), ("书面", "书面")],
        widget=forms.RadioSelect,
    )


class AmendForm(ActForm):
    phone = PhoneField(label="联系电话", required=False, help_text="没有电话可留空。")
    address = forms.CharField(label="联系地址", max_length=120, required=False)
    vulnerable = forms.MultipleChoiceField(
        label="特殊困难", choices=Vulnerability.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    subject = SubjectField(label="事由")
    narrative = TextField(label="情况说明", widget=LONG)
    reason = forms.CharField(label="更正原因", max_length=80)

    def prepare(self) -> None:
        person = self.matter.reporter
        self.initial = {
            **self.initial,
            "phone": person.phone or "",
            "address": person.address or "",
            "vulnerable": person.vulnerable,
            "subject": self.matter.subject,
            "narrative": self.matter.narrative,
        }
