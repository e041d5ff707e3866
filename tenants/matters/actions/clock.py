"""What moves a due date: extensions, another level, another calendar."""

from uuid import UUID

from django.db import transaction

from bancheng.catalogue.words import Channel, Mode
from bancheng.errors import Invalid
from bancheng.identity.actors import Actor
from bancheng.identity.roles import Role
from bancheng.timekeeping.calendar import PROVISIONAL_NOTE
from bancheng.timekeeping.calendar import current as current_calendar
from bancheng.timekeeping.models import CalendarDay
from bancheng.timekeeping.terms import Term
from tenants.matters import clocks
from tenants.matters.acting import Act, acting, locked
from tenants.matters.models import Matter

LEAD_EXTENDS_BY = 5
"""Working days that the window's lead may grant at most; leaders: as many as the matter had (house rule)."""


def extend(*, matter_id: UUID, actor: Actor, days: int, reason: str, channel: Channel, told: str) -> Matter:
    """Extend the due date (延期) by working days, before it has passed; the reporter was told how and what.

    The lead grants at most LEAD_EXTENDS_BY and, like the deputy, not more than the matter's own limit; never
    beyond a statutory term. Counts as contact. Raises Invalid for more days than that.
    """
    with acting("extend", matter_id=matter_id, actor=actor) as act:
        _extend(act, days=days, reason=reason, channel=channel, told=told)
    return act.matter


def extend_again(
    *, matter_id: UUID, actor: Actor, days: int, reason: str, channel: Channel, told: str
) -> Matter:
    """Extend a second and last time (再次延期), by the director; the same limits as for the deputy."""
    with acting("extend_again", matter_id=matter_id, actor=actor) as act:
        _extend(act, days=days, reason=reason, channel=channel, told=told)
    return act.matter


def regrade(*, matter_id: UUID, actor: Actor, level: int, expedite: bool, reason: str) -> Matter:
    """Change the level (调整等级), or whether it is expedited; the due date is reckoned anew from acceptance.

    Pauses and extensions stay. A special or coordinated case cannot be expedited as well. Raises Invalid when
    nothing changes, or for the reasons of `clocks.relimited`.
    """
    with acting("regrade", matter_id=matter_id, actor=actor) as act:
        matter = act.matter
        mode = _mode_after(matter, expedite)
        if (level, mode) == (matter.level, matter.mode):
            raise Invalid({"level": ["等级和加急都没有变化，无需调整。"]})
        matter.level, matter.mode = level, mode
        act.note, act.data = reason, clocks.relimited(matter) | {"mode": mode}
    return act.matter


def rereckon(*, matter_id: UUID, actor: Actor) -> bool:
    """Reckon the due date anew by the calendar in force (期限重算); whether it moved.

    May be repeated: a matter knows by which calendar it was reckoned. A date that stays makes no event; one
    that moves does, and its note says from when to when and by which notice. Raises NotFound.
    """
    calendar = current_calendar()
    with transaction.atomic():
        matter = locked(matter_id)
        if matter.reckoned_by == calendar.digest or not matter.clock_runs:
            return False
        term = clocks.present_term(matter, calendar)
        if term is None or term.due_on == matter.due_on:
            provisional = term is not None and term.provisional
            Matter.objects.filter(pk=matter_id).update(
                reckoned_by=calendar.digest, due_provisional=provisional
            )
            return False
        with acting("rereckon", matter_id=matter_id, actor=actor) as act:
            act.note = f"办理期限由{matter.due_on}改为{term.due_on}。依据：{_notice(matter, term)}"
            act.data = {"was": str(matter.due_on)}
    return True


def most_days(matter: Matter, actor: Actor, term: Term) -> int:
    """The working days that this person may grant at most; 0 when the statutory term is used up."""
    most = term.limit
    if not actor.roles & {Role.DEPUTY, Role.DIRECTOR}:
        most = min(most, LEAD_EXTENDS_BY)
    return most if term.room is None else min(most, term.room)


def _extend(act: Act, *, days: int, reason: str, channel: Channel, told: str) -> None:
    matter, term = act.matter, clocks.present_term(act.matter)
    if term is None:
        raise Invalid({"days": ["此件还没有受理，没有可延长的期限。"]})
    most = most_days(matter, act.actor, term)
    if most == 0:
        raise Invalid({"days": [f"已用足法定办理时限{term.statutory}个工作日，不能延期。"]})
    if not 1 <= days <= most:
        raise Invalid({"days": [f"延期天数应为1至{most}个工作日。"]})
    matter.extensions += 1
    act.note = f"{reason}\n告知反映人：{told}"
    act.data = {"days": days, "channel": channel, "was": str(matter.due_on)}


def _mode_after(matter: Matter, expedite: bool) -> Mode:
    if not expedite:
        return Mode.ROUTINE if matter.mode == Mode.EXPEDITE else Mode(matter.mode)
    if matter.mode not in (Mode.ROUTINE, Mode.EXPEDITE):
        raise Invalid({"expedite": [f"此件的办理方式是“{Mode(matter.mode).label}”，不能同时加急。"]})
    return Mode.EXPEDITE


def _notice(matter: Matter, term: Term) -> str:
    """The notice that arranges the last days of the term, old or new."""
    last = max(day for day in (matter.due_on, term.due_on) if day)
    days = CalendarDay.objects.filter(date__gt=term.since, date__lte=last).order_by("-date")
    return days.values_list("notice", flat=True).first() or PROVISIONAL_NOTE
