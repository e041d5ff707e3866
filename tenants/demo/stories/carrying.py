"""How what a story posts gets from one centre to the next: carried here at once, or by the workers, seen."""

import time
from typing import Final

from django.db.models import QuerySet

from bancheng.errors import Refused
from bancheng.exchange import dispatch
from bancheng.exchange.models import Message
from tenants.demo.stories.trail import Trail

PATIENCE_SECONDS: Final = 60.0
"""How long the workers may take with what a story has posted."""


def carry(trail: Trail) -> int:
    """Deliver here and now all that the story has posted; returns how many messages.

    Inside the transaction and at the time of the step that posted them: a story that is told in the past
    reaches the other centre in the past, and no worker of today's finds its messages under way.
    """
    delivered = 0
    while waiting := _waiting(trail):
        for message in waiting:
            if dispatch.deliver(message.pk) != Message.State.DELIVERED:
                message.refresh_from_db()
                raise Refused(f"机构间消息没有送达：{message.last_error}", code="not_delivered")
            delivered += 1
    return delivered


def wait(trail: Trail, *, patience: float = PATIENCE_SECONDS) -> None:
    """Wait until the workers have delivered all that the story has posted.

    Raises Refused when they have not within `patience` seconds, or when a message is dead.
    """
    began = time.monotonic()
    while waiting := _undelivered(trail):
        if dead := next((each for each in waiting if each.state == Message.State.DEAD), None):
            raise Refused(f"机构间消息没有送达：{dead.last_error}", code="not_delivered")
        if time.monotonic() - began > patience:
            raise Refused("机构间消息迟迟没有送达，请确认两边的任务进程在运行。", code="not_delivered")
        time.sleep(0.1)


def delivered(trail: Trail) -> int:
    """How many messages of the story have been delivered from this deployment."""
    return _posted(trail).filter(state=Message.State.DELIVERED).count()


def _waiting(trail: Trail) -> list[Message]:
    return [each for each in _undelivered(trail) if each.state == Message.State.PENDING]


def _undelivered(trail: Trail) -> list[Message]:
    rows = _posted(trail).exclude(state=Message.State.DELIVERED)
    return list(rows.order_by("case_id", "source", "target", "seq"))


def _posted(trail: Trail) -> QuerySet[Message]:
    return Message.objects.filter(case_id__in={leg.referral_id for leg in trail.legs()})
