"""What the home centre hears of a referral: its row moves on, and its matter's timeline says so."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bancheng.catalogue.words import Outcome
from bancheng.centres.scope import current_centre
from bancheng.identity.actors import Actor
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from bancheng.timekeeping.holders import Holder
from tenants.matters.acting import acting, locked
from tenants.matters.models import Matter
from tenants.matters.workflow import TRANSITIONS
from tenants.notices.actions import notify
from tenants.notices.kinds import NoticeKind
from tenants.referrals import board, onward
from tenants.referrals.models import MaterialAsk, Referral, State

WINDOW = (Role.WINDOW_CLERK, Role.WINDOW_LEAD)
ELSEWHERE = (Holder.OTHER_CENTRE, Holder.OUTSIDE)


def signed(referral: Referral, *, unit_matter_number: str, due_on: date | None = None) -> None:
    """The other side has signed for it, under a number of its own, and handles it until `due_on`."""
    too_late = referral.state == State.RECALLING
    referral.state, referral.signed_at = State.SIGNED, clock.now()
    referral.unit_matter_number, referral.handle_due_on = unit_matter_number, due_on
    _moved(referral)
    until = f"，办理期限{due_on}" if due_on else ""
    said = f"{referral.unit_name}已签收，对方编号{unit_matter_number}{until}。"
    matter = hear(referral, said, {"state": State.SIGNED})
    if too_late:
        tell(referral, matter, NoticeKind.RECALL_FAILED)


def asked(referral: Referral, *, ask_id: UUID, items: str, due_on: date) -> None:
    """The other side asks for material (要求补正): until it is given the matter is in our hands."""
    referral.state = State.ASKED
    MaterialAsk.objects.create(id=ask_id, referral=referral, at=clock.now(), items=items, due_on=due_on)
    _moved(referral)
    said = f"{referral.unit_name}要求补正，{due_on}前补齐：{items}"
    data = {"state": State.ASKED, "due_on": str(due_on)}
    matter = hear(referral, said, data, holder=Holder.WINDOW)
    tell(referral, matter, NoticeKind.REFERRAL_ASKED, key=str(ask_id))


def reported(referral: Referral, *, text: str) -> None:
    """The other side says how it stands (反馈进展)."""
    _moved(referral)
    hear(referral, f"{referral.unit_name}反馈进展：{text}", {"reported": True})


def passed_on(referral: Referral, *, unit: str, since: datetime) -> None:
    """The other side has referred it on to `unit`; "" says that it has it back. Our own home hears of it too.

    The holder's name on the timeline is that of the unit which has it now: the reporter's page shows it.
    """
    before, referral.onward_unit = referral.onward_unit, unit
    referral.onward_since = since if unit else None
    _moved(referral)
    said = f"{referral.unit_name}已转往{unit}办理。" if unit else f"{before}已转回{referral.unit_name}办理。"
    matter = hear(referral, said, {"onward": bool(unit)})
    if matter is not None:
        onward.tell(matter, unit or referral.unit_name, since)


def answered(referral: Referral, *, outcome: Outcome, answer: str) -> None:
    """The other side has answered; the window has the next move."""
    referral.state, referral.answered_at = State.ANSWERED, clock.now()
    referral.answer, referral.answer_outcome = answer, outcome
    referral.onward_unit, referral.onward_since = "", None
    _moved(referral)
    said = f"{referral.unit_name}反馈“{Outcome(outcome).label}”：{answer}"
    matter = hear(referral, said, {"state": State.ANSWERED, "outcome": outcome}, holder=Holder.WINDOW)
    tell(referral, matter, NoticeKind.REFERRAL_ANSWERED)


def returned(referral: Referral, *, reason: str, ground: str = "", suggested: str = "") -> None:
    """The other side has sent it back; the matter is with our department again."""
    referral.state, referral.ended_at = State.RETURNED, clock.now()
    referral.return_reason, referral.return_ground = reason, ground
    referral.suggested_unit = suggested
    _moved(referral)
    matter = take_back(referral, f"{referral.unit_name}退回：{reason}", {"ground": ground})
    tell(referral, matter, NoticeKind.REFERRAL_RETURNED)


def recalled(referral: Referral) -> None:
    """The other side had not signed and lets it go (撤回)."""
    referral.state, referral.ended_at = State.RECALLED, clock.now()
    _moved(referral)
    take_back(referral, f"已从{referral.unit_name}撤回：{referral.recall_reason or ''}")


def late(referral: Referral, said: str) -> None:
    """Something that crossed with our own word and does not count any more; the timeline keeps it."""
    hear(referral, f"{referral.unit_name}{said}，但此件已改派，不再有效。", {"late": True})


# --- On our matter -----------------------------------------------------------------------------------


def hear(
    referral: Referral,
    note: str,
    data: Mapping[str, object],
    holder: Holder | None = None,
    *,
    by: Actor | None = None,
) -> Matter | None:
    """Our matter's timeline says what was heard, or what `by` told the other side; None where it has ended.

    The other side keeps it in hand, or `holder` has it now.
    """
    return _write("hear", referral, note, data, by, holder)


def take_back(referral: Referral, note: str, data: Mapping[str, object] | None = None) -> Matter | None:
    """Our department has the matter again, and the timeline says why; None where it had ended meanwhile.

    A home centre further back hears that it is with us again.
    """
    matter = _write("take_back", referral, note, {"state": referral.state} | dict(data or {}), None, None)
    if matter is not None:
        onward.tell(matter, "", clock.now())
    return matter


def where(referral: Referral) -> str:
    """The unit that has it now: the other side, or the one it went on to."""
    return referral.onward_unit or referral.unit_name


def tell(
    referral: Referral,
    matter: Matter | None,
    kind: NoticeKind,
    *,
    key: str = "",
    roles: Collection[Role] = WINDOW,
) -> None:
    """Tell the window and whoever handles our matter, once for each referral and `key`."""
    if matter is not None:
        once = f"{referral.pk} {key}".strip()
        notify(matter=matter, kind=kind, key=once, roles=roles, staff=(matter.handler_id,))


def matter_id_of(referral: Referral) -> UUID:
    if referral.matter_id is None:
        raise RuntimeError(f"referral {referral.pk} has no matter on this side")
    return referral.matter_id


def _write(
    name: str,
    referral: Referral,
    note: str,
    data: Mapping[str, Any],
    by: Actor | None,
    holder: Holder | None,
) -> Matter | None:
    if locked(matter_id_of(referral)).state not in TRANSITIONS[name].sources:
        return None
    label = by.label if by is not None else referral.unit_name
    system = Actor.system(label, current_centre().code)
    with acting(name, matter_id=matter_id_of(referral), actor=system) as act:
        act.note, act.data = note, {"referral": str(referral.pk)} | dict(data)
        act.holder = holder
        stays = name == "hear" and (holder or act.matter.holder) in ELSEWHERE
        act.holder_label = where(referral) if stays else ""
    return act.matter


def _moved(referral: Referral) -> None:
    referral.heard_at = clock.now()
    referral.save()
    board.show(referral)
