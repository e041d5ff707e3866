"""Sending short messages: soon after the reply, and every minute whatever was lost."""

import logging

from bancheng.celery import app
from bancheng.centres.scope import every_centre, in_centre
from tasks.base import PublicTask, TenantTask
from tenants.replies import sms

log = logging.getLogger(__name__)


@app.task(name="replies.send_sms", base=TenantTask)
def send_sms(*, centre: str) -> None:
    """Send what waits in this centre."""
    sms.send_waiting()


@app.task(name="replies.send_all_sms", base=PublicTask)
def send_all_sms() -> None:
    """Every centre in service, one after the other. Two runs at once do no harm: a row is held by one."""
    for code in every_centre():
        try:
            with in_centre(code):
                sms.send_waiting()
        except Exception:
            log.exception("messages of %s not sent", code)
