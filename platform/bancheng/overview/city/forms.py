"""What the coordinator says of a problem of the city, and what lists of them are narrowed by."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from bancheng.catalogue import selectors as catalogue
from bancheng.overview.city import selectors
from bancheng.overview.city.selectors import Thresholds
from bancheng.overview.models import Link, MeasureKind, ProblemState

_REASON_HELP = "只记入市级平台的审计记录，各中心看不到；不写姓名、证件号和电话。"
_FEW = "请至少选择两个中心；只涉及一个中心的，由该中心自行立项。"


class PatternsForm(forms.Form):
    """The thresholds by which facts make a pattern; what is left out is as usual."""

    days = forms.IntegerField(label="统计天数", min_value=30, max_value=730, required=False)
    each = forms.IntegerField(label="每个中心至少（件）", min_value=1, max_value=999, required=False)
    spread = forms.IntegerField(label="中心数至少", min_value=2, max_value=999, required=False)

    def __init__(self, query: Mapping[str, Any]) -> None:
        usual = vars(Thresholds())
        super().__init__({name: query.get(name) or usual[name] for name in self.base_fields})

    def thresholds(self) -> Thresholds:
        """What was asked for; the usual ones where that makes no sense."""
        return Thresholds(**self.cleaned_data) if self.is_valid() else Thresholds()


class ProblemsForm(forms.Form):
    """By state, item and cause."""

    state = forms.ChoiceField(label="状态", required=False)
    item = forms.ChoiceField(label="事项", required=False, help_text="事项代码。")
    cause = forms.ChoiceField(label="根因", required=False, help_text="根因代码。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        possible = [
            (state.value, state.label)
            for state in ProblemState
            if state not in (ProblemState.PROPOSED, ProblemState.TRIAL)
        ]
        _choose_from(self, "state", [("", "全部状态"), *possible])
        _choose_from(self, "item", [("", "全部事项"), *catalogue.item_choices()])
        _choose_from(self, "cause", [("", "全部根因"), *catalogue.cause_choices()])

    def narrowed(self) -> dict[str, str]:
        """The arguments of `selectors.problems`; everything where a condition makes no sense."""
        return dict(self.cleaned_data) if self.is_valid() else {}


class NoteForm(forms.Form):
    """A remark for the office's own trail; it may be left out."""

    reason = forms.CharField(
        label="说明",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_REASON_HELP,
    )


class ReasonForm(forms.Form):
    """Why; it may not be left out."""

    reason = forms.CharField(
        label="理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text=_REASON_HELP
    )


class AmendForm(NoteForm):
    """Which centres it concerns, and who can remove the cause."""

    centres = forms.MultipleChoiceField(
        label="涉及中心",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "没有这个中心，请从列表中选择。"},
    )
    link = forms.ChoiceField(label="可由谁解决", choices=Link.choices, widget=forms.RadioSelect)
    field_order = ("item", "cause", "centres", "link", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose_from(self, "centres", selectors.centre_choices())

    def clean_centres(self) -> list[str]:
        chosen: list[str] = list(dict.fromkeys(self.cleaned_data["centres"]))
        if len(chosen) < 2:
            raise forms.ValidationError(_FEW)
        return chosen


class TakeUpForm(AmendForm):
    """The same of a pattern that is to be taken up."""

    item = forms.ChoiceField(label="事项", error_messages={"invalid_choice": "请从列表中选择事项。"})
    cause = forms.ChoiceField(label="根因", error_messages={"invalid_choice": "请从列表中选择根因。"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose_from(self, "item", [("", "请选择事项"), *catalogue.item_choices()])
        _choose_from(self, "cause", [("", "请选择根因"), *catalogue.cause_choices()])


class MeasureForm(NoteForm):
    """What is done about it, from when."""

    kind = forms.ChoiceField(label="措施类型", choices=MeasureKind.choices, widget=forms.RadioSelect)
    from_on = forms.DateField(label="起始日期", help_text="自这一天起实行，可以是将来的日期。")
    field_order = ("kind", "from_on", "reason")

    def clean_from_on(self) -> date:
        day: date = self.cleaned_data["from_on"]
        if not 2000 <= day.year <= 2100:
            raise forms.ValidationError("起始日期不对，请核对年份。")
        return day


def _choose_from(form: forms.Form, name: str, choices: Any) -> None:
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(name)
    field.choices = choices
