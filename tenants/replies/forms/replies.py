"""The forms of a reply and of a callback."""

from dataclasses import asdict
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from bancheng.catalogue.words import Channel
from tenants.matters import known
from tenants.matters.forms.base import ActForm
from tenants.matters.forms.fields import TextField, YesNoField
from tenants.replies import texts
from tenants.replies.actions.replies import NEED_A_TELEPHONE, NO_TELEPHONE, Told

WAYS = (Channel.COUNTER, Channel.PHONE, Channel.SMS, Channel.LETTER, Channel.VISIT)
WAY_CHOICES = [(way.value, way.label) for way in WAYS]


class OthersWidget(forms.Widget):
    """For each merged matter the way and the person: fixed rows on a page, a list of objects in the API."""

    template_name = "replies/widgets/others.html"
    numbers: tuple[str, ...] = ()
    """The merged matters; where there are none the field is hidden, and draws nothing."""

    @property
    def is_hidden(self) -> bool:
        return not self.numbers

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        if not hasattr(data, "getlist"):
            return data.get(name) or []
        typed = [data.getlist(f"{name}-{each}") for each in OthersField.COLUMNS]
        return [dict(zip(OthersField.COLUMNS, row, strict=True)) for row in zip(*typed, strict=False)]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and f"{name}-number" not in data

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        rows = value if isinstance(value, list) else []
        typed = {row.get("number"): row for row in rows if isinstance(row, dict)}
        context["widget"]["ways"] = WAY_CHOICES
        context["widget"]["rows"] = [
            {
                "number": number,
                "channel": typed.get(number, {}).get("channel", Channel.PHONE.value),
                "reached": typed.get(number, {}).get("reached", "本人"),
            }
            for number in self.numbers
        ]
        return context


class OthersField(forms.Field):
    """How those were told whose matters were merged into this one: a list of `Told`."""

    COLUMNS: ClassVar[dict[str, str]] = {"number": "编号", "channel": "答复方式", "reached": "答复对象"}
    json_schema: ClassVar[dict[str, Any]] = {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "number": {"type": "string"},
                "channel": {"type": "string", "enum": [way.value for way in WAYS]},
                "reached": {"type": "string", "maxLength": 40},
            },
            "required": ["number", "channel", "reached"],
            "additionalProperties": False,
        },
    }
    widget = OthersWidget

    def clean(self, value: Any) -> list[Told]:
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            raise ValidationError("请按“编号、答复方式、答复对象”逐件填写。")
        return [
            self._told({name: str(row.get(name) or "").strip() for name in self.COLUMNS}) for row in value
        ]

    def _told(self, row: dict[str, str]) -> Told:
        if row["channel"] not in dict(WAY_CHOICES):
            raise ValidationError(f"请选择{row['number']}的答复方式。")
        if not row["reached"] or len(row["reached"]) > 40:
            raise ValidationError(f"请填写{row['number']}的答复对象，不超过40字。")
        return Told(row["number"], Channel(row["channel"]), row["reached"])


class ReplyForm(ActForm):
    """Opens with the wording that fits best. Every part has to be said; the reply is composed of them."""

    done = TextField(label="办理情况", max_length=1500, help_text="办了什么，结果如何。")
    basis = TextField(label="办理依据", max_length=600, help_text="政策文件的名称、文号和条款。")
    remaining = TextField(label="还需反映人做什么", max_length=600, help_text="不需要的，写明不需要。")
    rating = TextField(label="如何评价", max_length=300)
    recourse = TextField(label="如有异议", max_length=600, help_text="不满意的，可以到哪里反映。")
    channel = forms.ChoiceField(
        label="答复方式",
        choices=WAY_CHOICES,
        widget=forms.RadioSelect,
        initial=Channel.PHONE,
    )
    reached = forms.CharField(
        label="答复对象", max_length=40, help_text="接到答复的人，如“本人”“儿子”。", initial="本人"
    )
    others = OthersField(
        label="并案的反映人",
        required=False,
        help_text="答复内容相同，每位反映人各留一份答复记录。",
    )

    def prepare(self) -> None:
        widget: Any = self.fields["others"].widget
        widget.numbers = tuple(each.number for each in known.merged_into(self.matter.pk))
        if self.matter.outcome and not self.is_bound:
            self.initial = {**asdict(texts.opening(self.matter)), **self.initial}
        if not self.is_bound and not self.matter.reporter.phone:
            self.initial.setdefault("channel", Channel.COUNTER)

    def clean_channel(self) -> str:
        channel = str(self.cleaned_data["channel"])
        if channel in NEED_A_TELEPHONE and not self.matter.reporter.phone:
            raise ValidationError(NO_TELEPHONE)
        return channel

    def arguments(self) -> dict[str, Any]:
        said = self.cleaned_data
        wording = texts.Wording(**{name: said[name] for name in texts.PARTS})
        return {
            "text": texts.compose(wording),
            "channel": Channel(said["channel"]),
            "reached": said["reached"],
            "others": said.get("others") or (),
        }


class CallbackForm(ActForm):
    reached = YesNoField(label="是否联系上", yes="已联系上", no="未联系上")
    solved = YesNoField(label="问题是否解决", yes="已解决", no="未解决", required=False)
    satisfied = YesNoField(label="是否满意", yes="满意", no="不满意", required=False)
    trips_after = forms.IntegerField(label="反映后又跑了几趟", min_value=0, max_value=200, required=False)
    blocked_again = YesNoField(label="是否再次受阻", required=False)
    note = TextField(label="回访情况")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("reached"):
            for name in ("solved", "satisfied"):
                if cleaned.get(name) is None and name not in self.errors:
                    self.add_error(name, "已联系上反映人，请填写此项。")
        return cleaned
