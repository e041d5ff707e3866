"""The ground of a deployment (public tables, dictionaries, calendar, templates) copied into a new database.

Laying it anew takes some ten seconds, copying it one: for whoever starts a second one of the same release.
"""

import os
import subprocess

import psycopg

from bancheng.devstack.binaries import find_postgres_tool
from bancheng.devstack.supervisor import Failed

# What belongs to one deployment alone: its registry, its messages, its figures.
_ITS_OWN = (
    "exchange_*", "overview_*", "centres_centre", "centres_host", "centres_chainanchor",
    "centres_periodicrun", "centres_heartbeat",
)  # fmt: skip


def copy(source: str, target: str) -> None:
    """Copy the ground from the database at the URL `source` into the empty one at `target`. Raises Failed."""
    left_out = [f"--exclude-table-data=public.{table}" for table in _ITS_OWN]
    dump = _run("pg_dump", "--schema=public", "--no-owner", "--no-privileges", *left_out, source)
    extension = "CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;"  # a dump of one schema has none
    text = dump.replace("CREATE SCHEMA public;", extension, 1)
    _run("psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--single-transaction", target, said=text)


def copy_if_empty(source: str, target: str) -> bool:
    """The same where there is nothing yet; False where there is, or where the programs do not fit."""
    with psycopg.connect(target) as connection:
        row = connection.execute("SELECT to_regclass('public.django_migrations') IS NULL").fetchone()
    if not row or not row[0]:
        return False
    try:
        copy(source, target)
    except Failed:
        return False
    return True


def _run(program: str, *arguments: str, said: str | None = None) -> str:
    path = find_postgres_tool(program)
    if path is None:
        raise Failed(f"本机没有{program}，无法复制数据库")
    done = subprocess.run(  # noqa: S603
        [str(path), *arguments],
        env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
        input=said,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Failed(f"{program} 失败：\n{done.stderr[-1500:]}")
    return done.stdout
