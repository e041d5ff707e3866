"""Bringing the shipped dictionaries (items, causes, checklists in data/) into the public schema."""

import csv
import hashlib
from pathlib import Path
from typing import TypeVar

from django.db import models, transaction

from bancheng.catalogue import selectors
from bancheng.catalogue.departments import DEPARTMENTS
from bancheng.catalogue.models import CatalogueVersion, Cause, Item, ItemMaterial
from bancheng.catalogue.words import MaterialKind, ObtainedBy
from bancheng.timekeeping import clock

DATA = Path(__file__).parent / "data"
FILES = ("items.csv", "causes.csv", "checklists.csv")
ANY_ITEM = "*"
"""In checklists.csv: for every item that has no rows of its own."""

M = TypeVar("M", Item, Cause)


def load_catalogue() -> int:
    """Make the tables say what the files say, and return the number of the version in force.

    New rows are added, changed ones updated, those no longer in the files retired; the checklists, which
    nobody refers to, are written anew. May be repeated: a new version is counted only when the files differ
    from those loaded last. Raises KeyError for a word that is not ours, IntegrityError for a material of an
    unknown item or one named twice: the files are ours, so that is a bug.
    """
    items, causes, materials = _items(), _causes(), _materials()
    digest = _digest()
    with transaction.atomic():
        _upsert(items, ["name", "scheme", "lead_department", "statutory_working_days", "active", "position"])
        _upsert(causes, ["name", "note", "active", "position"])
        ItemMaterial.objects.all().delete()
        ItemMaterial.objects.bulk_create(materials)
        latest = CatalogueVersion.objects.select_for_update().first()
        if latest is None or latest.digest != digest:
            number = latest.number + 1 if latest else 1
            latest = CatalogueVersion.objects.create(number=number, digest=digest, loaded_at=clock.now())
        selectors.forget()
        # Again after commit: in between another thread may have remembered the old tables.
        transaction.on_commit(selectors.forget)
    return latest.number


def _items() -> list[Item]:
    by_word = {entry.short: code for code, entry in DEPARTMENTS.items()}
    return [
        Item(
            code=row["code"],
            name=row["name"],
            scheme=row["scheme"],
            lead_department=by_word[row["lead_department"]],
            statutory_working_days=int(row["statutory_working_days"])
            if row["statutory_working_days"]
            else None,
            position=position,
        )
        for position, row in enumerate(_rows("items.csv"), start=1)
    ]


def _causes() -> list[Cause]:
    return [
        Cause(code=row["code"], name=row["name"], note=row["note"], position=position)
        for position, row in enumerate(_rows("causes.csv"), start=1)
    ]


def _materials() -> list[ItemMaterial]:
    kinds = {word.label: word for word in MaterialKind}
    getters = {word.label: word for word in ObtainedBy}
    return [
        ItemMaterial(
            item_id=None if row["item"] == ANY_ITEM else row["item"],
            name=row["name"],
            kind=kinds[row["kind"]],
            obtained_by=getters[row["obtained_by"]],
            may_follow={"是": True, "否": False}[row["may_follow"]],
            note=row["note"],
            position=position,
        )
        for position, row in enumerate(_rows("checklists.csv"), start=1)
    ]


def _upsert(rows: list[M], fields: list[str]) -> None:
    manager: models.Manager[M] = type(rows[0])._default_manager
    manager.bulk_create(rows, update_conflicts=True, unique_fields=["code"], update_fields=fields)
    manager.exclude(code__in=[row.code for row in rows]).update(active=False)


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _digest() -> str:
    content = b"\0".join((DATA / name).read_bytes() for name in FILES)
    return hashlib.sha256(content).hexdigest()
