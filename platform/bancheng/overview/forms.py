"""What the pages of the municipal office may be narrowed by; all of it stands in the address."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import QueryDict

from bancheng.overview import board, selectors
from bancheng.overview.selectors import Scope
from bancheng.timekeeping import clock

MONTHS = 12
LONGEST = timedelta(days=5 * 366)


class ScopeForm(forms.Form):
    """Period and centre; without them the last twelve months of all centres."""

    since = forms.DateField(label="起始日期", widget=forms.DateInput())
    until = forms.DateField(label="截止日期", widget=forms.DateInput())
    centre = forms.ChoiceField(label="中心", required=False)

    def __init__(self, query: QueryDict) -> None:
        given = {name: query.get(name, "") for name in ("since", "until", "centre")}
        usual = default_scope()
        super().__init__(
            {
                "since": given["since"] or usual.since.isoformat(),
                "until": given["until"] or usual.until.isoformat(),
                "centre": given["centre"],
            }
        )
        _field(self, "centre").choices = [("", "全部中心"), *selectors.centre_choices()]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", "截止日期不能早于起始日期。")
        elif since and until and until - since > LONGEST:
            self.add_error("since", "期间最长五年，请缩短后再查。")
        return cleaned

    def scope(self) -> Scope:
        """What was asked for, or the usual scope where it makes no sense."""
        if not self.is_valid():
            return default_scope()
        return Scope(self.cleaned_data["since"], self.cleaned_data["until"], self.cleaned_data["centre"])


class BoardForm(forms.Form):
    """By state and by centre on either side."""

    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部状态"), *board.CHOICES])
    centre = forms.ChoiceField(label="中心", required=False)

    def __init__(self, query: QueryDict) -> None:
        super().__init__(query)
        _field(self, "centre").choices = [("", "全部中心"), *selectors.centre_choices()]


class NoticesForm(forms.Form):
    """By centre."""

    centre = forms.ChoiceField(label="中心", required=False)

    def __init__(self, query: QueryDict) -> None:
        super().__init__(query)
        _field(self, "centre").choices = [("", "全部中心"), *selectors.centre_choices()]


def default_scope() -> Scope:
    """The running month and the eleven before it."""
    today = clock.today()
    return Scope(months_back(today, MONTHS - 1), today)


def months_back(day: date, months: int) -> date:
    """The first day of the month that lies `months` before the one of `day`."""
    count = day.year * 12 + day.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)


def _field(form: forms.Form, name: str) -> forms.ChoiceField:
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(name)
    return field
