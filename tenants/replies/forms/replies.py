"""The forms of a reply and of a callback."""

from typing import Any

from django import forms

from bancheng.catalogue.words import Channel
from tenants.matters.forms.base import ActForm
from tenants.matters.forms.fields import TextField, YesNoField

WAYS = (Channel.COUNTER, Channel.PHONE, Channel.LETTER, Channel.VISIT)


class ReplyForm(ActForm):
    text = TextField(
        label="答复内容",
        max_length=3000,
        help_text="办了什么、依据是什么、还需反映人做什么、如不满意可到哪里反映。",
    )
    channel = forms.ChoiceField(
        label="答复方式",
        choices=[(c.value, c.label) for c in WAYS],
        widget=forms.RadioSelect,
        initial=Channel.PHONE,
    )
    reached = forms.CharField(
        label="答复对象", max_length=40, help_text="接到答复的人，如“本人”“儿子”。", initial="本人"
    )


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
