"""What beat asks for and how often. Beat may forget or run twice: each job finds its work in PostgreSQL."""

from typing import Any

from celery.schedules import crontab

from bancheng.celery import app


def every(seconds: float, task: str) -> dict[str, Any]:
    """One line of the schedule. A message not taken in time is dropped: the next one does its work too."""
    return {"task": task, "schedule": seconds, "options": {"expires": max(seconds, 30)}}


def during_work(task: str, *, hours: str) -> dict[str, Any]:
    """A line that is asked for every five minutes of these hours; the task itself knows the working days."""
    return {"task": task, "schedule": crontab(minute="*/5", hour=hours), "options": {"expires": 300}}


SCHEDULE: dict[str, dict[str, Any]] = {
    "heartbeat": every(10, "records.heartbeat"),
    "exchange": every(3, "exchange.sweep"),
    "figures": every(60, "statistics.summarise_all"),
    "due dates": every(300, "deadlines.rereckon_all"),
    "messages": every(60, "replies.send_all_sms"),
    "deadlines": during_work("deadlines.sweep_all", hours="8-17"),
    "digests": during_work("notices.digest_all", hours="8-11"),
    "problems": during_work("improvement.look_all", hours="8-11"),
    "evidence": every(3600, "records.destroy_evidence"),
    "old messages": {"task": "exchange.purge", "schedule": crontab(hour="3", minute="10")},
    "bulletins": every(60, "bulletins.sweep_all"),
    "city problems": {"task": "city.watch_all", "schedule": crontab(hour="4", minute="20")},
    "anchors": {"task": "records.anchor", "schedule": crontab(hour="2", minute="30")},
}

app.conf.beat_schedule = SCHEDULE
