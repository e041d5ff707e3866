"""Roll migrations out to many schemas: their SQL is written once per group and replayed, a transaction each.

A group are schemas of one kind with the same migrations applied. What cannot be foreseen as SQL alone (code,
hand-written SQL, anything that looks into the database first) is left to Django's migrate, schema by schema.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.contrib.contenttypes.management import create_contenttypes
from django.db import connection, transaction
from django.db.migrations import Migration, operations
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql as psql

from bancheng.centres.migrating import Applied, applied, migrate_schema, released, serve
from bancheng.privacy.append_only import AppendOnly
from bancheng.tenancy import tenant_connection

# An ALTER TABLE that waits for a long query makes everybody behind it wait: better to give up and say so.
LOCK_TIMEOUT = "10s"

# RenameModel is not among them: Django renames its content type by code.
FORESEEABLE = (
    operations.AddConstraint,
    operations.AddField,
    operations.AddIndex,
    operations.AlterField,
    operations.AlterModelManagers,
    operations.AlterModelOptions,
    operations.CreateModel,
    operations.DeleteModel,
    operations.RemoveConstraint,
    operations.RemoveField,
    operations.RemoveIndex,
    operations.RenameField,
    operations.RenameIndex,
    AppendOnly,
)


@dataclass(frozen=True)
class Step:
    """One schema brought up to date, by replay or by Django's migrate."""

    schema: str
    replayed: bool


def roll_out(schemas: Iterable[tuple[str, str]]) -> Iterator[Step]:
    """Bring every (schema, kind) that is behind to this release; those up to date are passed over in silence.

    Each schema is whole or untouched where it was replayed. Raises what the database raises, also when a
    lock was not to be had within LOCK_TIMEOUT; run it again, and it goes on where it stopped.
    """
    groups: dict[tuple[str, Applied], list[str]] = {}
    for schema, kind in schemas:
        have = applied(schema)
        if not released() <= have:
            groups.setdefault((kind, have), []).append(schema)
    for (kind, have), members in groups.items():
        script = _write(members[0], kind) if have else None
        for schema in members:
            replayed = script is not None and script.replay(schema, kind, have)
            if not replayed:
                migrate_schema(schema, kind)
            yield Step(schema, replayed)


@dataclass(frozen=True)
class _Script:
    """The statements of a plan, the rows that record it, and the apps whose models changed."""

    statements: str
    records: tuple[tuple[str, str], ...]
    labels: frozenset[str]

    def replay(self, schema: str, kind: str, have: Applied) -> bool:
        """Apply the plan to a schema in one transaction; False, with nothing done, if it has moved on."""
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                serve(schema, kind)
                cursor.execute(psql.SQL("SET LOCAL lock_timeout = {}").format(LOCK_TIMEOUT))
                cursor.execute("LOCK TABLE django_migrations IN EXCLUSIVE MODE")
                if applied(schema) != have:
                    return False
                cursor.execute(self.statements)
                cursor.executemany(
                    "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, now())", self.records
                )
                for label in self.labels:
                    create_contenttypes(installed.get_app_config(label), verbosity=0)
                    create_permissions(installed.get_app_config(label), verbosity=0)
        finally:
            tenant_connection.set_schema_to_public()
        return True


class _LooksIntoTheDatabase(Exception):
    """An operation asked the database something, so its SQL may differ from schema to schema."""


def _write(schema: str, kind: str) -> _Script | None:
    """The plan that brings this schema to the release, as SQL; None if some of it can't be foreseen."""
    try:
        serve(schema, kind)
        executor = MigrationExecutor(connection)
        plan = [step for step, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
        if not all(_foreseeable(migration) for migration in plan):
            return None
        state = executor.loader.project_state(list(executor.loader.applied_migrations))
        statements: list[str] = []
        with connection.execute_wrapper(_refuse_to_look):
            for migration in plan:
                with connection.schema_editor(collect_sql=True, atomic=True) as editor:
                    state = migration.apply(state, editor, collect_sql=True)
                statements += editor.collected_sql
    except _LooksIntoTheDatabase:
        return None
    finally:
        tenant_connection.set_schema_to_public()
    labels = {migration.app_label for migration in plan}
    records = tuple((migration.app_label, migration.name) for migration in plan)
    return _Script("\n".join(statements) or "SELECT", records, frozenset(labels))


def _foreseeable(migration: Migration) -> bool:
    return migration.atomic is not False and all(type(one) in FORESEEABLE for one in migration.operations)


def _refuse_to_look(*_: Any) -> NoReturn:
    raise _LooksIntoTheDatabase
