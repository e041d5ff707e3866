"""What the reporter types to see the own matter."""

import re
import unicodedata
from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError

from tenants.matters.forms.base import PlainForm
from tenants.replies.forms.after import RateForm
from tenants.replies.models import Via

_MACHINE = re.compile(r"BF(\d{6})-?(\d{4})-?(\d{6})")
_SHOWN = re.compile(r"([^\W\d_]{1,6})社反(\d{4})(\d{1,6})号?")
_SIGNS = re.compile(r"[\s\u200b-\u200f\ufeff()\[\]{}<>〔〕【】〈〉《》「」『』“”\"']")
_DASHES = re.compile(r"[‐‑‒–—―－−_]")
_CODE = re.compile(r"\d{6}")


@dataclass(frozen=True)
class Number:
    """A number as it stands in the table: the machine's or the shown one, the other is empty."""

    machine: str = ""
    shown: str = ""

    def __str__(self) -> str:
        return self.machine or self.shown


class NumberField(forms.CharField):
    """A matter's number in any of the forms in which people copy it from their receipt."""

    def clean(self, value: object) -> Number:
        found = read_number(str(super().clean(value)))
        if found is None:
            raise ValidationError(
                "编号不对：请照回执填写，例如“张社反〔2026〕0007号”或“BF130700-2026-000007”。"
            )
        return found


class TrackForm(PlainForm):
    number = NumberField(label="编号", max_length=60, help_text="回执上的编号，例如：张社反〔2026〕0007号")
    code = forms.CharField(
        label="查询码",
        max_length=20,
        help_text="回执上的6位数字",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    via = forms.ChoiceField(
        choices=[(Via.CODE.value, ""), (Via.LINK.value, "")], required=False, widget=forms.HiddenInput
    )

    def clean_code(self) -> str:
        return clean_code(self.cleaned_data["code"])


class DeviceForm(RateForm):
    """A grade at the counter, with the code that shows whose it is."""

    code = forms.CharField(
        label="查询码",
        max_length=20,
        help_text="回执上的6位数字，请您自己输入。",
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean_code(self) -> str:
        return clean_code(self.cleaned_data["code"])


def read_number(text: str) -> Number | None:
    """The number meant by what was typed: full or half width, any brackets, with or without 号."""
    plain = _DASHES.sub("-", unicodedata.normalize("NFKC", text)).upper()
    plain = _SIGNS.sub("", plain)
    if machine := _MACHINE.fullmatch(plain):
        code, year, serial = machine.groups()
        return Number(machine=f"BF{code}-{year}-{serial}")
    if shown := _SHOWN.fullmatch(plain.replace("-", "")):
        place, year, serial = shown.groups()
        return Number(shown=f"{place}社反〔{year}〕{int(serial):04d}号")
    return None


def clean_code(typed: str) -> str:
    """Six digits, half width. Raises ValidationError."""
    code = "".join(unicodedata.normalize("NFKC", typed).split())
    if not _CODE.fullmatch(code) or not code.isascii():
        raise ValidationError("查询码是回执上的6位数字。")
    return code
