"""Which month is looked at, and how many complaints came in elsewhere."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from django import forms

from bancheng.overview.forms import choice_field
from bancheng.overview.index import elsewhere, months
from bancheng.overview.index.record import Unit
from bancheng.overview.selectors import centre_choices


def month_choices() -> list[tuple[str, str]]:
    """The last twelve months that are over, the newest first, as an address names them: 2026-10."""
    return [(f"{month:%Y-%m}", months.word(month)) for month in reversed(months.until(months.last_over()))]


class MonthField(forms.TypedChoiceField):
    """One of `month_choices`; its value is the month's first day, None where it was left out."""

    json_schema: ClassVar = {"type": "string", "pattern": r"^\d{4}-\d{2}$"}

    def __init__(self, **more: Any) -> None:
        super().__init__(
            label="月份",
            choices=month_choices,
            coerce=lambda said: date.fromisoformat(f"{said}-01"),
            empty_value=None,
            error_messages={
                "invalid_choice": "请从列表中选择已经结束的月份。",
                "required": "请选择月份。",
            },
            **more,
        )


class MonthForm(forms.Form):
    """A month that is over; without one the newest."""

    month = MonthField(required=False)

    def __init__(self, query: Mapping[str, Any] | None = None) -> None:
        given = dict((query or {}).items())
        super().__init__(given | {"month": given.get("month") or f"{months.last_over():%Y-%m}"})

    def chosen(self) -> date:
        """The month asked for, or the newest where there is no such month."""
        self.full_clean()
        return self.cleaned_data.get("month") or months.last_over()


class IndexForm(MonthForm):
    """Whose index, of which month."""

    field_order = ("centre", "month")
    centre = forms.ChoiceField(label="中心", required=False, help_text="中心代码。")

    def __init__(self, query: Mapping[str, Any] | None = None) -> None:
        super().__init__(query)
        choice_field(self, "centre").choices = [("", "全市"), *centre_choices()]

    def of(self) -> str:
        """The centre's code, or "" for the city, also where there is no such centre."""
        self.full_clean()
        return str(self.cleaned_data.get("centre", ""))


class ZeroReportForm(forms.Form):
    """The month for which a centre says that nothing came."""

    month = MonthField()


def count_field(**more: Any) -> forms.IntegerField:
    """How many complaints; nothing is “not recorded”, which is not zero."""
    wrong = f"请填写0至{elsewhere.MOST}的整数。"
    return forms.IntegerField(
        required=False,
        min_value=0,
        max_value=elsewhere.MOST,
        error_messages={"invalid": wrong, "min_value": wrong, "max_value": wrong},
        **more,
    )


class ElsewhereForm(forms.Form):
    """The number of one centre in one month; without a number the one that was noted is taken back."""

    month = MonthField()
    centre = forms.ChoiceField(
        label="中心",
        error_messages={"invalid_choice": "没有这个中心，请填写中心代码。"},
        help_text="中心代码。",
    )
    count = count_field(label="件数")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        choice_field(self, "centre").choices = centre_choices()

    def counts(self) -> dict[str, int | None]:
        return {self.cleaned_data["centre"]: self.cleaned_data["count"]}


class CountsForm(forms.Form):
    """The numbers of several centres in one month: a field for each, named by its code."""

    def __init__(
        self, data: Any = None, *, units: Sequence[Unit], counts: Mapping[str, int | None] | None = None
    ) -> None:
        super().__init__(data, initial=dict(counts or {}))
        for unit in units:
            self.fields[unit.code] = count_field(
                label=f"{unit.label}件数", widget=forms.TextInput(attrs={"inputmode": "numeric"})
            )

    def counts(self) -> dict[str, int | None]:
        return dict(self.cleaned_data)
