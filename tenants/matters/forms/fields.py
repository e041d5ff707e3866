"""Form fields with the rules of our papers: phones, days, a subject without personal data."""

import re
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from bancheng.privacy import identifiers

_LOOKS_PERSONAL = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|1[3-9]\d{9})(?!\d)")


class TextField(forms.CharField):
    """A few sentences; blank space alone is nothing."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 2000)
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
        super().__init__(**kwargs)


class SubjectField(forms.CharField):
    """One line that says what it is about. It is shown in clear, so no card or phone number in it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 80)
        kwargs.setdefault("help_text", "一句话说明是什么事；不写姓名、证件号和电话。")
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        if _LOOKS_PERSONAL.search(text):
            raise ValidationError("事由中不要写证件号或电话，请写到“情况说明”里。")
        return text


class PhoneField(forms.CharField):
    """A mobile or landline number, normalised; empty is a valid answer where it is not required."""

    def clean(self, value: Any) -> str:
        text = str(super().clean(value) or "")
        if not text:
            return ""
        try:
            return identifiers.check_phone(text)
        except ValueError as wrong:
            raise ValidationError(str(wrong)) from None


class DayField(forms.DateField):
    """A date as 2026-11-24, with the browser's own date picker."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        kwargs.setdefault("input_formats", ["%Y-%m-%d"])
        super().__init__(**kwargs)
        self.error_messages["invalid"] = "日期不对：请按2026-11-24的样子填写一个真实的日期。"


class YesNoField(forms.TypedChoiceField):
    """Yes or no, asked as two buttons; None where it was not answered."""

    json_schema: ClassVar[dict[str, Any]] = {"type": "boolean"}

    def __init__(self, *, yes: str = "是", no: str = "否", **kwargs: Any) -> None:
        super().__init__(
            coerce=lambda value: value == "true",
            choices=[("true", yes), ("false", no)],
            widget=forms.RadioSelect,
            empty_value=None,
            **kwargs,
        )

    def to_python(self, value: Any) -> str:
        return str(super().to_python(str(value).lower() if isinstance(value, bool) else value))
