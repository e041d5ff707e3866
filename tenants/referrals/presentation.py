"""How a referral is shown: its row in a list, its steps and clocks, in whose hands it is, along which way.

Pages draw what stands here; nothing here asks the database beyond what it is handed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from bancheng.timekeeping import clock, lights
from bancheng.timekeeping.calendar import current as current_calendar
from bancheng.timekeeping.due import LEVELS
from bancheng.timekeeping.holders import Holder
from bancheng.timekeeping.lights import Light
from tenants.matters import selectors as matters
from tenants.matters.presentation import item_name
from tenants.referrals import clocks, selectors
from tenants.referrals.models import AWAITED, UNDER_WAY, Direction, MaterialAsk, Referral, State

OUR_WINDOW = "本中心窗口"
HANDLING = "办理期限"
GIVEN_UP = Light("grey", "已了结")
"""Returned, recalled, redirected: it ended without having been handled there."""


@dataclass(frozen=True)
class Flag:
    """Why a referral needs looking after."""

    text: str
    tone: str


@dataclass(frozen=True)
class Row:
    """A referral in a list. `age` in working days since it was sent, or drafted."""

    referral: Referral
    item: str
    light: Light
    holder: str
    age: int
    flags: list[Flag]


def rows(referrals: Iterable[Referral]) -> list[Row]:
    """One row each; no query beyond those of `referrals`, which come with their asks."""
    return [row(referral) for referral in referrals]


def row(referral: Referral) -> Row:
    return Row(
        referral,
        item_name(referral.item_code),
        light_of(referral),
        holder_of(referral),
        age_of(referral),
        flags(referral),
    )


def flags(referral: Referral) -> list[Flag]:
    """What it is stuck at, most pressing first; the list puts those on top (`selectors.stuck`)."""
    today, state = clock.today(), referral.state
    ask = open_ask(referral)
    to_decide = state == State.RETURNED and referral.appealed_at and not referral.designated_at
    found = [
        (bool(to_decide), "待指定承办", "red"),
        (state in UNDER_WAY and referral.escalated_at is not None, "已提请协调", "red"),
        (state in _UNSIGNED and _past(referral.sign_due_on, today), "逾期未签收", "red"),
        (ask is not None and _past(ask.due_on, today), "补正超期", "red"),
        (state == State.SIGNED and _past(referral.handle_due_on, today), "办理超期", "red"),
        (state in AWAITED and referral.chases_unheard > 0, f"催办{referral.chases}次未回音", "amber"),
        (referral.sensitive, "敏感件", "red"),
    ]
    return [Flag(text, tone) for holds, text, tone in found if holds]


_UNSIGNED = (State.SENT, State.RECALLING)


def _past(due_on: date | None, today: date) -> bool:
    return due_on is not None and due_on < today


def open_ask(referral: Referral) -> MaterialAsk | None:
    """What the other side, or on the other side we, still wait for."""
    if referral.state != State.ASKED:
        return None
    return next((ask for ask in referral.asks.all() if ask.given_at is None), None)


# --- Whose move it is --------------------------------------------------------------------------------


def holder_of(referral: Referral) -> str:
    """Who has the next move, "" once it has ended."""
    ours, unit = referral.direction == Direction.SENT, referral.unit_name
    match referral.state:
        case State.DRAFT:
            return OUR_WINDOW
        case State.SENT | State.RECALLING:
            return unit if ours else OUR_WINDOW
        case State.SIGNED:
            return referral.onward_unit or (unit if ours else _at_work_here(referral))
        case State.ASKED | State.ANSWERED if ours:
            return OUR_WINDOW
        case State.ASKED | State.ANSWERED:
            return unit
    return ""


def waiting_for(referral: Referral) -> str:
    """Who has to do what now, in one sentence."""
    if referral.direction == Direction.SENT:
        return _waiting_at_home(referral)
    return _waiting_here(referral)


def _waiting_at_home(referral: Referral) -> str:
    unit, state, ask = referral.unit_name, State(referral.state), open_ask(referral)
    if state == State.SENT:
        if referral.by_letter:
            return f"待{unit}签收来函：请打印寄送，并联系对方确认。"
        return f"待{unit}签收，应于{clocks.SIGN_WITHIN_DAYS}个工作日内签收。"
    if state == State.SIGNED and referral.onward_unit:
        return f"{unit}已转往{referral.onward_unit}办理，仍由{unit}反馈。"
    if state == State.ASKED:
        return (
            f"{unit}要求补正，请于{ask.due_on:%Y-%m-%d}前补齐。" if ask else f"{unit}要求补正，请补正材料。"
        )
    if state == State.RETURNED:
        if referral.designated_at:
            return f"{unit}已退回，市级协调员已作出处理。"
        if referral.appealed_at:
            return "已提请市级协调员指定承办单位，待其指定。"
        return f"{unit}已退回，反映件已转回本中心承办部门。"
    return {
        State.DRAFT: "待窗口负责人核对随转内容后送出。",
        State.SIGNED: f"{unit}办理中，待其反馈。",
        State.RECALLING: f"已要求撤回：{unit}尚未签收的，自动撤回；已签收的，撤回不成。",
        State.ANSWERED: f"{unit}已反馈，待窗口负责人确认。",
        State.CONFIRMED: "已确认反馈，反映件已转回本中心承办部门。",
        State.RECALLED: "已撤回，反映件已转回本中心承办部门。",
        State.REDIRECTED: "已按市级协调员的决定改派，见反映件最新的转办。",
    }[state]


def _waiting_here(referral: Referral) -> str:
    unit, state, matter, ask = referral.unit_name, State(referral.state), referral.matter, open_ask(referral)
    if state == State.SIGNED and referral.onward_unit:
        return f"本中心已转往{referral.onward_unit}办理，仍由本中心向{unit}反馈。"
    if state == State.SIGNED and matter is not None and matter.state in selectors.ANSWERABLE:
        return f"本中心已办理，待窗口负责人向{unit}办结反馈。"
    if state == State.ASKED and ask is not None:
        return f"已要求{unit}于{ask.due_on:%Y-%m-%d}前补正；本中心办理期限照常计算。"
    return {
        State.DRAFT: "",
        State.SENT: f"待窗口负责人签收，应于{clocks.SIGN_WITHIN_DAYS}个工作日内签收。",
        State.SIGNED: f"{_at_work_here(referral)}办理中。",
        State.ASKED: f"待{unit}补正。",
        State.RECALLING: f"{unit}要求撤回。",
        State.ANSWERED: f"已反馈，待{unit}确认。",
        State.CONFIRMED: f"{unit}已确认，本中心反映件已销号。",
        State.RETURNED: f"已退回{unit}，随转文件已停用。",
        State.RECALLED: f"{unit}已撤回，随转文件已停用。",
        State.REDIRECTED: "已改派其他单位承办，随转文件已停用。",
    }[state]


def age_of(referral: Referral) -> int:
    """Working days from sending (drafting, before that) to the end, or to today."""
    start, end = referral.sent_at or referral.created_at, referral.ended_at or clock.now()
    return _days_between(start, end)


def _days_between(start: datetime, end: datetime) -> int:
    return current_calendar().between(clock.local(start).date(), clock.local(end).date())


def _at_work_here(referral: Referral) -> str:
    matter = referral.matter
    if matter is not None and matter.holder == Holder.DEPARTMENT:
        return str(matter.department)
    return OUR_WINDOW


# --- Clocks ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Clock:
    """A term that runs now: what for, whose, until when."""

    label: str
    whose: str
    due_on: date
    light: Light


def light_of(referral: Referral) -> Light:
    """The light of the clock that runs first, else that of our own matter; grey at the end."""
    if terms := running(referral):
        return terms[0].light
    if referral.state in UNDER_WAY and referral.matter is not None:
        return matters.light_of(referral.matter)
    return {State.DRAFT: lights.NOT_STARTED, State.CONFIRMED: lights.FINISHED}.get(
        State(referral.state), GIVEN_UP
    )


def running(referral: Referral) -> list[Clock]:
    """The terms of the referral that run now, the next move's first; our matter's own stands in `legs`."""
    home = referral.direction == Direction.SENT
    unit, here = (referral.unit_name, OUR_WINDOW) if home else (OUR_WINDOW, referral.unit_name)
    terms, ask = [], open_ask(referral)
    if referral.state in _UNSIGNED and referral.sign_due_on:
        terms.append(_clock("签收期限", unit, referral.sign_due_on, clocks.SIGN_WITHIN_DAYS))
    if ask is not None:
        terms.append(_clock("补正期限", here, ask.due_on, clocks.MATERIAL_WITHIN_DAYS))
    if home and referral.state in (State.SIGNED, State.ASKED) and referral.handle_due_on:
        terms.append(_clock(HANDLING, referral.unit_name, referral.handle_due_on, LEVELS[5].days))
    return terms


def silence(referral: Referral) -> tuple[int, Clock] | None:
    """At home, while the other side has to move: working days without a word, and when it is chased for it.

    The log of contacts is to be at hand.
    """
    if referral.direction != Direction.SENT or referral.state not in AWAITED:
        return None
    heard = clocks.last_heard(referral, max((each.at for each in referral.contacts.all()), default=None))
    until = clocks.silent_until(heard, referral.chased_at)
    return _days_between(heard, clock.now()), _clock(
        "自动催办", referral.unit_name, until, clocks.SILENT_DAYS
    )


def _clock(label: str, whose: str, due_on: date, days: int) -> Clock:
    return Clock(label, whose, due_on, lights.light(due_on, clock.now(), current_calendar(), days))


# --- The way -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Leg:
    """One unit on the way of the case: under which number it has it, since when, until when."""

    unit: str
    part: str
    number: str
    since: datetime | None
    due_on: date | None
    light: Light | None
    here: bool = False


def legs(referral: Referral, origin: Referral | None = None) -> list[Leg]:
    """The units of the way in its order, each with its clock; `origin` is how our own matter came here."""
    matter, home = referral.matter, referral.direction == Direction.SENT
    drawn = []
    came = origin if home else referral
    if came is not None:
        drawn.append(Leg(came.unit_name, "转来单位", came.unit_matter_number, came.sent_at, None, None))
    if matter is not None:
        part, light = "转来后承办" if came is not None else "首接单位", matters.light_of(matter)
        drawn.append(Leg("本中心", part, matter.number, matter.accepted_at, matter.due_on, light, here=True))
    if home and referral.state != State.DRAFT:
        drawn.append(
            Leg(
                referral.unit_name,
                "承办单位",
                referral.unit_matter_number,
                referral.signed_at or referral.sent_at,
                referral.handle_due_on,
                next((each.light for each in running(referral) if each.label == HANDLING), None),
            )
        )
    if referral.onward_unit:
        drawn.append(Leg(referral.onward_unit, "再转单位", "", referral.onward_since, None, None))
    return drawn


# --- Steps -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    label: str
    status: str
    at: datetime | None = None


_ENDS = {State.RETURNED: "退回", State.RECALLED: "撤回", State.REDIRECTED: "改派"}


def steps(referral: Referral) -> list[Step]:
    """The way of a referral with when each step was taken, whichever branch it took."""
    taken: list[tuple[str, datetime | None]] = []
    if referral.direction == Direction.SENT:
        taken.append(("起草", referral.created_at))
    taken.append(("送出", referral.sent_at))
    if referral.state == State.RECALLING:
        taken.append(("撤回", None))
    taken.append(("签收", referral.signed_at))
    for ask in referral.asks.all():
        taken += [("要求补正", ask.at), ("补正", ask.given_at)]
    if end := _ENDS.get(State(referral.state)):
        return _ended(referral, [(label, at) for label, at in taken if at], end)
    taken.append(("办结反馈", referral.answered_at))
    taken.append(("确认", referral.ended_at if referral.state == State.CONFIRMED else None))
    drawn: list[Step] = []
    for label, at in taken:
        current = at is None and all(step.status == "done" for step in drawn)
        drawn.append(Step(label, "done" if at else "current" if current else "todo", at))
    return drawn


def _ended(referral: Referral, taken: list[tuple[str, datetime | None]], end: str) -> list[Step]:
    """A referral that ended on the way; after a return home may have it decided who is to handle it."""
    taken.append((end, referral.ended_at))
    if referral.state == State.RETURNED and referral.appealed_at:
        taken += [("提请指定", referral.appealed_at), ("指定承办", referral.designated_at)]
    *before, (last, at) = taken
    return [*(Step(label, "done", when) for label, when in before), Step(last, "current", at)]
