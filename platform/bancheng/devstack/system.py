"""One whole system on this machine: a database, a queue, workers, the schedule and the pages."""

import http.client
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from bancheng.devstack.instance import Instance
from bancheng.devstack.ports import free_ports
from bancheng.devstack.postgres import PostgresServer
from bancheng.devstack.supervisor import Service, Supervisor
from bancheng.devstack.valkey import ValkeyServer


@dataclass(frozen=True)
class System:
    """A deployment with data, keys and lock of its own in `place`; its pages are at `bind`:`port`.

    `name` tells its services and logs from those of another system under the same supervisor; `seed` is the
    management command that prepares its data, `hosts` are the addresses that people are told.
    """

    place: Path
    port: int
    bind: str = "127.0.0.1"
    name: str = ""
    label: str = ""
    seed: tuple[str, ...] = ("seed",)
    hosts: Mapping[str, str] = field(default_factory=dict)
    workers: int = 2
    web_workers: int = 2

    def called(self, part: str) -> str:
        """The name of one of its services or logs."""
        return f"{self.name}-{part}" if self.name else part

    def own(self, service: Service) -> Service:
        """The service under a name and a label that tell whose it is."""
        return replace(service, name=self.called(service.name), label=f"{self.label}{service.label}")

    @property
    def url(self) -> str:
        """Where its public face is found from this machine."""
        return f"http://localhost:{self.port}/"


def start_servers(
    system: System, instance: Instance, supervisor: Supervisor, named: Mapping[str, str], demo: int
) -> dict[str, str]:
    """Start what no URL in `named` leads to. Returns, and announces, the variables that lead to the system.

    `demo` is the process that owns the system, by which its settings know that they are a demo's.
    """
    kept = instance.keys()
    environment = {
        "DJANGO_SETTINGS_MODULE": "bancheng.settings.demo",
        "BANCHENG_DEMO": str(demo),
        "BANCHENG_HOME": str(instance.place),
        "BASE_DOMAIN": named.get("BASE_DOMAIN") or "localhost",
        "PORT": str(system.port),
        "PYTHONUNBUFFERED": "1",
        **{name: named.get(name) or value for name, value in kept.items() if "PASSWORD" not in name},
    }
    postgres_port, valkey_port = free_ports(2)
    environment["DATABASE_URL"] = named.get("DATABASE_URL", "")
    if not environment["DATABASE_URL"]:
        postgres = PostgresServer(instance.place, postgres_port, kept["POSTGRES_PASSWORD"])
        postgres.prepare()
        supervisor.start(system.own(postgres.service()))
        environment["DATABASE_URL"] = postgres.url
    environment["REDIS_URL"] = named.get("REDIS_URL", "")
    if not environment["REDIS_URL"]:
        valkey = ValkeyServer(instance.place, valkey_port, kept["VALKEY_PASSWORD"])
        supervisor.start(system.own(valkey.service()))
        environment["REDIS_URL"] = valkey.url
    instance.announce(environment)
    return environment


def processes(system: System, environment: Mapping[str, str]) -> list[Service]:
    """Our own processes in the order of their start; they end in the reverse order."""
    return [
        system.own(service)
        for service in (worker(system, environment), beat(system, environment), web(system, environment))
    ]


def worker(system: System, environment: Mapping[str, str], *more: str) -> Service:
    """What works in the background; `more` are arguments of Celery's."""
    argv = [*_CELERY, "worker", "--loglevel", "INFO", "--concurrency", str(system.workers), *more]
    return Service("worker", "后台任务", argv, environment, stop_within=8.0)


def beat(system: System, environment: Mapping[str, str]) -> Service:
    """What asks for the periodic work."""
    schedule = str(system.place / "celerybeat-schedule")
    argv = [*_CELERY, "beat", "--loglevel", "INFO", "--schedule", schedule, "--pidfile="]
    return Service("beat", "定时任务", argv, environment)


def web(
    system: System, environment: Mapping[str, str], application: str = "bancheng.wsgi:application"
) -> Service:
    """What serves the pages, and what other deployments send."""
    return Service(
        "web",
        "网页服务",
        [
            sys.executable, "-m", "gunicorn", application,
            "--bind", f"{system.bind}:{system.port}",
            "--worker-class", "gthread", "--workers", str(system.web_workers), "--threads", "4",
            "--graceful-timeout", "4", "--no-control-socket",
        ],
        environment,
        ready=lambda: answers(system),
        ready_within=90.0,
    )  # fmt: skip


def answers(system: System) -> bool:
    """Whether the landing page answers."""
    address = "127.0.0.1" if system.bind == "0.0.0.0" else system.bind  # noqa: S104
    connection = http.client.HTTPConnection(address, system.port, timeout=5)
    try:
        connection.request("GET", "/", headers={"Host": f"localhost:{system.port}"})
        return connection.getresponse().status < 400
    except OSError:
        return False
    finally:
        connection.close()


_CELERY = (sys.executable, "-m", "celery", "-A", "bancheng.celery")
