"""What every form of an act has: the matter, the person, choices of this centre, sentences by field."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from bancheng.catalogue import selectors as catalogue
from bancheng.identity.actors import Actor
from bancheng.identity.models import Department
from tenants.matters.models import Matter

LONG = forms.Textarea(attrs={"rows": 3})
REQUIRED = {
    "required": "请填写此项。",
    "invalid_choice": "请从列表中选择。",
    "invalid": "格式不对，请检查后重填。",
}


class PlainForm(forms.Form):
    """A form that says in whole sentences what is missing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            speak_plainly(field)


class ActForm(PlainForm):
    """Asks for what an act needs. `arguments()` are the action's keyword arguments."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        files: Any = None,
        *,
        matter: Matter,
        actor: Actor,
        **kwargs: Any,
    ) -> None:
        self.matter, self.actor = matter, actor
        super().__init__(data, files, **kwargs)
        self.prepare()

    def prepare(self) -> None:
        """Fill choices and initial values from the matter; nothing by default."""

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


def speak_plainly(field: forms.Field) -> None:
    """Say in a whole sentence what is missing, for those messages that the field does not phrase itself."""
    usual: dict[str, Any] = {}
    for kind in reversed(type(field).__mro__):
        usual |= getattr(kind, "default_error_messages", {})
    for code, sentence in REQUIRED.items():
        if code in usual and field.error_messages[code] == usual[code]:
            field.error_messages[code] = sentence


def item_choices() -> Iterable[Any]:
    """The city's items, grouped by scheme."""
    return [("", "请选择事项"), *catalogue.item_choices()]


def cause_choices() -> list[tuple[str, str]]:
    return [(cause.code, cause.name) for cause in catalogue.causes()]


def department_choices() -> list[tuple[str, str]]:
    return [(d.pk, d.name) for d in Department.objects.filter(active=True).order_by("code")]
