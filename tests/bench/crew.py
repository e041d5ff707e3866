"""Two real workers for a measurement, and the broker's queue seen from beside."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
WORKERS = 2
COMMAND = "-m celery -A bancheng.celery worker -P prefork -c 1 --include tests.bench.noop --loglevel warning"


class Crew:
    """WORKERS workers of one process each, on this process's database and broker."""

    def __init__(self, log: IO[bytes]) -> None:
        self._log = log
        self._workers = [self._start(number) for number in range(WORKERS)]

    def lose_one(self, number: int) -> None:
        """Kill a worker in the middle of whatever it does, and start another in its place."""
        place = number % WORKERS
        self._kill(self._workers[place])
        self._workers[place] = self._start(place)

    def end(self) -> None:
        for worker in self._workers:
            self._kill(worker)

    def _start(self, number: int) -> subprocess.Popen[bytes]:
        from django.conf import settings
        from django.db import connection

        base = urlsplit(os.environ["DATABASE_URL"])
        env = os.environ | {
            "DATABASE_URL": base._replace(path=f"/{connection.settings_dict['NAME']}").geturl(),
            "REDIS_URL": settings.REDIS_URL,
            "DJANGO_SETTINGS_MODULE": "bancheng.settings.test",
            "PYTHONPATH": os.pathsep.join((str(ROOT / "platform"), str(ROOT))),
        }
        return subprocess.Popen(
            [sys.executable, *COMMAND.split(), "-n", f"bench{number}@localhost"],
            cwd=ROOT, env=env, stdout=self._log, stderr=self._log, start_new_session=True,
        )  # fmt: skip

    def _kill(self, worker: subprocess.Popen[bytes]) -> None:
        os.killpg(worker.pid, signal.SIGKILL)  # with its child
        worker.wait()


@contextmanager
def crew() -> Iterator[Crew]:
    """A crew that is warmed up; ended afterwards."""
    with tempfile.TemporaryFile() as log:
        workers = Crew(log)
        try:
            queue = Queue()
            queue.forget()
            for _ in range(40 * WORKERS):
                queue.ask("bench.tell")
            wait_for(lambda: queue.told() >= 40 * WORKERS, seconds=300, every=0.1)
            yield workers
        finally:
            workers.end()


def wait_for(done: Any, *, seconds: float, every: float = 0.02) -> None:
    """Until `done()`. Raises RuntimeError when it takes too long: then there is nothing to measure."""
    ends = time.monotonic() + seconds
    while not done():
        if time.monotonic() > ends:
            raise RuntimeError("the workers did not come to an end")
        time.sleep(every)


class Queue:
    """The queue that the workers take from."""

    def __init__(self) -> None:
        from django.conf import settings
        from redis import Redis

        from bancheng.celery import app

        self._app, self._redis = app, Redis.from_url(settings.REDIS_URL)

    def ask(self, task: str, *, queue: str = "celery", **arguments: Any) -> None:
        self._app.send_task(task, kwargs=arguments, queue=queue, ignore_result=True)

    def release(self, name: str) -> None:
        """Give the workers what was gathered in a queue that nobody takes from, all at one moment."""
        self._redis.rename(name, "celery")

    def is_empty(self) -> bool:
        """Nothing waits and nothing is being done."""
        return not self._redis.llen("celery") and not self._redis.hlen("unacked")

    def told(self) -> int:
        from tests.bench.noop import DONE

        return int(self._redis.llen(DONE))

    def hear(self) -> None:
        """Wait for one word of `bench.tell`."""
        from tests.bench.noop import DONE

        if self._redis.blpop([DONE], timeout=20) is None:
            raise RuntimeError("no worker answered")

    def forget(self) -> None:
        from tests.bench.noop import DONE

        self._redis.delete(DONE)
