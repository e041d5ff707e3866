"""How a problem is shown: its steps, whose move it is, its course, its measures, its pattern's chart."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bancheng.overview.models import ProblemState, Verdict
from bancheng.overview.rates import Recurrence
from bancheng.timekeeping import clock
from tenants.improvement import workflow
from tenants.improvement.actions.measures import LIGHTENED
from tenants.improvement.models import Measure, Problem, ProblemEvent, Watch
from tenants.improvement.patterns import Month
from tenants.matters.presentation import cause_name, item_name

S = ProblemState


# --- In the register ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A problem in a list."""

    problem: Problem
    item: str
    cause: str


def rows(problems: Iterable[Problem]) -> list[Row]:
    """One row each, no query beyond that of `problems`."""
    return [Row(each, item_name(each.item), cause_name(each.cause)) for each in problems]


def title(problem: Problem) -> str:
    """What it is called; a proposal has no name yet but that of its pattern."""
    return problem.title or f"{item_name(problem.item)}：{cause_name(problem.cause)}"


# --- Where it stands ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    label: str
    status: str
    at: datetime | None = None


_WAY = (
    (S.PROPOSED, "提出", "propose"),
    (S.OPEN, "立项研判", "open"),
    (S.MEASURED, "定措施", "set_measure"),
    (S.TRIAL, "试行", "try_out"),
    (S.ROUTINE, "转常态", "make_routine"),
    (S.MET, "见效", "watch"),
)


def steps(problem: Problem) -> list[Step]:
    """The way of a problem, with when each step of the present round was taken; its course is at hand."""
    if problem.state == S.DISMISSED:
        return [
            Step("提出", "done", problem.proposed_at),
            Step("不立项", "current", problem.dismissed_at),
        ]
    taken: dict[str, datetime] = {}
    for event in problem.events.all():
        if event.round == problem.round or event.act == "propose":
            taken[event.to_state if event.act == "watch" else event.act] = event.at
    taken.setdefault("open", taken.get("reopen") or problem.proposed_at)
    here = [state for state, _, _ in _WAY].index(S(problem.state))
    return [
        Step(
            label,
            "done" if place < here or problem.state == S.MET else "current" if place == here else "todo",
            taken.get(S.MET if act == "watch" else act) if place <= here else None,
        )
        for place, (_, label, act) in enumerate(_WAY)
    ]


def waiting_for(problem: Problem) -> str:
    """What is to be done now, by whom, in one sentence. Its measures and watches are to be at hand."""
    if problem.state == S.ROUTINE:
        return _watched_until(problem)
    return {
        S.PROPOSED: "待窗口负责人或分管领导决定是否立项。",
        S.DISMISSED: f"不立项：{problem.dismissed_reason}",
        S.OPEN: "待研判：找准根本原因和可由谁解决，再定措施。",
        S.MEASURED: "措施已定，待责任人落实后开始试行。",
        S.TRIAL: f"正在试行，满{workflow.TRIAL_DAYS}天后由分管领导或中心主任转为常态。",
        S.MET: "已见效。同一事项和根因再次达到阈值的，自动重新立项。",
    }[S(problem.state)]


def _watched_until(problem: Problem) -> str:
    watches = [watch for watch in problem.watches.all() if watch.round == problem.round]
    pending = [watch for watch in watches if watch.watched_at is None]
    if pending:
        return (
            f"已转为常态，{pending[0].due_on}进行{pending[0].days}天评估；期间再次达到阈值的，自动重新立项。"
        )
    return "已满180天，样本不足，不能判断是否见效；再次达到阈值的，自动重新立项，也可以人工重新立项。"


# --- Its course --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """One line of the course, for the timeline."""

    at: datetime
    who: str
    what: str
    text: str
    icon: str
    tone: str


_TONES = {
    "propose": "amber",
    "open": "blue",
    "dismiss": "grey",
    "study": "blue",
    "set_measure": "blue",
    "try_out": "teal",
    "end_measure": "amber",
    "make_routine": "green",
    "watch": "teal",
    "reopen": "red",
}


def course(problem: Problem) -> list[Entry]:
    """What was done to it, newest first."""
    return [_entry(event) for event in reversed(problem.events.all())]


def _entry(event: ProblemEvent) -> Entry:
    step = workflow.STEPS.get(event.act)
    return Entry(
        event.at,
        event.actor_label,
        step.label if step else "提出",
        event.note,
        step.icon if step else "bell",
        _TONES[event.act],
    )


# --- Its measures and watches ------------------------------------------------------------------------


@dataclass(frozen=True)
class MeasureRow:
    """A measure with where it stands, in a word and its tone, and what it changes."""

    measure: Measure
    word: str
    tone: str
    changes: list[tuple[str, int, int]]


def measures(problem: Problem) -> list[MeasureRow]:
    """Newest first, of every round."""
    return [_measure(measure) for measure in reversed(problem.measures.all())]


def _measure(measure: Measure) -> MeasureRow:
    changes = [
        (word, getattr(measure, f"{name}_before"), getattr(measure, f"{name}_after"))
        for name, word in LIGHTENED.items()
    ]
    return MeasureRow(measure, *_standing(measure), changes)


def _standing(measure: Measure) -> tuple[str, str]:
    if measure.ended_on:
        return "已停止", "grey"
    if measure.routine_on:
        return "已转常态", "green"
    if measure.from_on:
        return "试行中", "teal"
    return ("已超期", "red") if measure.due_on < clock.today() else ("待试行", "amber")


@dataclass(frozen=True)
class WatchRow:
    """A watch with its figure in words; `over` where its round ended before it was due."""

    watch: Watch
    words: str
    tone: str
    over: bool


def watches(problem: Problem) -> list[WatchRow]:
    """Of every round, the latest round first."""
    found = sorted(problem.watches.all(), key=lambda watch: (-watch.round, watch.days))
    return [_watch(watch, problem) for watch in found]


_VERDICT_TONES = {Verdict.WORKED: "green", Verdict.UNCLEAR: "grey", Verdict.RETURNED: "red"}


def _watch(watch: Watch, problem: Problem) -> WatchRow:
    if watch.before is None or watch.after is None:
        return WatchRow(watch, "", "grey", over=watch.round < problem.round)
    figure = Recurrence(watch.before, watch.after, watch.ratio, watch.low, watch.high)
    return WatchRow(watch, figure.text, _VERDICT_TONES[Verdict(watch.verdict)], over=False)


# --- The chart of its pattern ------------------------------------------------------------------------


def chart(months: Sequence[Month], measures: Iterable[Measure]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The pattern's months as bars with an upright line where a measure took effect; the same as a table."""
    marks: defaultdict[str, list[str]] = defaultdict(list)
    for measure in measures:
        if measure.from_on:
            marks[f"{measure.from_on:%Y-%m}"].append(measure.get_kind_display())
    said = {month: "、".join(dict.fromkeys(kinds)) for month, kinds in marks.items()}
    option = {
        "tooltip": {"trigger": "axis"},
        "grid": {"top": 48},
        "xAxis": {"type": "category", "data": [month.label for month in months]},
        "yAxis": {
            "type": "value",
            "name": "登记（件）",
            "minInterval": 1,
            "nameTextStyle": {"align": "left"},
        },
        "series": [
            {
                "type": "bar",
                "name": "登记",
                "data": [month.count for month in months],
                "barMaxWidth": 28,
                "color": "#8db2de",  # light, so that the line of a measure is seen on a bar
                "markLine": {
                    "symbol": "none",
                    "silent": True,
                    "lineStyle": {"color": "#b3261e", "type": "dashed", "width": 2},
                    "label": {"color": "#b3261e"},
                    "data": [
                        {"xAxis": month, "label": {"formatter": kinds}} for month, kinds in said.items()
                    ],
                },
            }
        ],
    }
    table = [[month.label, month.count, said.get(month.label, "")] for month in months]
    total = ["合计", sum(month.count for month in months), ""]
    return option, {"head": ["月份", "登记", "开始试行的措施"], "rows": [*table, total]}
