"""A fresh schema in one piece: pg_dump of a migrated sample, kept per kind and replayed under another name.

Replaying is exact (names of constraints, triggers, functions and indexes are those that migrating gives) and
several times faster than migrating. Where pg_dump is missing or older than the server, schemas are migrated.
"""

import logging
import os
import re
import subprocess
from collections.abc import Iterator

from django.db import connection

from bancheng.centres import migrating
from bancheng.centres.models import SCHEMA_NAME, Kind, SchemaTemplate
from bancheng.centres.scope import in_public
from bancheng.devstack.binaries import find_postgres_tool, version_of
from bancheng.tenancy import tenant_connection
from bancheng.timekeeping import clock

log = logging.getLogger(__name__)

# Long and odd on purpose: no table, function or row of ours can contain these words by chance.
SAMPLES = {Kind.CENTRE: "bancheng_template_centre", Kind.OFFICE: "bancheng_template_office"}
_LOCK = 0x62636D62  # one process at a time builds samples


class NoTemplate(RuntimeError):
    """No pg_dump here can read this server, or a transaction is open that would hide the sample from it."""


def template_sql(kind: str) -> str:
    """The statements that make a schema of this kind at this release, for `replay`. Built when not kept yet.

    Raises NoTemplate when it can't be built here and now.
    """
    with in_public():
        kept = SchemaTemplate.objects.filter(kind=kind, fingerprint=migrating.fingerprint()).first()
        return kept.sql if kept else _build(Kind(kind))


def replay(sql: str, *, kind: str, schema: str) -> None:
    """Make `schema` from `template_sql(kind)`, all or nothing when called inside a transaction."""
    if not SCHEMA_NAME.fullmatch(schema):
        raise ValueError(f"{schema!r} is no schema name")
    with connection.cursor() as cursor:
        cursor.execute(re.sub(rf"\b{SAMPLES[Kind(kind)]}\b", schema, sql))


def _build(kind: Kind) -> str:
    if connection.in_atomic_block:
        raise NoTemplate("a sample migrated inside a transaction is invisible to pg_dump")
    sample, dump = SAMPLES[kind], _pg_dump()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            cursor.execute(f"DROP SCHEMA IF EXISTS {sample} CASCADE")
            cursor.execute(f"CREATE SCHEMA {sample}")
            migrating.migrate_schema(sample, kind)
            sql = "\n".join(_replayable(_dump(dump, sample).splitlines()))
            cursor.execute(f"DROP SCHEMA {sample} CASCADE")
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
    SchemaTemplate.objects.update_or_create(
        kind=kind, defaults={"fingerprint": migrating.fingerprint(), "sql": sql, "made_at": clock.now()}
    )
    return sql


def _pg_dump() -> str:
    """The path of a pg_dump that can read this server: it must not be older than the server."""
    program = find_postgres_tool("pg_dump")
    if program is None:
        raise NoTemplate("there is no pg_dump on this machine")
    connection.ensure_connection()
    server = tenant_connection.pg_version // 10000
    if int(version_of(program).split(".")[0]) < server:
        raise NoTemplate(f"{program} is older than the server ({server})")
    return str(program)


def _dump(program: str, schema: str) -> str:
    """What pg_dump writes of one schema. The password goes by the environment, out of sight of `ps`."""
    settings = connection.settings_dict
    target = {
        "PGHOST": "HOST",
        "PGPORT": "PORT",
        "PGUSER": "USER",
        "PGPASSWORD": "PASSWORD",
        "PGDATABASE": "NAME",
    }
    environment = os.environ | {name: str(settings[key]) for name, key in target.items() if settings[key]}
    command = [program, "--schema", schema, "--rows-per-insert", "500", "--no-owner", "--no-privileges"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise NoTemplate(f"pg_dump failed: {done.stderr.strip()}")
    return done.stdout


def _replayable(lines: list[str]) -> Iterator[str]:
    r"""The dump without what belongs to psql or to the session: \restrict, SET lines not all servers know.

    Everything before CREATE SCHEMA is of that sort; two more SET lines follow among the tables.
    """
    start = next(number for number, line in enumerate(lines) if line.startswith("CREATE SCHEMA "))
    for line in lines[start:]:
        if not line.startswith(("\\", "--", "SET default_tablespace", "SET default_table_access_method")):
            yield line
