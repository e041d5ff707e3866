"""What may be done about a problem of the city, and when: one table for buttons, pages, API and the watch."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bancheng.overview.models import CityProblem, ProblemState
from bancheng.timekeeping import clock
from bancheng.web import words

OPEN, MEASURED, ROUTINE = ProblemState.OPEN, ProblemState.MEASURED, ProblemState.ROUTINE
MET, DISMISSED = ProblemState.MET, ProblemState.DISMISSED

TRIAL_DAYS: Final = 30
"""House rule: so many days in force before a measure of the city may become routine."""
WATCH_DAYS: Final = 180
"""House rule: so many days after it became routine, and as many before it began, are compared."""

Guard = Callable[[CityProblem], str]
"""The sentence that says why not now, "" if nothing is in the way."""


def anytime(problem: CityProblem) -> str:
    return ""


def long_enough_in_force(problem: CityProblem) -> str:
    if problem.from_on is None:
        return "还没有定措施。"
    since = problem.from_on + timedelta(days=TRIAL_DAYS)
    if clock.today() >= since:
        return ""
    return f"措施自{words.day(problem.from_on)}起实行，满{TRIAL_DAYS}天（{words.day(since)}）后才能转为常态。"


@dataclass(frozen=True)
class Transition:
    """One act: from the `sources` to `target` (None: the state stays), if the guard has nothing to say."""

    name: str
    label: str
    sources: tuple[ProblemState, ...]
    target: ProblemState | None
    consequence: str
    guard: Guard = anytime


TABLE: Final = {
    each.name: each
    for each in (
        Transition(
            "set_measure",
            "定措施",
            (OPEN,),
            MEASURED,
            "措施自起始日期起标在全市和各中心的趋势图上。",
        ),
        Transition("amend", "更正范围", (OPEN, MEASURED), None, "更正后按新的涉及中心统计。"),
        Transition(
            "make_routine",
            "转为常态",
            (MEASURED,),
            ROUTINE,
            f"自今日起跟踪{WATCH_DAYS}天，与措施实行前{WATCH_DAYS}天比较，到期自动评估。",
            guard=long_enough_in_force,
        ),
        Transition("end_measure", "停止措施", (MEASURED,), OPEN, "停止后回到研判，须另定措施。"),
        Transition("reopen", "重新立项", (ROUTINE, MET), OPEN, "原措施到此为止，回到研判，须另定措施。"),
        Transition("dismiss", "撤销立项", (OPEN,), DISMISSED, "撤销后不再跟踪；同一事项和根因可以另行立项。"),
    )
}
"""All acts of the coordinator on a problem that was taken up, in the order of their buttons."""

WATCHED_FROM: Final = ROUTINE
"""The one state in which the clock itself moves it on: to MET, back to OPEN, or nowhere (`actions.watch`)."""


def why_not(problem: CityProblem, name: str) -> str:
    """The sentence that says why this cannot be done now, "" if it can. KeyError for an unknown name."""
    transition = TABLE[name]
    if problem.state not in transition.sources:
        allowed = "、".join(f"“{state.label}”" for state in transition.sources)
        return f"问题现为“{problem.get_state_display()}”，处于{allowed}时才能{transition.label}。"
    return transition.guard(problem)
