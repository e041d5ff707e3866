"""What people say of a bulletin, and what the list is narrowed by."""

from typing import Any

from django import forms

from bancheng.bulletins import selectors
from bancheng.bulletins.models import BulletinState
from bancheng.overview.index.forms import MonthField
from bancheng.privacy import traces


class AskForm(forms.Form):
    """Of which month."""

    month = MonthField()


class NothingForm(forms.Form):
    """An act that needs to know nothing."""


class ReviewForm(forms.Form):
    """The editor's remark; it may be left out."""

    comment = forms.CharField(
        label="编者按",
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="印在正文之前，随月报印发各中心；不写姓名、证件号、电话、住址和确切日期。",
    )

    def clean_comment(self) -> str:
        said: str = self.cleaned_data["comment"]
        if found := traces.sentences(said):
            raise forms.ValidationError(found)
        return said


class ListForm(forms.Form):
    """By state and year."""

    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部状态"), *BulletinState.choices]
    )
    year = forms.ChoiceField(label="年份", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["year"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", "全部年份"), *((str(year), f"{year}年") for year in selectors.years())]

    def narrowed(self) -> dict[str, str]:
        """The arguments of `selectors.bulletins`; everything where a condition makes no sense."""
        return dict(self.cleaned_data) if self.is_valid() else {}
