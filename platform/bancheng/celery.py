"""The Celery application, and the only way by which lower floors hand work over: by name, after commit."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from celery import Celery
from celery.signals import setup_logging, task_postrun
from django.db import close_old_connections, transaction

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bancheng.settings.demo")

app = Celery("bancheng")
app.config_from_object("django.conf:settings", namespace="CELERY")
log = logging.getLogger(__name__)

MARK_MILLISECONDS: Final = 3_000
"""As often as beat sweeps: a hint that was lost delays its work no longer than that."""

_muted: ContextVar[bool] = ContextVar("bancheng_hints_muted", default=False)


@setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """Being connected is enough: Celery leaves logging to Django's settings. Its own would print the text of
    every exception, and with it what people typed."""


@task_postrun.connect
def give_back_the_connection(**_: Any) -> None:
    """To the pool, which ends it when it is old; the next task takes one that answers."""
    close_old_connections()


def hint(task: str, *, once: bool = False, **ids: Any) -> None:
    """Ask for `task` after commit, with ids only: nothing personal may pass through Redis.

    A hint may be lost; a sweep finds the same work in PostgreSQL. So one try, and failure costs nothing.
    The same said several times in a transaction is sent once. With `once` it is not sent either while
    somebody else's is still on its way: the task then calls `heard` before it looks for its work.
    """
    wanted = (task, once, ids)
    if _muted.get() or any(getattr(call[1], "wanted", None) == wanted for call in _after_commit()):
        return

    def send() -> None:
        try:
            if not once or _mark(task, ids):
                app.send_task(task, kwargs=ids, retry=False, ignore_result=True)
        except Exception:  # the broker is away: the sweep will find the work
            log.warning("hint %s not sent: the broker is away", task)

    send.wanted = wanted  # type: ignore[attr-defined]  # a mark by which the next of its kind finds it
    transaction.on_commit(send, robust=True)


def heard(task: str, **ids: Any) -> None:
    """Whoever looks for the work from now on sees it: hints with `once` are needed again."""
    try:
        with app.connection_or_acquire() as broker:
            broker.default_channel.client.delete(_mark_of(task, ids))
    except Exception:  # the mark ends by itself
        log.warning("mark of %s not removed: the broker is away", task)


@contextmanager
def muted() -> Iterator[None]:
    """Send no hints from here: for whoever makes many changes and does the work that follows as well."""
    token = _muted.set(True)
    try:
        yield
    finally:
        _muted.reset(token)


def _mark(task: str, ids: dict[str, Any]) -> bool:
    """Whether nobody has asked for the same of late. A mark ends by itself, should the hint be lost."""
    with app.connection_or_acquire() as broker:
        client = broker.default_channel.client
        return bool(client.set(_mark_of(task, ids), "1", nx=True, px=MARK_MILLISECONDS))


def _mark_of(task: str, ids: dict[str, Any]) -> str:
    return ".".join((app.conf.task_default_queue, "asked", task, *(str(ids[name]) for name in sorted(ids))))


def _after_commit() -> list[Any]:
    return transaction.get_connection().run_on_commit  # type: ignore[no-any-return]  # absent from the stubs
