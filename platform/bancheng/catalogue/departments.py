"""The departments that items belong to, by the codes that staff, items and assignments use."""

from typing import NamedTuple


class DepartmentEntry(NamedTuple):
    """A department of the city; `short` is the word on screens, in tables and in data/items.csv."""

    code: str
    name: str
    short: str


DEPARTMENTS: dict[str, DepartmentEntry] = {
    entry.code: entry
    for entry in (
        DepartmentEntry("SB", "社会保险经办", "社保"),
        DepartmentEntry("RS", "人力资源和社会保障", "人社"),
        DepartmentEntry("YB", "医疗保障", "医保"),
        DepartmentEntry("SW", "税务", "税务"),
        DepartmentEntry("GA", "公安", "公安"),
        DepartmentEntry("MZ", "民政", "民政"),
        DepartmentEntry("WJ", "卫生健康", "卫健"),
        DepartmentEntry("YH", "银行", "银行"),
    )
}
DEPARTMENT_CHOICES = [(entry.code, entry.short) for entry in DEPARTMENTS.values()]


def department_name(code: str) -> str:
    """The short name for a screen; a code that is not ours is shown as it is."""
    entry = DEPARTMENTS.get(code)
    return entry.short if entry else code
