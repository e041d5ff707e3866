"""Tasks that do nothing, for measurements: what the broker and Celery alone cost."""

from bancheng.celery import app
from tasks.base import BaseTask

DONE = "bench.done"
"""The list of the broker in which `tell` leaves a word."""


@app.task(name="bench.nothing", base=BaseTask)
def nothing() -> None:
    """Nothing."""


@app.task(name="bench.tell", base=BaseTask)
def tell() -> None:
    """Nothing, and a word that it is done."""
    with app.connection_or_acquire() as broker:
        broker.default_channel.client.lpush(DONE, "1")
