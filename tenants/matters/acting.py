"""The one shape of every act on a matter: lock, check, change, append to the timeline, audit, commit."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from bancheng.celery import hint
from bancheng.errors import Conflict, NotFound
from bancheng.identity.actors import Actor
from bancheng.privacy import audit
from bancheng.privacy.append_only import chain_hash
from bancheng.timekeeping import clock
from bancheng.timekeeping.holders import Holder
from tenants.matters import clocks, workflow
from tenants.matters.models import Event, Matter
from tenants.matters.states import State

_HOLDER_OF_STATE: dict[str, Holder] = {
    State.REGISTERED: Holder.WINDOW,
    State.ACCEPTED: Holder.WINDOW,
    State.ASSIGNED: Holder.DEPARTMENT,
    State.HANDLING: Holder.DEPARTMENT,
    State.AWAITING_MATERIAL: Holder.REPORTER,
    State.REFERRED: Holder.OTHER_CENTRE,
    State.AWAITING_SIGNOFF: Holder.WINDOW,
    State.RESOLVED: Holder.WINDOW,
    State.REPLIED: Holder.WINDOW,
}
"""Who has the next move in a state; in those that are not named the matter has ended and nobody has it."""

CLOCK_MAY_LAG = timedelta(minutes=1)
"""By how much a server's clock may be behind the one that wrote the last event (house rule)."""


@dataclass
class Act:
    """What an action says about itself while it runs: the words for the timeline, the data for the figures.

    `note` may hold personal data and is encrypted; `data` may not, and is shown and counted in clear.
    """

    name: str
    matter: Matter
    actor: Actor
    note: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    holder: Holder | None = None
    holder_label: str = ""


@contextmanager
def acting(name: str, *, matter_id: UUID, actor: Actor) -> Iterator[Act]:
    """Lock the matter, check that `actor` may do `name` now, and on leaving write everything down.

    Guarantees: all of it commits together with the caller's own changes, or none; it has one moment, which
    is not before that of the act before. The caller changes `act.matter`'s fields; state, holder, event and
    audit follow here. Raises NotFound, NotAllowed, Conflict; with the code clock_behind where the server's
    clock was set back.
    """
    with transaction.atomic():
        matter = locked(matter_id)
        before = _values(matter)
        transition = workflow.check(matter, actor, name)
        act = Act(name, matter, actor)
        with clock.at(_moment_after(matter)):
            yield act
            _write_down(act, to_state=transition.target or State(matter.state), before=before)


def opening(matter: Matter, *, actor: Actor, note: str, data: dict[str, Any]) -> None:
    """Write a new matter's first event. The caller saved its reporter and checked the right to register."""
    matter.state = State.DRAFT
    _write_down(Act("register", matter, actor, note, data), to_state=State.REGISTERED, before={})


def locked(matter_id: UUID) -> Matter:
    """The matter, locked until commit: of two who act at once, the second sees what the first did."""
    try:
        return Matter.objects.select_for_update(of=("self",)).select_related("department").get(pk=matter_id)
    except Matter.DoesNotExist:
        raise NotFound("没有这个反映件。") from None


def _moment_after(matter: Matter) -> datetime:
    """When an act on the matter takes place: now, but never before the act that came before it.

    Two servers' clocks differ a little, and one may be set back. Otherwise a matter could be closed before it
    was opened, and every figure of it would be wrong for good.
    """
    now, last = clock.now(), matter.head_at or _last_event_at(matter)
    if last is None or last <= now:
        return now
    if last - now > CLOCK_MAY_LAG:
        raise Conflict(
            f"服务器时钟比此件上一步的时间（{clock.local(last):%Y-%m-%d %H:%M}）慢，"
            "现在不能办理；请联系平台管理员校准时钟。",
            code="clock_behind",
        )
    return last


def _last_event_at(matter: Matter) -> datetime | None:
    """For a matter whose last event was written before its time was kept in the matter."""
    return Event.objects.filter(matter=matter).order_by("-seq").values_list("at", flat=True).first()


def _write_down(act: Act, *, to_state: State, before: Mapping[str, Any]) -> None:
    matter, moment = act.matter, clock.now()
    from_state, matter.state = State(matter.state), to_state
    if act.holder or to_state != from_state:
        matter.holder = str(act.holder or _HOLDER_OF_STATE.get(to_state) or "")
    matter.events_count += 1
    previous = matter.head_hash
    label = act.holder_label or (str(matter.department) if matter.holder == Holder.DEPARTMENT else "")
    event = Event(
        matter=matter,
        seq=matter.events_count,
        at=moment,
        act=act.name,
        from_state=from_state,
        to_state=to_state,
        holder=matter.holder,
        holder_label=label,
        actor_id=act.actor.id,
        actor_label=act.actor.label,
        note=act.note,
        data=act.data,
        previous_hash=previous,
    )
    clocks.wind(matter, event)
    clocks.hear(matter, event)
    event.hash = matter.head_hash = chain_hash(previous, event_payload(event))
    matter.head_at = moment
    if before:  # only what changed: most of a row is text that need not be encrypted and written again
        matter.save(update_fields=[name for name, value in _values(matter).items() if value != before[name]])
    else:
        matter.save(force_insert=True)
    event.save(force_insert=True)
    audit.record(actor=act.actor, act=f"matter.{act.name}", subject=matter, event=event.hash)
    hint("statistics.summarise", centre=act.actor.centre)


def _values(matter: Matter) -> dict[str, Any]:
    """What stands in the row, by field; a list is copied, since it may be changed in place."""
    values = {f.attname: getattr(matter, f.attname) for f in matter._meta.concrete_fields}
    return {name: list(v) if isinstance(v, list) else v for name, v in values.items()}


def event_payload(event: Event) -> dict[str, Any]:
    """What an event's hash covers: everything that is shown of it."""
    return {
        "matter": event.matter_id,
        "seq": event.seq,
        "at": event.at,
        "act": event.act,
        "from": str(event.from_state),
        "to": str(event.to_state),
        "holder": str(event.holder),
        "holder_label": event.holder_label,
        "actor": event.actor_id,
        "actor_label": event.actor_label,
        "note": event.note,
        "data": event.data,
    }
