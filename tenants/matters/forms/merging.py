"""The form that merges a matter into another: chosen from those that fit, or by its number."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms

from tenants.matters import known
from tenants.matters.forms.base import ActForm
from tenants.matters.forms.fields import TextField
from tenants.matters.models import Matter
from tenants.matters.states import State


class SuggestingInput(forms.TextInput):
    """A text input that suggests values, each with words of its own; anything else may be typed."""

    template_name = "matters/widgets/suggesting.html"

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs)
        self.suggestions: list[tuple[str, str]] = []

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["suggestions"] = self.suggestions
        return context


class MergeForm(ActForm):
    into = forms.CharField(
        label="并入哪一件",
        max_length=40,
        widget=SuggestingInput(attrs={"list": "merge-candidates"}),
        help_text="从列表中选择，或填写完整编号。只能并入在办的、同一反映人或同一事项的反映件。",
    )
    reason = TextField(label="并案理由", help_text="为什么是同一件事；会记入两件的办理经过。")

    def prepare(self) -> None:
        person, found = self.matter.reporter, known.to_merge_into(self.matter, self.actor)
        self.initial.setdefault("into", _usual(self.matter, found))
        self.fields["into"].widget.suggestions = [
            (each.number, _words(each, same=known.is_same_person(person, each.reporter))) for each in found
        ]

    def clean_into(self) -> UUID:
        found = known.by_number(self.actor, self.cleaned_data["into"])
        if found is None:
            raise forms.ValidationError("没有找到这个编号的反映件，请核对编号。")
        return found.pk


def _usual(matter: Matter, candidates: Sequence[Matter]) -> str:
    """What a repeat repeats: the newest open matter of the same person with the same item."""
    same = (
        each.number
        for each in candidates
        if each.item_code == matter.item_code and known.is_same_person(each.reporter, matter.reporter)
    )
    return next(same, "")


def _words(matter: Matter, *, same: bool) -> str:
    return " · ".join(("同一反映人" if same else "同一事项", State(matter.state).label, matter.subject))
