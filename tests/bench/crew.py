"""Two real workers for a measurement, and the broker's queue seen from beside."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
WORKERS = 2
COMMAND = "-m celery -A bancheng.celery worker -P prefork -c 1 --include tests.bench.noop --loglevel warning"


@contextmanager
def crew() -> Iterator[None]:
    """Workers of one process each on this process's database and broker, warmed up; ended afterwards."""
    from django.conf import settings
    from django.db import connection

    base = urlsplit(os.environ["DATABASE_URL"])
    env = os.environ | {
        "DATABASE_URL": base._replace(path=f"/{connection.settings_dict['NAME']}").geturl(),
        "REDIS_URL": settings.REDIS_URL,
        "DJANGO_SETTINGS_MODULE": "bancheng.settings.test",
        "PYTHONPATH": os.pathsep.join((str(ROOT / "platform"), str(ROOT))),
    }
    with tempfile.TemporaryFile() as log:
        workers = [
            subprocess.Popen(
                [sys.executable, *COMMAND.split(), "-n", f"bench{n}@localhost"],
                cwd=ROOT, env=env, stdout=log, stderr=log,
            )
            for n in range(WORKERS)
        ]  # fmt: skip
        try:
            queue = Queue()
            for _ in range(40 * WORKERS):
                queue.ask("bench.tell")
            wait_for(lambda: queue.told() >= 40 * WORKERS, seconds=60)
            yield
        finally:
            for worker in workers:
                worker.terminate()
            for worker in workers:
                worker.wait(timeout=30)


def wait_for(done: Any, *, seconds: float, every: float = 0.005) -> None:
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

        return int(self._redis.llen(DONE))  # type: ignore[arg-type]  # redis-py's union

    def hear(self) -> None:
        """Wait for one word of `bench.tell`."""
        from tests.bench.noop import DONE

        if self._redis.blpop([DONE], timeout=20) is None:
            raise RuntimeError("no worker answered")

    def forget(self) -> None:
        from tests.bench.noop import DONE

        self._redis.delete(DONE)
