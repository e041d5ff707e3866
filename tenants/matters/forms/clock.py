"""The forms of the acts that move a due date."""

from collections.abc import Mapping

from django import forms

from bancheng.catalogue.words import Channel, Mode
from bancheng.timekeeping.due import LEVEL_CHOICES, LEVELS
from tenants.matters import clocks
from tenants.matters.actions.clock import most_days
from tenants.matters.forms.base import ActForm, PlainForm
from tenants.matters.forms.fields import TextField, YesNoField


class ExtendForm(ActForm):
    days = forms.IntegerField(
        label="延长几个工作日", min_value=1, error_messages={"min_value": "至少延长1个工作日。"}
    )
    reason = TextField(label="延期理由")
    channel = forms.ChoiceField(
        label="以何方式告知反映人",
        choices=[(c.value, c.label) for c in (Channel.PHONE, Channel.COUNTER, Channel.VISIT, Channel.LETTER)],
        widget=forms.RadioSelect,
        initial=Channel.PHONE,
    )
    told = TextField(label="告知内容", help_text="先告知反映人再延期：为什么、延到什么时候。")

    def prepare(self) -> None:
        if self.is_bound or not (term := clocks.present_term(self.matter)):
            return
        most = most_days(self.matter, self.actor, term)
        said = [f"现在的期限是{term.due_on}。", f"您最多可延{most}个工作日。"]
        if term.statutory is not None:
            said.append(f"法定办理时限{term.statutory}个工作日，不能超过。")
        self.fields["days"].help_text = "".join(said)


class RegradeForm(ActForm):
    level = forms.TypedChoiceField(
        label="难度等级", coerce=int, choices=LEVEL_CHOICES, widget=forms.RadioSelect
    )
    expedite = YesNoField(label="是否加急", help_text="加急办理时限减半，不足一天按一天算。")
    reason = TextField(label="调整理由")

    def prepare(self) -> None:
        self.initial.setdefault("level", self.matter.level)
        self.initial.setdefault("expedite", "true" if self.matter.mode == Mode.EXPEDITE else "false")


def _limit_field(number: int) -> forms.IntegerField:
    level = LEVELS[number]
    return forms.IntegerField(
        label=f"{level}（工作日）",
        min_value=1,
        max_value=level.days,
        help_text=f"{level.meaning}；全市规定{level.days}个工作日。",
        error_messages={
            "min_value": "至少1个工作日。",
            "max_value": f"不能超过全市规定的{level.days}个工作日。",
        },
    )


class LimitsForm(PlainForm):
    """A centre's own limits: for each level at most the city's days."""

    level_1 = _limit_field(1)
    level_2 = _limit_field(2)
    level_3 = _limit_field(3)
    level_4 = _limit_field(4)
    level_5 = _limit_field(5)

    @classmethod
    def of(cls, days: Mapping[int, int]) -> "LimitsForm":
        """Filled in with what is in force."""
        return cls(initial={f"level_{number}": each for number, each in days.items()})

    def days(self) -> dict[int, int]:
        return {number: self.cleaned_data[f"level_{number}"] for number in LEVELS}
