"""The forms of guidance: a contact with a unit, a policy, a reckoning, a visit, parameters."""

import re
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from bancheng.identity.models import Staff
from bancheng.timekeeping import clock
from tenants.casework.models import LiaisonKind, LiaisonWay, VisitKind
from tenants.casework.reckoning.ages import Category
from tenants.casework.reckoning.months import Month
from tenants.casework.reckoning.pension import OLDEST, YOUNGEST, PayoutRule
from tenants.casework.selectors import guidance as selectors
from tenants.matters.forms.base import ActForm, PlainForm
from tenants.matters.forms.fields import DayField, TextField, YesNoField

EARLIEST_YEAR = 2006
"""国发〔2005〕38号 is in force since 2006: no parameters of its formula are older."""
BEFORE_US_DAYS = 365


def _figures(low: object, high: object, places: int = 0) -> dict[str, str]:
    """What to say of a number that is none, or out of its range: one sentence, whatever is wrong with it."""
    decimals = f"，最多{places}位小数" if places else "的整数"
    sentence = f"请填写{low}至{high}{decimals}。"
    codes = ("invalid", "min_value", "max_value", "max_digits", "max_decimal_places", "max_whole_digits")
    return dict.fromkeys(codes, sentence)


class MonthInput(forms.TextInput):
    """The browser's own picker of a month."""

    input_type = "month"


class MonthField(forms.CharField):
    """A month as 2026-03; the value is a Month, None where it may be and was left empty."""

    widget = MonthInput
    json_schema: ClassVar[dict[str, Any]] = {"type": "string", "pattern": r"^\d{4}-\d{2}$"}

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return Month.parse(text)
        except ValueError as wrong:
            raise ValidationError(str(wrong)) from None


class PayoutField(forms.CharField):
    """Lines as “60=139”: where a province departs from the national table. Cleaned: months by age."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=600, widget=forms.Textarea(attrs={"rows": 3}), **kwargs)

    def clean(self, value: Any) -> dict[str, str]:
        found: dict[str, str] = {}
        for line in str(super().clean(value)).splitlines():
            if not line.strip():
                continue
            match = re.fullmatch(r"(\d{2})\s*[=＝:：]\s*(\d{1,3}(?:\.\d)?)", line.strip())
            if not match or not YOUNGEST <= int(match[1]) <= OLDEST or not Decimal(match[2]):
                raise ValidationError(
                    f"“{line.strip()[:20]}”看不懂：每行写一个{YOUNGEST}至{OLDEST}的年龄和计发月数，如60=139。"
                )
            if match[1] in found:
                raise ValidationError(f"{match[1]}岁写了两次，请只留一行。")
            found[match[1]] = match[2]
        return found


# --- Acts --------------------------------------------------------------------------------------------


class LiaisonForm(ActForm):
    unit = forms.CharField(label="对接的单位", max_length=60, help_text="用人单位、村社或其他单位的全称。")
    contact = forms.CharField(label="联系人", max_length=40, required=False)
    way = forms.ChoiceField(
        label="方式", choices=LiaisonWay.choices, widget=forms.RadioSelect, initial=LiaisonWay.PHONE
    )
    kind = forms.ChoiceField(
        label="性质", choices=LiaisonKind.choices, widget=forms.RadioSelect, initial=LiaisonKind.CONTACT
    )
    content = TextField(label="内容", help_text="说了什么、对方怎么答复、收到了什么。")
    next_on = DayField(label="下次联系", required=False, help_text="约定的日期；没有约定可不填。")

    def prepare(self) -> None:
        for last in selectors.liaisons(self.matter)[:1] if not self.is_bound else ():
            self.initial.setdefault("unit", last.unit)
            self.initial.setdefault("contact", last.contact)

    def clean_next_on(self) -> Any:
        day = self.cleaned_data["next_on"]
        if day and day < clock.today():
            raise ValidationError("下次联系的日期已经过去，请填写今天或以后的日期。")
        return day


class PolicyForm(ActForm):
    title = forms.CharField(label="文件名称", max_length=120, help_text="讲的是哪个文件，写全称。")
    document = forms.CharField(
        label="文号", max_length=60, required=False, help_text="如国发〔2005〕38号；法律没有文号的可不填。"
    )
    article = forms.CharField(label="条款", max_length=60, help_text="如第六条。")
    words = TextField(label="讲明内容", help_text="用反映人听得懂的话写明怎么讲的。")
    told = forms.CharField(label="讲明对象", max_length=40, initial="本人")
    signed = YesNoField(label="讲明后是否签字确认", yes="已签字", no="未签字", initial="false")
    reckoning = forms.UUIDField(
        label="一并讲明的测算单",
        required=False,
        widget=forms.Select,
        help_text="讲的是退休测算单的，请选择；签字后测算单上注明已讲明。",
    )

    def prepare(self) -> None:
        rows = selectors.reckonings(self.matter)
        choices = [
            (row.pk, f"{clock.local(row.at):%Y-%m-%d %H:%M}的测算单") for row in rows if not row.signed
        ]
        self.fields["reckoning"].widget.choices = [("", "不涉及测算单"), *choices]


class ReckonForm(ActForm):
    whom = forms.CharField(
        label="为谁测算",
        max_length=40,
        required=False,
        help_text="不填即为反映人（代办的为被代办人）；反映人是单位的，填写职工姓名。",
    )
    born = MonthField(
        label="出生年月",
        required=False,
        help_text="不填即取证件号中的出生年月；档案记载不同的，按认定的填写。",
    )
    category = forms.ChoiceField(label="类别", choices=Category.choices, widget=forms.RadioSelect)
    planned = MonthField(label="计划退休年月")
    prolonged = forms.BooleanField(
        label="延长缴费", required=False, help_text="到法定退休时间缴费年限不足，继续缴费后再退休的勾选。"
    )
    actual_months = forms.IntegerField(
        label="实际缴费月数",
        min_value=0,
        max_value=720,
        help_text="算到计划退休时为止，含今后要缴的。",
        error_messages=_figures(0, 720),
    )
    deemed_months = forms.IntegerField(
        label="视同缴费月数", min_value=0, max_value=600, initial=0, error_messages=_figures(0, 600)
    )
    average_index = forms.DecimalField(
        label="平均缴费指数",
        min_value=Decimal("0.1"),
        max_value=Decimal(5),
        max_digits=6,
        decimal_places=4,
        help_text="如0.8500。",
        error_messages=_figures("0.1", 5, 4),
    )
    balance = forms.DecimalField(
        label="个人账户储存额（元）",
        min_value=0,
        max_digits=10,
        decimal_places=2,
        help_text="预计到退休时的数额。",
        error_messages=_figures(0, "99999999.99", 2),
    )
    parameters = forms.UUIDField(
        label="测算参数",
        required=False,
        widget=forms.Select,
        help_text="不选即用计划退休当年的参数；当年在今后的，用今年的。",
    )

    def prepare(self) -> None:
        rows = selectors.parameters_in_force()
        choices = [(row.pk, str(row)) for row in rows]
        self.fields["parameters"].widget.choices = [("", "按计划退休年份"), *choices]


class VisitForm(ActForm):
    kind = forms.ChoiceField(
        label="类别", choices=VisitKind.choices, widget=forms.RadioSelect, initial=VisitKind.CALL
    )
    on = DayField(label="日期")
    went = forms.MultipleChoiceField(
        label="前往人员", widget=forms.CheckboxSelectMultiple, help_text="上门认证须两人。"
    )
    findings = TextField(label="了解到的情况")
    gift = forms.DecimalField(
        label="慰问金额（元）",
        required=False,
        min_value=0,
        max_digits=8,
        decimal_places=2,
        error_messages=_figures(0, "999999.99", 2),
    )

    def prepare(self) -> None:
        people = Staff.objects.filter(is_active=True).order_by("name")
        self.fields["went"].choices = [  # type: ignore[attr-defined]
            (str(person.pk), f"{person.name}（{person.role_names}）") for person in people
        ]
        if self.actor.id:
            self.initial.setdefault("went", [str(self.actor.id)])
        self.initial.setdefault("on", clock.today())

    def clean_on(self) -> Any:
        day = self.cleaned_data["on"]
        if day > clock.today():
            raise ValidationError("走访日期不能晚于今天，去过以后再记。")
        if (clock.today() - day).days > BEFORE_US_DAYS:
            raise ValidationError("走访日期是一年以前，请核对年份。")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        went = cleaned.get("went")
        if cleaned.get("kind") == VisitKind.CERTIFY and went is not None and len(set(went)) < 2:
            self.add_error("went", "上门认证须由两名工作人员前往，请选择两人。")
        return cleaned


# --- Parameters --------------------------------------------------------------------------------------


class ParametersForm(PlainForm):
    province = forms.CharField(label="省份", max_length=20)
    year = forms.IntegerField(
        label="年度",
        min_value=EARLIEST_YEAR,
        error_messages=dict.fromkeys(
            ("invalid", "min_value"), f"请填写{EARLIEST_YEAR}年以后的年份，如2026。"
        ),
    )
    base = forms.DecimalField(
        label="养老金计发基数（元/月）",
        min_value=Decimal(100),
        max_value=Decimal(100_000),
        max_digits=8,
        decimal_places=2,
        error_messages=_figures(100, 100000, 2),
    )
    coefficient = forms.DecimalField(
        label="过渡性养老金计发系数（%）",
        min_value=Decimal(1),
        max_value=Decimal("1.4"),
        max_digits=4,
        decimal_places=3,
        help_text="每满1年视同缴费的百分比，1.0至1.4。",
        error_messages=_figures("1.0", "1.4", 3),
    )
    payout_rule = forms.ChoiceField(
        label="非整岁的计发月数",
        choices=PayoutRule.choices,
        widget=forms.RadioSelect,
        initial=PayoutRule.WHOLE,
        help_text="退休年龄不是整岁（如60岁4个月）时，本省怎样取计发月数。",
    )
    payout_months = PayoutField(
        label="与国家表不同的计发月数",
        required=False,
        help_text="一般不填，用国发〔2005〕38号附表；本省另有规定的，每行一个，如60=139。",
    )
    source = forms.CharField(label="依据文件", max_length=120, help_text="公布这些参数的文件名称和文号。")

    def clean_province(self) -> str:
        return "".join(str(self.cleaned_data["province"]).split())

    def clean_year(self) -> int:
        year = int(self.cleaned_data["year"])
        if year > clock.today().year:
            raise ValidationError(f"{year}年的参数还不会公布，请核对年度。")
        return year

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)
