"""What it all happens on: two deployments of our own, city and province, with a line between them to break.

Everything is thrown away at the end. PostgreSQL writes as durably as in production: a crash may take nothing
that was committed.
"""

import contextlib
import json
import os
import random
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
import redis

from bancheng.devstack import ground, meeting
from bancheng.devstack.instance import Instance
from bancheng.devstack.ports import free_ports
from bancheng.devstack.postgres import PostgresServer
from bancheng.devstack.supervisor import Say, Supervisor
from bancheng.devstack.system import System, beat, web, worker
from bancheng.devstack.valkey import ValkeyServer
from tenants.demo.chaos.link import Link
from tenants.demo.chaos.ways import PROVINCE_CENTRE

CITY, PROVINCE = "city", "province"
WORKERS = {CITY: 2, PROVINCE: 1}
LABELS = {CITY: "市级", PROVINCE: "省级"}


@dataclass
class Side:
    """One deployment: where its database and queue are, which processes work for it, which centres it has."""

    system: System
    environment: dict[str, str]
    postgres: PostgresServer
    valkey: ValkeyServer
    centres: tuple[str, ...]

    @property
    def parts(self) -> list[str]:
        """Its processes that may be killed: workers, beat, web."""
        return [*(f"worker-{number}" for number in range(1, WORKERS[self.name] + 1)), "beat", "web"]

    @property
    def name(self) -> str:
        return self.system.name

    def database(self) -> "psycopg.Connection[tuple[object, ...]]":
        """A connection of our own to all schemas. Raises OperationalError while the server is down."""
        return psycopg.connect(self.postgres.url, connect_timeout=2, autocommit=True)

    def queue(self) -> redis.Redis:
        return redis.Redis.from_url(self.valkey.url, socket_timeout=2, socket_connect_timeout=2)


@dataclass
class Stage:
    """Both sides, the two directions of the line, and the supervisor who starts again what was killed."""

    supervisor: Supervisor
    sides: dict[str, Side]
    links: tuple[Link, Link]
    home: Path

    def service(self, side: Side, part: str) -> str:
        return side.system.called(part)

    def kill_tree(self, side: Side, part: str) -> None:
        """SIGKILL for a service and all its children; it is started again at once."""
        self.supervisor.kill(self.service(side, part))
        self.supervisor.revive(self.service(side, part))

    def kill_child(self, side: Side, part: str, rng: random.Random) -> bool:
        """SIGKILL for one process below a service, which it replaces itself; False when there is none."""
        children = _children(self.supervisor.pid(self.service(side, part)))
        if not children:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(rng.choice(children), signal.SIGKILL)
        return True

    def crash_database(self, side: Side) -> None:
        """SIGKILL for the postmaster and every backend, then a start that has to recover from the log."""
        name = self.service(side, "postgres")
        children = _children(self.supervisor.pid(name))  # each leads a group of its own
        self.supervisor.kill(name)
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        self.supervisor.revive(name)

    def tend(self) -> int:
        """Start again what has ended without our doing, as a service manager would; how many that were."""
        names = [self.service(side, part) for side in self.sides.values() for part in side.parts]
        gone = [name for name in names if self.supervisor.ended(name)]
        for name in gone:
            self.supervisor.revive(name)
        return len(gone)

    def rebuild(self, build: str) -> None:
        """End workers and web, and start those of another build in their place."""
        for side in self.sides.values():
            for part in side.parts:
                self.supervisor.kill(self.service(side, part))
            _start_processes(side, self.supervisor, build)

    def environment_of(self, side: Side) -> dict[str, str]:
        """All variables of a process that works inside this side."""
        return {**os.environ, **side.environment}


@contextlib.contextmanager
def stage(
    centres: Sequence[str], *, matters: int, seed: int, say: Say, build: str = "", like: str = ""
) -> Iterator[Stage]:
    """Put it up, each of the city's `centres` with so many open matters; take it down afterwards.

    `build` is a module that workers and web import first, for a test build. `like` is the URL of a database
    from which the ground may be copied instead of being laid.
    """
    home = Path(tempfile.mkdtemp(prefix="bancheng-chaos-"))
    home.chmod(0o711)
    supervisor = Supervisor(home / "logs", say)
    supervisor.remove_at_end(home)
    links: list[Link] = []
    try:
        city = _servers(home, CITY, tuple(centres), supervisor)
        _prepare(city, supervisor, matters, seed, like)
        province = _servers(home, PROVINCE, (PROVINCE_CENTRE,), supervisor)
        _prepare(province, supervisor, matters, seed, city.postgres.url)
        sides = {CITY: city, PROVINCE: province}
        links = [
            Link(port, side.system.port) for port, side in zip(free_ports(2), sides.values(), strict=True)
        ]
        for link in links:
            link.start()
        meeting.introduce(*(_party(side, link) for side, link in zip(sides.values(), links, strict=True)))
        for side in sides.values():
            _start_processes(side, supervisor, build)
        yield Stage(supervisor, sides, (links[0], links[1]), home)
    finally:
        for link in links:
            link.stop()
        supervisor.kill_all()
        supervisor.stop()


def _servers(home: Path, name: str, centres: tuple[str, ...], supervisor: Supervisor) -> Side:
    place = home / name
    place.mkdir(mode=0o711)
    kept = Instance(place).keys()
    ports = free_ports(3)
    postgres = PostgresServer(place, ports[0], kept["POSTGRES_PASSWORD"])
    valkey = ValkeyServer(place, ports[1], kept["VALKEY_PASSWORD"])
    system = System(place, ports[2], name=name, label=LABELS[name], workers=1, web_workers=1)
    supervisor.remove_at_end(postgres.place)
    postgres.prepare()
    for service in (postgres.service(), valkey.service()):
        supervisor.start(system.own(service))
    environment = {
        **{key: value for key, value in kept.items() if "PASSWORD" not in key},
        "DATABASE_URL": postgres.url,
        "REDIS_URL": valkey.url,
        "DJANGO_SETTINGS_MODULE": "bancheng.settings.demo",
        "BANCHENG_HOME": str(place),
        "BASE_DOMAIN": "localhost",
        "PORT": str(system.port),
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "LOG_LEVEL": "WARNING",
    }
    return Side(system, environment, postgres, valkey, centres)


def _prepare(side: Side, supervisor: Supervisor, matters: int, seed: int, like: str) -> None:
    if like:
        ground.copy(like, side.postgres.url)
    what = json.dumps({"centres": side.centres, "matters": matters, "seed": seed})
    argv = [sys.executable, "-m", "tenants.demo.chaos", "prepare", what]
    supervisor.run(side.system.called("prepare"), f"准备{side.system.label}系统", argv, side.environment)


def _party(side: Side, link: Link) -> meeting.Party:
    """As the other side will know it: behind the line."""
    environment = {**os.environ, **side.environment}
    return meeting.Party(environment, side.name, side.name, f"http://localhost:{link.port}")


def _start_processes(side: Side, supervisor: Supervisor, build: str) -> None:
    more = ["--include", build] if build else []
    services = [
        replace(worker(side.system, side.environment, *more, "--hostname", f"{part}@{side.name}"), name=part)
        for part in side.parts
        if part.startswith("worker")
    ]
    services.append(beat(side.system, side.environment))
    services.append(web(side.system, side.environment, f"{build or 'bancheng.wsgi'}:application"))
    for service in services:
        supervisor.start(side.system.own(service))


def _children(parent: int) -> list[int]:
    """The processes directly below one."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text()
        except OSError:  # it has just ended
            continue
        if int(stat.rpartition(")")[2].split()[1]) == parent:
            found.append(int(folder.name))
    return found
