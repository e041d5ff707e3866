"""Real workers and a broker of one's own, to be killed without warning and started again."""

import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import pytest
from celery import Celery
from django.db import connection

import bancheng.celery
from bancheng.devstack.ports import free_ports
from bancheng.devstack.valkey import ValkeyServer

ROOT = Path(__file__).resolve().parents[2]


class Killable:
    """A program and all its children, started again as often as they are killed."""

    def __init__(self, argv: list[str], log: Path, env: dict[str, str] | None = None) -> None:
        self.argv, self.log, self.env, self.kills = argv, log, env, 0
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.argv, cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.kills += 1

    def restart(self) -> None:
        self.kill()
        self.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()


@pytest.fixture
def valkey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Killable, str]]:
    """A broker of our own, to be flushed and killed, which this process publishes to as well."""
    server = ValkeyServer(tmp_path, free_ports(1)[0], secrets.token_hex(8))
    service = server.service()
    assert service.before is not None
    service.before()
    app = Celery()
    app.config_from_object("django.conf:settings", namespace="CELERY")
    app.conf.update(broker_url=server.url)
    monkeypatch.setattr(bancheng.celery, "app", app)
    with Killable(list(service.argv), tmp_path / "valkey.log") as broker:
        yield broker, server.url
    app.close()


@pytest.fixture
def workers(
    transactional_db: None, valkey: tuple[Killable, str], tmp_path: Path
) -> Iterator[tuple[Killable, Killable]]:
    """Two workers on this test's database, as an operator would start them."""
    base = urlsplit(os.environ["DATABASE_URL"])
    env = os.environ | {
        "DATABASE_URL": base._replace(path=f"/{connection.settings_dict['NAME']}").geturl(),
        "REDIS_URL": valkey[1],
        "DJANGO_SETTINGS_MODULE": "bancheng.settings.test",
        "PYTHONPATH": os.pathsep.join((str(ROOT / "platform"), str(ROOT))),
    }
    env.pop("PYTEST_XDIST_WORKER", None)  # it would send them to another of the broker's databases
    argv = "-m celery -A bancheng.celery worker -P prefork -c 1 --include tests.notes --loglevel warning"
    command = [sys.executable, *argv.split()]
    with Killable(command, tmp_path / "a.log", env) as a, Killable(command, tmp_path / "b.log", env) as b:
        yield a, b
