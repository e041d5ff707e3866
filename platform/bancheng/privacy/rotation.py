"""Which keys the stored values of one schema need, and sealing them anew under the newest key."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.apps import apps
from django.db import connection, models, router, transaction

from bancheng.privacy.fields import EncryptedBytesField, EncryptedField
from bancheng.privacy.keys import field_keys

BATCH = 500
BATCH_OF_FILES = 5
"""A file may have megabytes, and a batch is held in memory."""


@dataclass
class Usage:
    """Stored values by the id of their key; those of tables that only grow can never be sealed anew."""

    changeable: Counter[bytes] = field(default_factory=Counter)
    append_only: Counter[bytes] = field(default_factory=Counter)

    @property
    def all(self) -> Counter[bytes]:
        return self.changeable + self.append_only


def usage() -> Usage:
    """Count the stored values of the schema served now, by key. Reads every encrypted column once."""
    found = Usage()
    for model, fields in _sealed_models():
        counts = found.append_only if _only_grows(model) else found.changeable
        for each in fields:
            with connection.cursor() as cursor:
                cursor.execute(_COUNT.format(column=_quote(each.column), table=_quote(model._meta.db_table)))
                counts.update({bytes(key_id): count for key_id, count in cursor.fetchall()})
    return found


def rotate() -> int:
    """Seal every changeable row of the schema served now under the newest key; how many rows were changed.

    Goes in batches of 500, of files 5, each in a transaction of its own: may be stopped and run again at any
    time, and beside the running service. Rows of tables that only grow stay as they are: the keys in
    `usage().append_only` must stay in the settings. Raises Undecipherable at a row that cannot be read.
    """
    changed = 0
    for model, fields in _sealed_models():
        if not _only_grows(model):
            while rows := _rotate_batch(model, [each.name for each in fields]):
                changed += rows
    return changed


_COUNT = (
    "SELECT substring({column} FROM 2 FOR 4), count(*) FROM {table} WHERE {column} IS NOT NULL GROUP BY 1"
)
_STALE = "SELECT {key} FROM {table} WHERE {stale} ORDER BY {key} LIMIT {batch} FOR UPDATE"
_IS_STALE = "substring({column} FROM 2 FOR 4) <> %s"
_HAS_TRIGGER = (
    "SELECT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname = 'only_grows_rows')"
)


def _rotate_batch(model: type[models.Model], names: list[str]) -> int:
    columns = [_quote(str(model._meta.get_field(name).column)) for name in names]  # type: ignore[union-attr]
    statement = _STALE.format(
        key=_quote(str(model._meta.pk.column)),
        table=_quote(model._meta.db_table),
        stale=" OR ".join(_IS_STALE.format(column=column) for column in columns),
        batch=BATCH_OF_FILES if _holds_files(model) else BATCH,
    )
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(statement, [field_keys()[0].id] * len(columns))
            keys = [key for (key,) in cursor.fetchall()]
        rows = list(model._base_manager.filter(pk__in=keys))
        model._base_manager.bulk_update(rows, names)
    return len(rows)


def _sealed_models() -> Iterator[tuple[type[models.Model], list[EncryptedField]]]:
    """The models whose tables are in the schema served now and that have encrypted fields."""
    for model in apps.get_models():
        fields = [each for each in model._meta.local_concrete_fields if isinstance(each, EncryptedField)]
        if fields and model._meta.managed and router.allow_migrate_model(connection.alias, model):
            yield model, fields


def _holds_files(model: type[models.Model]) -> bool:
    return any(isinstance(each, EncryptedBytesField) for each in model._meta.local_concrete_fields)


def _only_grows(model: type[models.Model]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_HAS_TRIGGER, [_quote(model._meta.db_table)])
        return bool(cursor.fetchone()[0])


def _quote(name: str | None) -> str:
    return str(connection.ops.quote_name(str(name)))
