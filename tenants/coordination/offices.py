"""Whom one can ask or name: departments of the centre, known offices outside, and any other by its name."""

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms

from bancheng.centres.models import OutsideOffice
from bancheng.identity.models import Department
from tenants.coordination.models import JointPart, Prerequisite
from tenants.matters.forms.base import ActForm
from tenants.matters.models import Matter

OTHER = "other"
LONGEST_NAME = 40


@dataclass(frozen=True)
class Office:
    """An office by code and name. One that no list holds has its name as its code."""

    code: str
    name: str
    is_department: bool = False


def known(matter: Matter) -> dict[str, list[Office]]:
    """By group, in the order of a list to choose from: departments, outside offices, those named before."""
    departments = [Office(d.code, d.name, True) for d in Department.objects.filter(active=True)]
    outside = [Office(o.code, o.name) for o in OutsideOffice.objects.filter(retired_at=None)]
    taken = {office.name for office in (*departments, *outside)}
    names = [*JointPart.objects.filter(matter=matter, department=None).values_list("office", flat=True)]
    for pair in Prerequisite.objects.filter(matter=matter).values_list("wanting", "giving"):
        names += pair
    named = [Office(name, name) for name in dict.fromkeys(names) if name not in taken]
    return {"本中心部门": departments, "外部单位": outside, "此件中已提到的单位": named}


class OfficeForm(ActForm):
    """A form that asks for offices; each is a list, and beside it a line for one that is not in it.

    A subclass names its pairs: `offices = {"office": "office_other"}`, the list and the line.
    """

    offices: ClassVar[dict[str, str]] = {}

    def prepare(self) -> None:
        self._groups = known(self.matter)
        groups = [(title, [(o.code, o.name) for o in rows]) for title, rows in self._groups.items() if rows]
        for name in self.offices:
            self.fields[name].choices = [("", "请选择单位"), *groups, (OTHER, "其他单位（在下面填写）")]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, line in self.offices.items():
            other = _tidied(cleaned.pop(line, "") or "")
            code = cleaned.get(name)
            if code == OTHER and not other and line not in self.errors:
                self.add_error(line, "请填写单位名称。")
            elif code:
                cleaned[name] = self._named(other) if code == OTHER else self._coded(code)
        return cleaned

    def _coded(self, code: str) -> Office:
        return next(o for rows in self._groups.values() for o in rows if o.code == code)

    def _named(self, name: str) -> Office:
        """One of the list after all, when its name was typed."""
        listed = (o for rows in self._groups.values() for o in rows if o.name == name)
        return next(listed, Office(name, name))


def office_field(label: str) -> forms.ChoiceField:
    return forms.ChoiceField(label=label)


def other_field() -> forms.CharField:
    return forms.CharField(
        label="其他单位名称", max_length=LONGEST_NAME, required=False, help_text="列表中没有时填写全称。"
    )


def _tidied(name: str) -> str:
    """Without spaces, with Chinese brackets: so that one office typed twice is the same one."""
    return re.sub(r"\s+", "", name).replace("(", "（").replace(")", "）")
