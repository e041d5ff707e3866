"""What a fresh test database holds, kept in .pytest_cache from one run and one worker to the next.

Making it is twenty seconds of migrating, putting it back two. It is made anew as soon as anything changes
that it is made from, and each time where no pg_dump and psql fit the server.
"""

import fcntl
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import django
from django.db import connection

from bancheng.devstack.binaries import find_postgres_tool

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / ".pytest_cache" / "ground"
# The apps that lay the ground, beside everybody's migrations and what those import.
LAYING = ("centres", "catalogue", "timekeeping", "privacy", "tenancy")


def lay(make: Callable[[], None]) -> None:
    """Fill the empty database of the connection as `make` does, from what is kept where that still holds.

    Workers that come at the same time wait for the first one's.
    """
    KEPT.mkdir(parents=True, exist_ok=True)
    with _alone():
        key = _key()
        kept = KEPT / f"{key}.sql"
        if kept.exists() and _loaded(kept):
            return
        make()
        for old in KEPT.glob("*.sql"):
            old.unlink()
        dump = _dumped()
        if dump is not None and key == _key():  # else somebody edits a migration just now
            kept.write_bytes(dump)


def _key() -> str:
    """Another one whenever a file changes that the ground is made from, or Django, or the server."""
    digest = sha256(f"{django.VERSION} {connection.cursor().connection.info.server_version}".encode())
    for path in sorted(_sources()):
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    for app in LAYING:
        place = ROOT / "platform" / "bancheng" / app
        yield from (path for path in place.rglob("*") if path.is_file() and path.suffix != ".pyc")
    yield from (ROOT / "platform").glob("bancheng/*/migrations/*.py")
    yield from (ROOT / "tenants").glob("*/migrations/*.py")


def _dumped() -> bytes | None:
    done = _run("pg_dump", "--no-owner", "--no-privileges", "--rows-per-insert", "500")
    return done.stdout if done and done.returncode == 0 else None


def _loaded(kept: Path) -> bool:
    whole = ("--set=ON_ERROR_STOP=1", "--single-transaction")
    done = _run("psql", "--quiet", "--no-psqlrc", *whole, "--output", os.devnull, "--file", str(kept))
    return done is not None and done.returncode == 0


def _run(program: str, *arguments: str) -> subprocess.CompletedProcess[bytes] | None:
    """The program at the connection's database; the password goes by the environment. None without it."""
    path = find_postgres_tool(program)
    if path is None:
        return None
    settings = connection.settings_dict
    target = {
        "PGHOST": settings["HOST"],
        "PGPORT": str(settings["PORT"]),
        "PGUSER": settings["USER"],
        "PGPASSWORD": settings["PASSWORD"],
        "PGDATABASE": settings["NAME"],
    }
    command = [str(path), *arguments]
    return subprocess.run(command, env=os.environ | target, capture_output=True, check=False)


@contextmanager
def _alone() -> Iterator[None]:
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
