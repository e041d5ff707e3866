"""Workers killed without warning, a broker that forgets everything and dies: each message once, in order."""

import os
import random
import secrets
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit
from uuid import UUID

import pytest
import redis
from celery import Celery
from django.db import connection

import bancheng.celery
from bancheng.celery import hint
from bancheng.devstack.ports import free_ports
from bancheng.devstack.valkey import ValkeyServer
from bancheng.exchange import dispatch, selectors
from tests import notes

ROOT = Path(__file__).resolve().parents[2]
CENTRES = ("130700", "130722", "130726")
CASES = [UUID(int=n) for n in range(1, 8)]
Line = tuple[UUID, str, str]
MESSAGES = 240
PATIENCE = 150  # seconds until everything must have arrived

pytestmark = [pytest.mark.faults, pytest.mark.timeout(PATIENCE + 60)]


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
    argv = "-m celery -A bancheng.celery worker -P prefork -c 1 --include tests.notes --loglevel warning"
    command = [sys.executable, *argv.split()]
    with Killable(command, tmp_path / "a.log", env) as a, Killable(command, tmp_path / "b.log", env) as b:
        yield a, b


@pytest.fixture
def book(transactional_db: None) -> Iterator[None]:
    with notes.book():
        yield


def test_nothing_is_lost_doubled_or_out_of_order_under_kills_and_flushes(
    book: None, valkey: tuple[Killable, str], workers: tuple[Killable, Killable], tmp_path: Path
) -> None:
    broker, url = valkey
    # What goes wrong after how many messages have arrived: always in the middle of the work.
    faults: list[tuple[int, Callable[[], None]]] = [
        (20, workers[0].restart),
        (50, lambda: flush(url)),
        (70, workers[1].restart),
        (100, broker.restart),
        (130, workers[0].restart),
        (140, lambda: flush(url)),
        (170, workers[1].restart),
        (200, broker.restart),
    ]
    posting = posts()
    sent: dict[Line, list[str]] = defaultdict(list)
    ends = time.monotonic() + PATIENCE
    while (arrived := len(notes.written())) < MESSAGES:
        assert time.monotonic() < ends, report(arrived, tmp_path)
        for line, text in islice(posting, 10):
            case_id, source, target = line
            notes.post_note(case_id, text, source=source, target=target, milliseconds=20)
            sent[line].append(text)
        if faults and arrived >= faults[0][0]:
            faults.pop(0)[1]()
        notes.end_waiting()  # the minutes of a doubled lease, passed at once
        hint("exchange.sweep")  # what beat does
        time.sleep(0.5)

    notes.end_waiting()
    dispatch.run_due()  # were anything still under way, this would be its second arrival
    came: dict[Line, list[str]] = defaultdict(list)
    for note in notes.written():
        assert note.schema == f"c{note.target}"
        came[note.case_id, note.source, note.target].append(note.text)
    assert came == sent
    assert faults == []
    assert selectors.status() == selectors.Status(pending=0, in_flight=0, held=0, dead=0, blocked=0, lag=0)


def posts() -> Iterator[tuple[Line, str]]:
    """MESSAGES notes over all lines, the same in every run."""
    chance = random.Random(20261124)  # noqa: S311  # a plan, not a secret
    for number in range(MESSAGES):
        source, target = chance.sample(CENTRES, 2)
        yield (chance.choice(CASES), source, target), f"note {number}"


def flush(url: str) -> None:
    with redis.Redis.from_url(url) as client:
        client.flushall()


def report(arrived: int, tmp_path: Path) -> str:
    logs = [(tmp_path / f"{name}.log").read_text("utf-8")[-2000:] for name in "ab"]
    return "\n".join([f"{arrived} of {MESSAGES} arrived", *logs])
