"""Reading the dictionaries, remembered in the process for a minute so that pages need not ask the database.

The rows are shared between threads: read them, never change them.
"""

from dataclasses import dataclass
from itertools import groupby

from bancheng.catalogue.models import CatalogueVersion, Cause, Item, ItemMaterial
from bancheng.errors import NotFound
from bancheng.remembered import Remembered

GroupedChoices = list[tuple[str, list[tuple[str, str]]]]


def items() -> tuple[Item, ...]:
    """The items in use, in the catalogue's order."""
    return tuple(item for item in _remembered.get().items.values() if item.active)


def item(code: str) -> Item:
    """The item of this code, retired ones too, since old matters name them. Raises NotFound."""
    found = _remembered.get().items.get(code)
    if found is None:
        raise NotFound(f"事项目录中没有编码“{code}”，请从目录中选择", code="unknown_item")
    return found


def item_choices() -> GroupedChoices:
    """The items in use for a form's field, grouped by scheme."""
    return [
        (scheme, [(entry.code, entry.name) for entry in group])
        for scheme, group in groupby(items(), key=lambda entry: entry.scheme)
    ]


def schemes() -> tuple[str, ...]:
    """The schemes (险种) of all items, retired ones too, in the catalogue's order."""
    return tuple(dict.fromkeys(entry.scheme for entry in _remembered.get().items.values()))


def codes_of(scheme: str) -> tuple[str, ...]:
    """The codes of all items of a scheme, retired ones too; of an unknown scheme none."""
    return tuple(entry.code for entry in _remembered.get().items.values() if entry.scheme == scheme)


def materials(code: str) -> tuple[ItemMaterial, ...]:
    """What the item needs, in order: its own list, or the general one where it has none or is unknown."""
    listed = _remembered.get().materials
    return listed.get(code) or listed.get(None, ())


def causes() -> tuple[Cause, ...]:
    """The causes in use, in the catalogue's order."""
    return tuple(cause for cause in _remembered.get().causes.values() if cause.active)


def cause(code: str) -> Cause:
    """The cause of this code, retired ones too. Raises NotFound."""
    found = _remembered.get().causes.get(code)
    if found is None:
        raise NotFound(f"根因目录中没有编码“{code}”，请从目录中选择", code="unknown_cause")
    return found


def cause_choices() -> list[tuple[str, str]]:
    """The causes in use for a form's field."""
    return [(entry.code, entry.name) for entry in causes()]


def version() -> int:
    """The number of the version in force; 0 when nothing has been loaded yet."""
    return _remembered.get().version


def forget() -> None:
    """Read the tables again at the next question; call it after changing them."""
    _remembered.forget()


@dataclass(frozen=True)
class _Catalogue:
    items: dict[str, Item]
    causes: dict[str, Cause]
    materials: dict[str | None, tuple[ItemMaterial, ...]]
    version: int


def _read() -> _Catalogue:
    latest = CatalogueVersion.objects.first()
    materials: dict[str | None, list[ItemMaterial]] = {}
    for row in ItemMaterial.objects.all():
        materials.setdefault(row.item_id, []).append(row)
    return _Catalogue(
        items={row.code: row for row in Item.objects.all()},
        causes={row.code: row for row in Cause.objects.all()},
        materials={code: tuple(rows) for code, rows in materials.items()},
        version=latest.number if latest else 0,
    )


_remembered = Remembered(_read)
