"""Waiting and coming back, for tests of the clock: the bare acts, whatever forms stand before them."""

from datetime import datetime
from uuid import UUID

from bancheng.catalogue.words import Channel
from bancheng.identity.roles import Role
from bancheng.timekeeping.clock import SHANGHAI
from tenants.matters import actions
from tenants.matters.acting import acting
from tenants.matters.models import Matter
from tests.desk import Desk


def on(day: str, hour: int = 10, minute: int = 0) -> datetime:
    """That day of 2026 (or a whole date) at that time."""
    text = day if day.count("-") == 2 else f"2026-{day}"
    return datetime.fromisoformat(text).replace(hour=hour, minute=minute, tzinfo=SHANGHAI)


def wait(desk: Desk, matter_id: UUID) -> Matter:
    """The reporter is asked for material: the clock stands still."""
    actor = desk.actor(Role.WINDOW_LEAD if Matter.objects.get(pk=matter_id).pauses else Role.HANDLER)
    with acting("ask_material", matter_id=matter_id, actor=actor) as act:
        act.matter.pauses += 1
    return act.matter


def go_on(desk: Desk, matter_id: UUID) -> Matter:
    """The material is here."""
    with acting("receive_material", matter_id=matter_id, actor=desk.actor(Role.WINDOW_CLERK)) as act:
        pass
    return act.matter


def extend(desk: Desk, matter_id: UUID, *, days: int, role: Role = Role.WINDOW_LEAD) -> Matter:
    act = actions.extend_again if role == Role.DIRECTOR else actions.extend
    return act(
        matter_id=matter_id,
        actor=desk.actor(role),
        days=days,
        reason="原单位档案待核。",
        channel=Channel.PHONE,
        told="已电话说明原因和新的期限。",
    )


def regrade(desk: Desk, matter_id: UUID, *, level: int, expedite: bool = False) -> Matter:
    return actions.regrade(
        matter_id=matter_id,
        actor=desk.actor(Role.WINDOW_LEAD),
        level=level,
        expedite=expedite,
        reason="情况比研判时复杂。",
    )
