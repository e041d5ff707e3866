"""Replying to the reporter, and to those whose matters were merged into this one; calling back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bancheng.catalogue.words import Channel
from bancheng.celery import hint
from bancheng.errors import Invalid
from bancheng.identity.actors import Actor
from bancheng.timekeeping import clock
from tenants.matters import known
from tenants.matters.acting import acting
from tenants.matters.models import Matter
from tenants.replies.models import Callback, Reply, Sms

FAILED_TRIES = 3
"""Tries on as many different days after which a callback counts as done though nobody was reached."""

NEED_A_TELEPHONE = (Channel.PHONE, Channel.SMS)
NO_TELEPHONE = "反映人未留电话，请选择窗口、信函或走访。"


@dataclass(frozen=True)
class Told:
    """How the reporter of a merged matter, named by its number, was told, and who it reached."""

    number: str
    channel: Channel
    reached: str


def reply(
    *,
    matter_id: UUID,
    actor: Actor,
    text: str,
    channel: Channel,
    reached: str,
    others: Sequence[Told] = (),
) -> Matter:
    """Tell the reporter the result (答复): the words, the way, whom it reached. Counts as contact too.

    Whoever brought a matter that was merged into this one gets a reply of their own: `others` names each of
    them. Raises Invalid where one is missing, or where nobody left the telephone that the way needs. A short
    message is sent after the commit.
    """
    with acting("reply", matter_id=matter_id, actor=actor) as act:
        moment = clock.now()
        _tell(act.matter, actor, text, channel, reached, moment, field="channel")
        for merged, told in _paired(act.matter, others):
            machine = Actor.system("随主件答复", actor.centre)
            with acting("reply_merged", matter_id=merged.pk, actor=machine) as beside:
                _tell(beside.matter, actor, text, told.channel, told.reached, moment, field="others")
                beside.note, beside.data = text, {"channel": told.channel}
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
        act.note = note
        act.data = {
            "reached": reached,
            "solved": solved,
            "satisfied": satisfied,
            "trips": trips_after,
            "blocked": blocked_again,
        }
    return act.matter


def _tell(
    matter: Matter, actor: Actor, text: str, channel: Channel, reached: str, moment: datetime, *, field: str
) -> None:
    if channel in NEED_A_TELEPHONE and not matter.reporter.phone:
        where = "" if field == "channel" else f"{matter.number}的"
        raise Invalid({field: [f"{where}{NO_TELEPHONE}"]})
    told = Reply.objects.create(
        matter=matter, text=text, channel=channel, reached=reached, at=moment, by_id=actor.staff_id
    )
    matter.replied_at = matter.last_told_at = moment
    matter.first_contact_at = matter.first_contact_at or moment
    if channel == Channel.SMS:
        Sms.objects.create(reply=told, due_at=moment)
        hint("replies.send_sms", centre=actor.centre)


def _paired(matter: Matter, others: Sequence[Told]) -> list[tuple[Matter, Told]]:
    merged, told = known.merged_into(matter.pk), {each.number: each for each in others}
    if missing := [each.number for each in merged if each.number not in told]:
        raise Invalid({"others": [f"{'、'.join(missing)}已并入此件，请一并填写答复方式和答复对象。"]})
    if strange := sorted(set(told) - {each.number for each in merged}):
        raise Invalid({"others": [f"{strange[0]}没有并入此件，请刷新页面后重填。"]})
    return [(each, told[each.number]) for each in merged]


def _days_tried(matter: Matter) -> int:
    since = matter.replied_at
    tries = (
        matter.callbacks.filter(reached=False, at__gte=since)
        if since
        else matter.callbacks.filter(reached=False)
    )
    return len({clock.local(at).date() for at in tries.values_list("at", flat=True)})
