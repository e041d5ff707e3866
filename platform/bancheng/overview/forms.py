"""What the lists of the municipal office may be narrowed by, and what the coordinator says."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from bancheng.catalogue import selectors as catalogue
from bancheng.overview import board, selectors
from bancheng.overview.units import Unit, short_names, units


class BoardForm(forms.Form):
    """By state, by unit on either side, by way, item, and a part of a number (which names nobody)."""

    state = forms.ChoiceField(label="状态", required=False, choices=board.choices())
    unit = forms.ChoiceField(label="单位", required=False, help_text="转出或承办单位的代码。")
    way = forms.ChoiceField(label="对方类型", required=False, choices=[("", "全部方式"), *board.WAYS.items()])
    item = forms.ChoiceField(label="事项", required=False, help_text="事项代码。")
    number = forms.CharField(
        label="文号或机读编号",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"placeholder": "文号或机读编号"}),
    )

    def __init__(self, query: QueryDict) -> None:
        super().__init__(query)
        short = short_names()
        named = [(unit.code, short.get(unit.code, unit.name)) for unit in units()]
        choice_field(self, "unit").choices = [("", "全部单位"), *named]
        choice_field(self, "item").choices = [("", "全部事项"), *catalogue.item_choices()]

    def clean_number(self) -> str:
        """Brackets as they are typed stand for those of a letter's number."""
        return str(self.cleaned_data["number"]).translate(_BRACKETS)

    def narrowed(self) -> dict[str, str]:
        """The arguments of `board.cases`; everything where a condition makes no sense."""
        return dict(self.cleaned_data) if self.is_valid() else {}


_BRACKETS = str.maketrans("[]()（）【】", "〔〕" * 4)


class NoticesForm(forms.Form):
    """By centre."""

    centre = forms.ChoiceField(label="中心", required=False)

    def __init__(self, query: QueryDict) -> None:
        super().__init__(query)
        choice_field(self, "centre").choices = [("", "全部中心"), *selectors.centre_choices()]


class UrgeForm(forms.Form):
    """What the coordinator says when urging; it may be left out."""

    reason = forms.CharField(
        label="催办意见",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="随催办送达对方，台账上不显示。",
    )

    def __init__(self, *args: Any, units: Sequence[Unit] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "unit" in self.fields:
            field = choice_field(self, "unit")
            field.choices = [("", "请选择单位"), *grouped(units)]
            field.error_messages["invalid_choice"] = "请从列表中选择单位。"


class GiveForm(UrgeForm):
    """Which unit is to handle it, and why."""

    unit = forms.ChoiceField(label="承办单位")
    reason = forms.CharField(
        label="理由和依据",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="送转出、承办两方，台账上不显示；不写姓名、证件号和电话。",
    )
    field_order = ("unit", "reason")


def grouped(given: Sequence[Unit]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Units for a form's field, by how they are reached."""
    return [
        (word, [(unit.code, unit.name) for unit in given if unit.way == way])
        for way, word in board.WAYS.items()
        if any(unit.way == way for unit in given)
    ]


def choice_field(form: forms.Form, name: str) -> forms.ChoiceField:
    """A field of the form whose choices are known only now."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(name)
    return field
