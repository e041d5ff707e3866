"""Tables that only grow: triggers that refuse change, and hashes that show where it happened all the same."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Protocol, TypeVar
from uuid import UUID

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from bancheng.privacy.keys import derive, index_secret, keyed_hash
from bancheng.tenancy import current_schema

# Tests empty tables between them: `SET "bancheng.may_truncate" = 'on'` opens TRUNCATE, and only in a
# database whose name starts with test_. Nothing opens UPDATE or DELETE.
TRUNCATE_DOOR = "bancheng.may_truncate"

# No schema is named in it, so a schema can be dumped, renamed and replayed with its own copy.
_FUNCTION = f"""
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'TRUNCATE' AND left(current_database(), 5) = 'test_'
       AND current_setting('{TRUNCATE_DOOR}', true) = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'table %.% only grows: % refused', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END
$body$
"""
# ALWAYS: they fire under session_replication_role = replica as well.
_TRIGGERS = (
    "CREATE TRIGGER only_grows_rows BEFORE UPDATE OR DELETE ON {table}"
    " FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER only_grows_table BEFORE TRUNCATE ON {table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "ALTER TABLE {table} ENABLE ALWAYS TRIGGER only_grows_rows",
    "ALTER TABLE {table} ENABLE ALWAYS TRIGGER only_grows_table",
)
_DROP_TRIGGERS = (
    "DROP TRIGGER only_grows_rows ON {table}",
    "DROP TRIGGER only_grows_table ON {table}",
)


class AppendOnly(Operation):
    """In a migration after the CreateModel: rows of this model can be inserted and read, nothing else.

    UPDATE, DELETE and TRUNCATE fail with IntegrityError, whoever issues them. A schema that has no table
    for the model gets no trigger. Reversible; the shared function stays for the other tables of the schema.
    """

    reversible = True

    def __init__(self, model_name: str) -> None:
        self.model_name = model_name

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The models look the same."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        self._execute(app_label, schema_editor, to_state, (_FUNCTION, *_TRIGGERS))

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        self._execute(app_label, schema_editor, from_state, _DROP_TRIGGERS)

    def describe(self) -> str:
        return f"Let the table of {self.model_name} only grow"

    @property
    def migration_name_fragment(self) -> str:
        return f"{self.model_name.lower()}_only_grows"

    def _execute(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        state: ProjectState,
        statements: tuple[str, ...],
    ) -> None:
        model = state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        table = schema_editor.quote_name(model._meta.db_table)
        for statement in statements:
            schema_editor.execute(statement.replace("{table}", table), params=None)


class Settled(AppendOnly):
    """In a migration after the CreateModel: rows of this model in this state can only be read from then on.

    UPDATE and DELETE of such a row fail with IntegrityError; a row gets there by an update like any other.
    """

    def __init__(self, model_name: str, state: str) -> None:
        super().__init__(model_name)
        self.state = state

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        trigger = (
            "CREATE TRIGGER settled_rows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW"
            f" WHEN (OLD.state = '{self.state}') EXECUTE FUNCTION refuse_change()"
        )
        always = "ALTER TABLE {table} ENABLE ALWAYS TRIGGER settled_rows"
        self._execute(app_label, schema_editor, to_state, (_FUNCTION, trigger, always))

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        self._execute(app_label, schema_editor, from_state, ("DROP TRIGGER settled_rows ON {table}",))

    def describe(self) -> str:
        return f"Let {self.model_name} rows that are {self.state} stay as they are"

    @property
    def migration_name_fragment(self) -> str:
        return f"{self.model_name.lower()}_settled"


class Link(Protocol):
    """A row of a hash chain. `seq` counts from 1 without gaps."""

    seq: int
    previous_hash: str
    hash: str


L = TypeVar("L", bound=Link)


@dataclass(frozen=True)
class Broken:
    """The first place where a chain does not hold, and why, in words for the auditor."""

    seq: int
    why: str


def chain_hash(previous: str, payload: Mapping[str, Any]) -> str:
    """64 hex digits over `payload` and the hash before it, keyed per schema (HMAC-SM3).

    Equal payloads hash equally before and after a trip through the database. `previous` is "" for the first
    link. Raises TypeError for what has no exact form: a naive datetime, a float, an unknown type.
    """
    key = derive(index_secret(), "hash chain", current_schema())
    return keyed_hash(key, canonical_json([previous, payload]).encode()).hex()


def verify_chain(rows: Iterable[L], payload: Callable[[L], Mapping[str, Any]]) -> Broken | None:
    """The first link that does not hold, or None. `rows` is the whole chain, in the order of `seq`.

    `payload` says what the hash of a row vouches for: the same as when it was written, `seq` included.

    A chain cut off at its end holds in itself: compare its head with one kept elsewhere.
    """
    expected, previous = 1, ""
    for row in rows:
        if row.seq != expected:
            return Broken(expected, f"缺少第{expected}条，下一条是第{row.seq}条")
        if row.previous_hash != previous:
            return Broken(row.seq, f"第{row.seq}条与前一条不衔接")
        if row.hash != chain_hash(previous, payload(row)):
            return Broken(row.seq, f"第{row.seq}条的内容与其校验值不符")
        expected, previous = row.seq + 1, row.hash
    return None


def canonical_json(value: Any) -> str:
    """One text for equal values: sorted keys, no spaces, moments in UTC, decimals without trailing zeros."""
    return json.dumps(_exact(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _exact(value: Any) -> Any:
    match value:
        case None | bool():
            return value
        case str():
            return str(value)
        case int():
            return int(value)
        case UUID():
            return str(value)
        case Decimal() if value.is_finite():
            return format(value.normalize() if value else Decimal(0), "f")
        case datetime() if value.tzinfo is not None:
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case date() if not isinstance(value, datetime):
            return value.isoformat()
        case Mapping():
            if any(not isinstance(key, str) for key in value):
                raise TypeError("keys of a hashed mapping must be text")
            return {str(key): _exact(item) for key, item in value.items()}
        case list() | tuple():
            return [_exact(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no exact form to hash")
