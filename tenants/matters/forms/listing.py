"""What a list of matters or consultations may be narrowed by, as asked for in the API."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from bancheng.catalogue.words import Kind
from bancheng.privacy.patterns import without_personal_numbers
from tenants.matters.forms.base import PlainForm
from tenants.matters.forms.fields import DayField
from tenants.matters.selectors import Filters
from tenants.matters.states import State

STATES = [("open", "未办结"), ("ended", "已办结"), *State.choices]
LIGHTS = [("green", "正常"), ("amber", "临期"), ("red", "超期")]


class WordsField(forms.CharField):
    """Words for an address, which is written to logs and histories: no card and no telephone number."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, required=False, **kwargs)

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        if without_personal_numbers(text) != text:
            raise ValidationError("地址中不能带证件号或电话，请改用POST方式的查询。")
        return text


class MatterFilters(PlainForm):
    """By what is not personal."""

    state = forms.ChoiceField(label="状态", choices=STATES, required=False)
    kind = forms.ChoiceField(label="类别", choices=Kind.choices, required=False)
    item = forms.CharField(label="事项代码", max_length=10, required=False)
    department = forms.CharField(label="主办部门代码", max_length=10, required=False)
    light = forms.ChoiceField(label="期限状态", choices=LIGHTS, required=False)
    since = DayField(label="登记日期从", required=False)
    until = DayField(label="登记日期至", required=False)


class MatterListForm(MatterFilters):
    """For an address: number and subject only, which stand in clear."""

    q = WordsField(label="编号或事由", help_text="姓名、证件号和电话请用POST /api/v1/matters/search/。")


class MatterSearchForm(MatterFilters):
    """For a body, which is logged nowhere: name, card and telephone number by exact value, too."""

    q = forms.CharField(label="编号、事由、姓名、证件号或电话", max_length=60)


class ConsultationListForm(forms.Form):
    q = WordsField(label="事由")
    open_only = forms.BooleanField(label="只看未转为反映件的", required=False)


def filters_of(chosen: dict[str, Any], *, q: str = "") -> Filters:
    """The selector's filters from a clean form; `q` only from a body."""
    names = ("state", "kind", "item", "department", "light", "since", "until")
    return Filters(q=q, **{name: chosen[name] for name in names})
