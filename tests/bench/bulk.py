"""Many rows by one statement, where acts or single objects would take hours; good enough to be counted."""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import Model

# What a column gets that may not be empty, has no default and is not told.
_NOTHING: Mapping[str, str] = {
    "bool": "false",
    "bytea": "''",
    "date": "current_date",
    "int2": "0",
    "int4": "0",
    "int8": "0",
    "jsonb": "'{}'",
    "text": "''",
    "timestamptz": "now()",
    "uuid": "gen_random_uuid()",
    "varchar": "''",
}


def insert(table: str, source: str, **columns: str) -> None:
    """Insert a row into `table` for each of `source` (what stands after FROM); `columns` are SQL.

    The table is looked up as the connection's search path does.
    """
    told = _needed(table) | columns
    names, values = ", ".join(f'"{name}"' for name in told), ", ".join(told.values())
    execute(f"INSERT INTO {table} ({names}) SELECT {values} FROM {source}")  # noqa: S608  # our own names


def sealed(model: type[Model]) -> dict[str, str]:
    """The encrypted columns of a model with a word in each, sealed for the centre that is served."""
    from bancheng.privacy.fields import EncryptedTextField

    return {
        field.column: f"'\\x{field.get_db_prep_value('示例', connection).obj.hex()}'::bytea"
        for field in model._meta.concrete_fields
        if isinstance(field, EncryptedTextField)
    }


def execute(statement: str, parameters: Any = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def analyze() -> None:
    """Tell the planner what there is now, in all schemas."""
    execute("ANALYZE")


def _needed(table: str) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS, [table])
        return {name: "'{}'" if kind.startswith("_") else _NOTHING[kind] for name, kind in cursor.fetchall()}


_COLUMNS = """
SELECT a.attname, t.typname FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
WHERE a.attrelid = to_regclass(%s) AND a.attnum > 0 AND a.attnotnull
  AND NOT a.atthasdef AND a.attidentity = '' AND NOT a.attisdropped
"""
