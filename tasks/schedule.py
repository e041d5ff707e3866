"""What beat asks for and how often. Beat may forget or run twice: each job finds its work in PostgreSQL."""

from typing import Any

from celery.schedules import crontab

from bancheng.celery import app


def every(seconds: float, task: str) -> dict[str, Any]:
    """One line of the schedule. A message not taken in time is dropped: the next one does its work too."""
    return {"task": task, "schedule": seconds, "options": {"expires": max(seconds, 30)}}


SCHEDULE: dict[str, dict[str, Any]] = {
    "heartbeat": every(10, "records.heartbeat"),
    "exchange": every(3, "exchange.sweep"),
    "figures": every(60, "statistics.summarise_all"),
    "due dates": every(300, "deadlines.rereckon_all"),
    "anchors": {"task": "records.anchor", "schedule": crontab(hour="2", minute="30")},
}

app.conf.beat_schedule = SCHEDULE
