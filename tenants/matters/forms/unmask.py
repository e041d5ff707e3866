"""The form of showing what is masked."""

from typing import Any

from django import forms

from tenants.matters.forms.base import PlainForm
from tenants.matters.forms.fields import TextField
from tenants.matters.models import Reporter


class UnmaskForm(PlainForm):
    """Which of the reporter's data to show, and why."""

    fields_wanted = forms.MultipleChoiceField(
        label="查看内容",
        choices=list(Reporter.PERSONAL_FIELDS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    reason = TextField(
        label="查看理由",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="写明因何事需要查看；查看人、时间、内容和理由会记入审计。",
    )

    def __init__(self, *args: Any, person: Reporter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fields_wanted"].choices = [  # type: ignore[attr-defined]
            (name, label) for name, label in Reporter.PERSONAL_FIELDS.items() if getattr(person, name)
        ]
