"""What each step of a problem asks for, and what the register is narrowed by."""

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from bancheng.identity.actors import Actor
from bancheng.identity.models import Staff
from bancheng.overview.models import Link, MeasureKind, Pain, ProblemState
from bancheng.privacy.patterns import without_personal_numbers
from bancheng.timekeeping import clock
from tenants.improvement import patterns, thresholds
from tenants.improvement.models import Measure, Problem
from tenants.improvement.workflow import living
from tenants.matters.forms.base import PlainForm, cause_choices, item_choices
from tenants.matters.forms.fields import DayField, TextField

EVIDENCE = 50
"""So many of a pattern's newest matters are offered as what a study rests on."""


# --- Fields ------------------------------------------------------------------------------------------


class ClearField(TextField):
    """A few sentences about a class of matters, kept in clear: no number of a person in them."""

    def clean(self, value: Any) -> str:
        return _without_persons(str(super().clean(value)))


class ClearLine(forms.CharField):
    """One line of the same."""

    def clean(self, value: Any) -> str:
        return _without_persons(str(super().clean(value)))


def _without_persons(text: str) -> str:
    if without_personal_numbers(text) != text:
        raise ValidationError("这里写的是一类问题，请不要写证件号、账号和电话。")
    return text


class MattersField(forms.TypedMultipleChoiceField):
    """Matters by their id, offered with their numbers."""

    json_schema: ClassVar[dict[str, Any]] = {"type": "array", "items": {"type": "string", "format": "uuid"}}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "error_messages", {"invalid_choice": "只能选择这一事项和根因的反映件，请重新选择。"}
        )
        super().__init__(coerce=UUID, required=False, widget=forms.CheckboxSelectMultiple, **kwargs)


class ByIdField(forms.TypedChoiceField):
    """One of several by its id."""

    json_schema: ClassVar[dict[str, Any]] = {"type": "string", "format": "uuid"}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=UUID, **kwargs)


class FigureField(forms.IntegerField):
    """How many steps, days, papers or trips."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=999, **kwargs)
        for code in ("min_value", "max_value", "invalid"):
            self.error_messages[code] = "请填写0至999的整数。"


# --- The steps ---------------------------------------------------------------------------------------


class ProblemForm(PlainForm):
    """Asks for what a step needs; `arguments()` are the action's keyword arguments."""

    def __init__(self, data: Any = None, *, problem: Problem, actor: Actor, **kwargs: Any) -> None:
        self.problem, self.actor = problem, actor
        super().__init__(data, **kwargs)
        self.prepare()

    def prepare(self) -> None:
        """Fill choices and initial values from the problem; nothing by default."""

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class OpenForm(ProblemForm):
    title = ClearLine(label="标题", max_length=80, help_text="一句话说明是什么问题。")
    pain = forms.ChoiceField(label="类型", choices=Pain.choices, widget=forms.RadioSelect)


class DismissForm(ProblemForm):
    reason = ClearLine(
        label="不立项理由", max_length=200, help_text="件数翻倍或者满180天后仍达到阈值的，会再次提出。"
    )


class StudyForm(ProblemForm):
    attended = ClearLine(label="参加研判", max_length=200, help_text="哪些部门、岗位参加。")
    root_cause = ClearField(label="根本原因", help_text="为什么总是卡在这里，卡在哪个环节。")
    pain = forms.ChoiceField(label="类型", choices=Pain.choices, widget=forms.RadioSelect)
    link = forms.ChoiceField(label="可由谁解决", choices=Link.choices, widget=forms.RadioSelect)
    conclusion = ClearField(label="研判结论", help_text="打算怎么解决，要谁配合。")
    matters = MattersField(label="依据的反映件")

    def prepare(self) -> None:
        self.initial.setdefault("pain", self.problem.pain)
        self.initial.setdefault("link", self.problem.link)
        found = patterns.matters_of(self.actor, (self.problem.item, self.problem.cause))[:EVIDENCE]
        self.fields["matters"].choices = [  # type: ignore[attr-defined]
            (str(matter.pk), f"{matter.number}（{clock.local(matter.registered_at):%Y-%m-%d}）")
            for matter in found
        ]


class MeasureForm(ProblemForm):
    """What the figures and the day have to be, the action itself says."""

    kind = forms.ChoiceField(label="措施类型", choices=[("", "请选择"), *MeasureKind.choices])
    text = ClearField(label="措施内容", help_text="具体怎么改：谁做、在哪里做、先做什么。")
    owner = ByIdField(label="责任人")
    due_on = DayField(label="完成期限", help_text="到这一天应已开始试行。")
    steps_before = FigureField(label="原环节数")
    steps_after = FigureField(label="现环节数")
    days_before = FigureField(label="原办理工作日")
    days_after = FigureField(label="现办理工作日")
    materials_before = FigureField(label="原材料数")
    materials_after = FigureField(label="现材料数")
    trips_before = FigureField(label="原跑动次数")
    trips_after = FigureField(label="现跑动次数")

    def prepare(self) -> None:
        people = Staff.objects.filter(is_active=True).order_by("name", "username")
        self.fields["owner"].choices = [("", "请选择责任人"), *((str(p.pk), str(p)) for p in people)]  # type: ignore[attr-defined]


class TryOutForm(ProblemForm):
    measure = ByIdField(label="措施", widget=forms.RadioSelect)
    from_on = DayField(label="试行日期", help_text="实际开始的那一天，不早于本轮立项，不晚于今天。")

    def prepare(self) -> None:
        _offer(self, living(self.problem).filter(from_on=None))
        self.initial.setdefault("from_on", clock.today())


class EndMeasureForm(ProblemForm):
    measure = ByIdField(label="措施", widget=forms.RadioSelect)
    reason = ClearLine(label="停止原因", max_length=200)

    def prepare(self) -> None:
        _offer(self, living(self.problem))


class RoutineForm(ProblemForm):
    guide_version = ClearLine(label="办事指南版本", max_length=60, help_text="例如：2026年第3版。")
    guide_change = ClearField(label="指南修改内容", help_text="新指南与原来有什么不同。")


class ReopenForm(ProblemForm):
    reason = ClearLine(label="重新立项理由", max_length=200)


def _offer(form: ProblemForm, measures: Any) -> None:
    """Fill the choices of `measure`; a single one is chosen already."""
    choices = [(str(m.pk), f"{m.get_kind_display()}：{_short(m)}") for m in measures.order_by("set_at", "id")]
    form.fields["measure"].choices = choices  # type: ignore[attr-defined]
    if len(choices) == 1:
        form.initial.setdefault("measure", choices[0][0])


def _short(measure: Measure) -> str:
    text = " ".join(measure.text.split())
    return text if len(text) <= 40 else f"{text[:40]}…"


# --- Beside the steps --------------------------------------------------------------------------------


class StartForm(PlainForm):
    """A problem that is opened by hand."""

    item = forms.ChoiceField(label="事项")
    cause = forms.ChoiceField(label="根因")
    title = ClearLine(label="标题", max_length=80, help_text="一句话说明是什么问题。")
    pain = forms.ChoiceField(label="类型", choices=Pain.choices, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = item_choices()  # type: ignore[attr-defined]
        self.fields["cause"].choices = [("", "请选择根因"), *cause_choices()]  # type: ignore[attr-defined]


class ProblemFilters(PlainForm):
    """What the register is narrowed by in the address."""

    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[
            ("", "全部（不含不立项）"),
            ("under_way", "推进中"),
            ("settled", "已转常态和已见效"),
            *ProblemState.choices,
        ],
    )
    item = forms.ChoiceField(label="事项", required=False)
    cause = forms.ChoiceField(label="根因", required=False)
    pain = forms.ChoiceField(label="类型", required=False, choices=[("", "全部类型"), *Pain.choices])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = [("", "全部事项"), *list(item_choices())[1:]]  # type: ignore[attr-defined]
        self.fields["cause"].choices = [("", "全部根因"), *cause_choices()]  # type: ignore[attr-defined]


class ThresholdForm(PlainForm):
    """From how many matters on, for all, an item, a cause or both."""

    item = forms.ChoiceField(label="事项", required=False)
    cause = forms.ChoiceField(label="根因", required=False)
    count = forms.IntegerField(
        label="件数", min_value=thresholds.COUNT_AT_LEAST, max_value=thresholds.COUNT_AT_MOST
    )
    days = forms.IntegerField(
        label="统计天数", min_value=thresholds.DAYS_AT_LEAST, max_value=thresholds.DAYS_AT_MOST
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = [("", "全部事项"), *list(item_choices())[1:]]  # type: ignore[attr-defined]
        self.fields["cause"].choices = [("", "全部根因"), *cause_choices()]  # type: ignore[attr-defined]
        for name, unit in (("count", "件"), ("days", "天")):
            field = self.fields[name]
            said = f"请填写{field.min_value}至{field.max_value}{unit}的整数。"  # type: ignore[attr-defined]
            field.error_messages.update(min_value=said, max_value=said, invalid=said)


class ExceptionForm(PlainForm):
    """Which exception is taken back."""

    item = forms.CharField(label="事项", required=False, max_length=10)
    cause = forms.CharField(label="根因", required=False, max_length=8)
