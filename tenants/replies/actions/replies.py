"""Replying to the reporter and calling back."""

from uuid import UUID

from bancheng.catalogue.words import Channel
from bancheng.identity.actors import Actor
from bancheng.timekeeping import clock
from tenants.matters.acting import acting
from tenants.matters.models import Matter
from tenants.replies.models import Callback, Reply

FAILED_TRIES = 3
"""Tries on as many different days after which a callback counts as done though nobody was reached."""


def reply(*, matter_id: UUID, actor: Actor, text: str, channel: Channel, reached: str) -> Matter:
    """Tell the reporter the result (答复): the words, the way, whom it reached. Counts as contact too."""
    with acting("reply", matter_id=matter_id, actor=actor) as act:
        matter, moment = act.matter, clock.now()
        Reply.objects.create(
            matter=matter, text=text, channel=channel, reached=reached, at=moment, by_id=actor.staff_id
        )
        matter.replied_at = moment
        matter.first_contact_at = matter.first_contact_at or moment
        act.note, act.data = text, {"channel": channel}
    return act.matter


def call_back(
    *,
    matter_id: UUID,
    actor: Actor,
    reached: bool,
    note: str,
    solved: bool | None = None,
    satisfied: bool | None = None,
    trips_after: int | None = None,
    blocked_again: bool | None = None,
) -> Matter:
    """Log a callback (回访) by somebody who did not handle the matter.

    It counts as done when the reporter was reached, or with the third failed try, each on a day of its own.
    """
    with acting("call_back", matter_id=matter_id, actor=actor) as act:
        Callback.objects.create(
            matter=act.matter,
            at=clock.now(),
            by_id=actor.staff_id,
            reached=reached,
            solved=solved if reached else None,
            satisfied=satisfied if reached else None,
            trips_after=trips_after if reached else None,
            blocked_again=blocked_again if reached else None,
            note=note,
        )
        act.matter.called_back = reached or _days_tried(act.matter) >= FAILED_TRIES
        act.note, act.data = (
            note,
            {"reached": reached, "solved": solved, "satisfied": satisfied, "trips": trips_after},
        )
    return act.matter


def _days_tried(matter: Matter) -> int:
    since = matter.replied_at
    tries = (
        matter.callbacks.filter(reached=False, at__gte=since)
        if since
        else matter.callbacks.filter(reached=False)
    )
    return len({clock.local(at).date() for at in tries.values_list("at", flat=True)})
