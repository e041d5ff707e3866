"""The Celery application, and the only way by which lower floors hand work over: by name, after commit."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from django.db import transaction

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bancheng.settings.demo")

app = Celery("bancheng")
app.config_from_object("django.conf:settings", namespace="CELERY")
log = logging.getLogger(__name__)

_muted: ContextVar[bool] = ContextVar("bancheng_hints_muted", default=False)


@setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """Being connected is enough: Celery leaves logging to Django's settings. Its own would print the text of
    every exception, and with it what people typed."""


def hint(task: str, **ids: Any) -> None:
    """Ask for `task` after commit, with ids only: nothing personal may pass through Redis.

    A hint may be lost; a sweep finds the same work in PostgreSQL. So one try, and failure costs nothing.
    The same said several times in a transaction is sent once.
    """
    wanted = task, ids
    if _muted.get() or any(
        getattr(call[1], "wanted", None) == wanted for call in transaction.get_connection().run_on_commit
    ):
        return

    def send() -> None:
        try:
            app.send_task(task, kwargs=ids, retry=False, ignore_result=True)
        except Exception:  # the broker is away: the sweep will find the work
            log.warning("hint %s not sent: the broker is away", task)

    send.wanted = wanted  # type: ignore[attr-defined]  # a mark by which the next of its kind finds it
    transaction.on_commit(send, robust=True)


@contextmanager
def muted() -> Iterator[None]:
    """Send no hints from here: for whoever makes many changes and does the work that follows as well."""
    token = _muted.set(True)
    try:
        yield
    finally:
        _muted.reset(token)
