"""How a matter is shown: its row in a list, its next act, flags, steps, timeline and whose hands it was in.

Pages draw what stands here; nothing here asks the database beyond what it is handed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from bancheng.catalogue import selectors as catalogue
from bancheng.catalogue.words import Kind, Mode, Urgency
from bancheng.errors import NotFound
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import allowed
from bancheng.timekeeping.due import LEVELS
from bancheng.timekeeping.holders import Holder, Span
from bancheng.timekeeping.lights import Light
from tenants.matters import selectors, telling, workflow
from tenants.matters.models import Event, Matter
from tenants.matters.states import ENDED, IN_HAND, State

# --- Lists -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A matter in a list, with the one thing that this person does next."""

    matter: Matter
    light: Light
    item: str
    next: workflow.Transition | None


def rows(matters: Iterable[Matter], actor: Actor) -> list[Row]:
    """One row each; no query beyond that of `matters`."""
    return [
        Row(matter, selectors.light_of(matter), item_name(matter.item_code), next_act(matter, actor))
        for matter in matters
    ]


NEXT_ACTS: Mapping[str, tuple[str, ...]] = {
    State.REGISTERED: ("accept", "triage"),
    State.DECLINED: ("reverse_decline",),
    State.ACCEPTED: ("assign",),
    State.ASSIGNED: ("sign",),
    State.HANDLING: ("resolve", "request_signoff"),
    State.AWAITING_MATERIAL: ("receive_material",),
    State.AWAITING_SIGNOFF: ("sign_off",),
    State.REFERRED: ("progress",),
    State.RESOLVED: ("reply",),
    State.REPLIED: ("close", "call_back"),
}
"""What carries a matter on from each state; of several the first that nothing stands in the way of."""

RARE = frozenset({"extend", "extend_again", "regrade", "restrict", "merge", "withdraw", "amend"})
"""Acts that are seldom wanted: they stand behind 更多."""

_ASKS_THE_DATABASE = frozenset({workflow.not_its_handler})


def next_act(matter: Matter, actor: Actor) -> workflow.Transition | None:
    """The act that carries the matter on, if it is this person's.

    For a supporting department that is its own answer. A guard that would ask the database is left to the
    act itself, so that a list costs one query.
    """
    answer = workflow.TRANSITIONS["answer_support"]
    if actor.department in matter.unanswered and matter.state in answer.sources:
        return answer if allowed(actor, answer.permission) else None
    for name in NEXT_ACTS.get(matter.state, ()):
        transition = workflow.TRANSITIONS[name]
        if (name == "call_back" and matter.called_back) or (name == "triage" and matter.level):
            continue  # possible still, yet it carries nothing on
        guards = (guard for guard in transition.guards if guard not in _ASKS_THE_DATABASE)
        if allowed(actor, transition.permission) and not any(guard(matter, actor) for guard in guards):
            return transition
    return None


def item_name(code: str) -> str:
    """The item's name; the bare code where the city's catalogue has dropped it."""
    try:
        return catalogue.item(code).name
    except NotFound:
        return code


def cause_name(code: str) -> str:
    try:
        return catalogue.cause(code).name
    except NotFound:
        return code


# --- The head of the page ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Flag:
    text: str
    tone: str


def flags(matter: Matter) -> list[Flag]:
    """What makes this matter unlike the next, most pressing first."""
    level = LEVELS[matter.level] if matter.level else None
    outside = len(matter.unanswered)
    found = [
        (matter.sensitive, "敏感件", "red"),
        (matter.supervised, "督办中", "red"),
        (matter.urgency != Urgency.ORDINARY, Urgency(matter.urgency).label, "red"),
        (True, Kind(matter.kind).label, "blue"),
        (level is not None, str(level), "grey"),
        (
            matter.mode != Mode.ROUTINE,
            Mode(matter.mode).label,
            "amber" if matter.mode == Mode.EXPEDITE else "teal",
        ),
        (matter.special_approved, "特事特办已签批", "green"),
        (matter.negative_approved, "否定答复已审签", "green"),
        (matter.first_of_kind, "本中心首例", "teal"),
        (matter.repeated, "重复反映", "amber"),
        (bool(matter.escalated), matter.get_escalated_display(), "amber"),
        (matter.case_leader_id is not None, f"包案：{matter.case_leader}", "teal"),
        (bool(outside) and matter.state in IN_HAND, f"待协办答复{outside}家", "amber"),
        (matter.extensions > 0, f"延期{matter.extensions}次", "amber"),
        (matter.returns > 0, f"部门退回{matter.returns}次", "amber"),
        (matter.reopened > 0, f"重办{matter.reopened}次", "amber"),
        (matter.came_by_referral, "其他中心转入", "teal"),
        (matter.merged_into_id is not None, f"已并入{matter.merged_into}", "grey"),
    ]
    return [Flag(text, tone) for shown, text, tone in found if shown]


def waiting_for(matter: Matter) -> str:
    """Who has to do what now, in one sentence."""
    department, handler = matter.department, matter.handler
    at_work = f"{department or ''}{handler or ''}" or "承办部门"
    if matter.state == State.REGISTERED and not matter.level:
        return "待窗口研判：确定类别、事项、难度等级、办理方式和初步根因。"
    if matter.state == State.REPLIED and matter.came_by_referral:
        return "已向转办单位反馈，待对方确认。"
    if matter.state == State.REPLIED:
        return "回访已完成，待窗口负责人销号。" if matter.called_back else "待回访员在3个工作日内回访。"
    return {
        State.REGISTERED: "研判已完成，待受理。",
        State.DECLINED: "已决定不予受理，由中心主任撤销后可重新受理。",
        State.ACCEPTED: "待窗口负责人交办到主办部门。"
        if matter.returns < workflow.RETURNS_AT_MOST
        else "已被退回两次，待中心主任指定承办部门。",
        State.ASSIGNED: f"待{department}签收，应于1个工作日内签收。",
        State.HANDLING: f"{at_work}办理中{_support(matter)}。",
        State.AWAITING_MATERIAL: "待反映人补正，时钟已暂停；收到后点“收到补正”，继续计时。",
        State.REFERRED: "已转其他单位办理，本中心时限照常计算，仍由本中心答复反映人。",
        State.AWAITING_SIGNOFF: "待领导签批。",
        State.RESOLVED: "待向转办单位办结反馈。" if matter.came_by_referral else "待窗口把结果答复反映人。",
        State.CLOSED: "已销号。反映人30天内提出未解决的，可以重办。",
        State.WITHDRAWN: "已按反映人意愿撤回。",
        State.MERGED: f"已并入{matter.merged_into}，随该件办理，办结后一并答复。",
    }.get(State(matter.state), "")


def _support(matter: Matter) -> str:
    return f"，还有{len(matter.unanswered)}家协办单位没有答复" if matter.unanswered else ""


@dataclass(frozen=True)
class Step:
    label: str
    status: str
    at: datetime | None = None


_PATH = (
    State.REGISTERED,
    State.ACCEPTED,
    State.ASSIGNED,
    State.HANDLING,
    State.RESOLVED,
    State.REPLIED,
    State.CLOSED,
)
_BESIDE_HANDLING = (State.REFERRED, State.AWAITING_SIGNOFF, State.AWAITING_MATERIAL)


def steps(matter: Matter, events: Iterable[Event]) -> list[Step]:
    """The states on the way to 销号, each with when it was last entered; one that ended early stops there."""
    entered = {e.to_state: e.at for e in events if e.from_state != e.to_state}
    state = State(matter.state)
    if state in ENDED and state != State.CLOSED:
        walked = [Step(s.label, "done", entered[s]) for s in _PATH if s in entered]
        return [*walked, Step(state.label, "current", entered.get(state))]
    here = _PATH.index(State.HANDLING if state in _BESIDE_HANDLING else state)
    drawn = []
    for place, each in enumerate(_PATH):
        if place < here or each == state == State.CLOSED:
            drawn.append(Step(each.label, "done", entered.get(each)))
        elif place == here:
            drawn.append(Step(state.label, "current", entered.get(state)))
        else:
            drawn.append(Step(each.label, "todo"))
    return drawn


# --- The timeline ------------------------------------------------------------------------------------


def entries(events: Iterable[Event], departments: Mapping[str, str]) -> list[dict[str, Any]]:
    """The timeline newest first: who did what and when, in whose hands it was after that.

    `departments` maps a department's code to its name.
    """
    drawn = []
    for event in events:
        mark = telling.mark(event.act)
        known = workflow.TRANSITIONS.get(event.act)
        held = event.holder_label or (Holder(event.holder).label if event.holder else "")
        moved = event.from_state != event.to_state and held
        said = "；".join(phrase for phrase in mark.says(event.data, departments) if phrase)
        drawn.append(
            {
                "at": event.at,
                "what": known.label if known else event.act,
                "who": f"{event.actor_label} · 此后在{held}" if moved else event.actor_label,
                "text": "\n".join(line for line in (said, event.note or "") if line),
                "icon": mark.icon,
                "tone": mark.tone,
            }
        )
    return drawn[::-1]


# --- Whose hands -------------------------------------------------------------------------------------

_BAR_COLOURS: Mapping[Holder, str] = {Holder.OTHER_CENTRE: "centre"}


def hands(spans: Iterable[Span]) -> list[dict[str, Any]]:
    """The spans added up by whose hands they were, in the order in which each first had it; working days."""
    sums: dict[tuple[Holder, str], Decimal] = {}
    for span in spans:
        key = (span.holder, span.label)
        sums[key] = sums.get(key, Decimal(0)) + Decimal(str(span.working_days))
    return [
        {"label": label, "holder": _BAR_COLOURS.get(holder, holder.value), "amount": amount}
        for (holder, label), amount in sums.items()
    ]
