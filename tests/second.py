"""A second deployment for tests: the province's own system, as processes, beside the test's.

It has a database of its own on the test's PostgreSQL, a Valkey of its own and keys of its own. What the two
know of each other goes over HTTP only.
"""

import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from django.db import connection
from psycopg import sql

from bancheng.devstack import ground, meeting
from bancheng.devstack.instance import Instance
from bancheng.devstack.ports import free_ports
from bancheng.devstack.supervisor import Supervisor
from bancheng.devstack.system import System, processes
from bancheng.devstack.valkey import ValkeyServer

ROOT = Path(__file__).resolve().parents[1]
_SOURCES = os.pathsep.join((str(ROOT / "platform"), str(ROOT)))


@dataclass(frozen=True)
class Second:
    """The province's system while it runs; people log in at `host` with the demo's names and password."""

    system: System
    environment: Mapping[str, str]

    @property
    def host(self) -> str:
        """The province's centre, with its port."""
        return f"province.localhost:{self.system.port}"

    @property
    def database_url(self) -> str:
        return self.environment["DATABASE_URL"]

    def meets(self, city_url: str) -> None:
        """Have the test's own system, whose pages are at `city_url`, and this one register each other."""
        here = dict(os.environ) | {
            "DATABASE_URL": _tests_database(),
            "DJANGO_SETTINGS_MODULE": "bancheng.settings.test",
            "PYTHONPATH": _SOURCES,
        }
        meeting.introduce(
            meeting.Party(here, "zhangjiakou", "张家口市系统", city_url.rstrip("/")),
            meeting.Party(self.environment, "hebei", "河北省系统（示例名称）", self.system.url.rstrip("/")),
        )

    def command(self, *arguments: str) -> str:
        """What `bancheng …` says there."""
        done = subprocess.run(
            [sys.executable, "-m", "django", *arguments],
            env=dict(self.environment),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout


@contextmanager
def second_deployment() -> Iterator[Second]:
    """Start the province's system with everything it needs; afterwards nothing of it is left."""
    with tempfile.TemporaryDirectory(prefix="bancheng-second-") as folder:
        system = System(Path(folder), free_ports(1)[0], name="province", workers=1, web_workers=1)
        supervisor = Supervisor(system.place / "logs", say=_say_nothing)
        with _database() as url:
            try:
                valkey = ValkeyServer(system.place, free_ports(1)[0], secrets.token_hex(8))
                supervisor.start(valkey.service())
                ground.copy(_tests_database(), url)
                environment = _environment(system, url, valkey.url)
                second = Second(system, environment)
                second.command("seed", "--province")
                for service in processes(system, environment):
                    supervisor.start(replace(service, env=environment))
                yield second
            finally:
                supervisor.stop()


@contextmanager
def _database() -> Iterator[str]:
    """A database of our own on the test's server, gone afterwards."""
    base = os.environ["DATABASE_URL"]
    name = f"province_{secrets.token_hex(4)}"
    with psycopg.connect(base, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlsplit(base)._replace(path=f"/{name}").geturl()
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _tests_database() -> str:
    """The one this test runs on, which has the ground already."""
    name = connection.settings_dict["NAME"]
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def _environment(system: System, database_url: str, redis_url: str) -> dict[str, str]:
    """What leads to the second system: its own keys, nothing of the test's."""
    kept = {name: value for name, value in Instance(system.place).keys().items() if "PASSWORD" not in name}
    environment = os.environ | kept
    environment |= {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "DJANGO_SETTINGS_MODULE": "bancheng.settings.test",
        "PORT": str(system.port),
        "BANCHENG_HOME": str(system.place),
        "PYTHONPATH": _SOURCES,
    }
    environment.pop("PYTEST_XDIST_WORKER", None)  # it would send them to a numbered queue
    return environment


def _say_nothing(text: str, end: str = "") -> None:
    """A test reports for itself."""
