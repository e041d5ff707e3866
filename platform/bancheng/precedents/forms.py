"""What a list of precedents is narrowed by."""

from typing import Any

from django import forms

from bancheng.catalogue import selectors as catalogue
from bancheng.centres.models import Centre
from bancheng.centres.models import Kind as CentreKind
from bancheng.precedents import search
from bancheng.precedents.models import Standing
from bancheng.precedents.selectors import Filters
from bancheng.web import finding

TOO_SHORT = "请至少输入两个字再查找。"
STANDINGS = [("", "有效的"), ("all", "全部"), *Standing.choices[1:]]


class FiltersForm(forms.Form):
    """By item, cause, centre, and whether it still holds."""

    item = forms.ChoiceField(label="事项", required=False, help_text="事项代码。")
    cause = forms.ChoiceField(label="根因", required=False, help_text="根因代码。")
    centre = forms.ChoiceField(label="来源中心", required=False, help_text="中心代码。")
    standing = forms.ChoiceField(label="是否有效", required=False, choices=STANDINGS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        centres = Centre.objects.filter(kind=CentreKind.CENTRE).values_list("code", "short_name")
        possible: dict[str, Any] = {
            "item": [("", "全部事项"), *catalogue.item_choices()],
            "cause": [("", "全部根因"), *catalogue.cause_choices()],
            "centre": [("", "全部中心"), *centres],
        }
        for name, choices in possible.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]  # each is a ChoiceField

    def filters(self, q: str = "") -> Filters:
        """For the selector; what makes no sense narrows nothing."""
        self.is_valid()
        names = ("item", "cause", "centre", "standing")
        return Filters(q=q, **{name: value for name in names if (value := self.cleaned_data.get(name))})


class PageForm(FiltersForm):
    """The same as it stands in the page's address, with the key of the words."""

    find = forms.CharField(max_length=8, required=False, widget=forms.HiddenInput)


class WordsForm(FiltersForm):
    """The same as asked for in the API, with the words in the body, which is logged nowhere."""

    q = forms.CharField(label="标题和正文中的字词", max_length=finding.LONGEST)

    def clean_q(self) -> str:
        typed = str(self.cleaned_data["q"])
        if search.too_short(typed) or not search.terms_of(typed):
            raise forms.ValidationError(TOO_SHORT)
        return typed
