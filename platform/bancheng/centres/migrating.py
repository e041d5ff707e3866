"""Bring schemas to the migrations of this release: public, then every centre and the office."""

import io
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from inspect import getfile
from pathlib import Path

from django.core.management import call_command
from django.core.management.commands.migrate import Command as Migrate
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from bancheng.centres.models import Centre, Kind
from bancheng.tenancy import PUBLIC, tenant_connection

Applied = frozenset[tuple[str, str]]


def migrate_schema(schema: str, kind: str) -> None:
    """Apply Django's own migrate to one schema, in the way of its kind. The schema must exist.

    Commits as it goes unless called inside a transaction. The connection serves public afterwards.
    """
    try:
        # Without public in sight, or the recorder would take public's django_migrations for this schema's.
        serve(schema, kind, include_public=False)
        MigrationRecorder(connection).ensure_schema()
        serve(schema, kind)
        call_command(Migrate(), interactive=False, verbosity=0, skip_checks=True, stdout=io.StringIO())
    finally:
        tenant_connection.set_schema_to_public()


def serve(schema: str, kind: str, *, include_public: bool = True) -> None:
    """Serve a schema that the registry may not know (yet); the router then allows the tables of this kind."""
    tenant_connection.set_tenant(_Kind(schema, kind), include_public=include_public)


def applied(schema: str) -> Applied:
    """The migrations recorded in a schema; empty when it has no record. One query, or two."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [f'"{schema}".django_migrations'])
        if cursor.fetchone()[0] is None:
            return frozenset()
        cursor.execute(f'SELECT app, name FROM "{schema}".django_migrations')  # noqa: S608  # a checked name
        return frozenset(cursor.fetchall())


def behind(schemas: Iterable[str]) -> list[str]:
    """Those of the schemas that lack a migration of this release, in the order given."""
    wanted = released()
    return [schema for schema in schemas if not wanted <= applied(schema)]


def schemas() -> list[tuple[str, str]]:
    """Every registered schema but public and its kind, suspended ones too; empty before the first migrate."""
    if not applied(PUBLIC):
        return []
    return list(Centre.objects.exclude(kind=Kind.PUBLIC).values_list("schema_name", "kind"))


@lru_cache(maxsize=1)
def released() -> Applied:
    """The migrations that this release of the code has. Read once per process."""
    return frozenset(_loader().disk_migrations)


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Changes whenever a migration of this release is added or edited. Read once per process."""
    digest = sha256()
    for key, migration in sorted(_loader().disk_migrations.items()):
        digest.update(repr(key).encode() + Path(getfile(type(migration))).read_bytes())
    return digest.hexdigest()


class _Kind:
    """What the tenant router asks of a schema that the registry does not know (yet)."""

    def __init__(self, schema_name: str, kind: str) -> None:
        self.schema_name = schema_name
        self.kind = kind

    def get_tenant_type(self) -> str:
        return self.kind


@lru_cache(maxsize=1)
def _loader() -> MigrationLoader:
    return MigrationLoader(None, ignore_no_migrations=True)
