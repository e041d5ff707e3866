"""What may be done to a problem, from where to where, by whom, and if: one page, like the matter's.

Who may do what stands in `bancheng.identity.permissions`, under the permission that each step names.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bancheng.errors import Conflict, NotAllowed
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import PERMISSIONS, allowed, known, require
from bancheng.identity.roles import Role
from bancheng.overview.models import ProblemState
from bancheng.tenancy import TenantQuerySet
from bancheng.timekeeping import clock
from tenants.improvement.models import Measure, Problem

Guard = Callable[[Problem, Actor], str | None]
"""Why not, in one sentence for the person who asks; None when nothing stands in the way."""

TRIAL_DAYS = 30
"""Calendar days that a measure is on trial before it may become routine (house rule)."""


# --- Guards ------------------------------------------------------------------------------------------


def studied(problem: Problem, actor: Actor) -> str | None:
    if problem.studies.filter(round=problem.round).exists():
        return None
    return "本轮还没有研判，请先研判：找准根本原因，再定措施。"


def something_to_try(problem: Problem, actor: Actor) -> str | None:
    if living(problem).filter(from_on=None).exists():
        return None
    return "没有等待试行的措施，请先“定措施”。"


def something_to_end(problem: Problem, actor: Actor) -> str | None:
    return None if living(problem).exists() else "没有正在推进的措施。"


def all_on_trial(problem: Problem, actor: Actor) -> str | None:
    if living(problem).filter(from_on=None).exists():
        return "还有措施没有试行，请先试行，或者停止这项措施。"
    return None


def tried_long_enough(problem: Problem, actor: Actor) -> str | None:
    """Of the newest measure too: what was changed yesterday has shown nothing yet."""
    newest = living(problem).order_by("-from_on").values_list("from_on", flat=True).first()
    tried = (clock.today() - newest).days if newest else 0
    if tried >= TRIAL_DAYS:
        return None
    return f"措施试行满{TRIAL_DAYS}天才能转为常态，最近一项刚试行{tried}天。"


def living(problem: Problem) -> TenantQuerySet[Measure]:
    """The measures of the present round that were not ended."""
    rows: TenantQuerySet[Measure] = Measure.objects.filter(problem=problem, round=problem.round)
    return rows.filter(ended_on=None)


# --- The table ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """One act on a problem. `target` None: its state follows from its measures, see `standing`.

    A `system` step is the clock's own; one that is `also_system` may be taken by it as well.
    """

    name: str
    label: str
    sources: tuple[ProblemState, ...]
    target: ProblemState | None
    permission: str
    icon: str
    final: bool = False
    guards: tuple[Guard, ...] = ()
    system: bool = False
    also_system: bool = False

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset() if self.system else PERMISSIONS[self.permission]


S = ProblemState
UNDER_WAY = (S.OPEN, S.MEASURED, S.TRIAL)
"""Taken up, and not routine yet."""
SETTLED = (S.ROUTINE, S.MET)
"""Made routine: watched, or found to have helped."""
_OPEN, _STUDY, _MEASURE = known("problem.open"), known("problem.study"), known("problem.set_measure")
_TRY, _ROUTINE = known("problem.try_out"), known("problem.make_routine")
_TABLE = (
    Step("open", "立项", (S.PROPOSED,), S.OPEN, _OPEN, "flag"),
    Step("dismiss", "不立项", (S.PROPOSED,), S.DISMISSED, _OPEN, "x", final=True),
    Step("study", "研判", UNDER_WAY, None, _STUDY, "search"),
    Step("set_measure", "定措施", UNDER_WAY, None, _MEASURE, "adjustments", guards=(studied,)),
    Step("try_out", "开始试行", (S.MEASURED, S.TRIAL), None, _TRY, "hourglass", guards=(something_to_try,)),
    Step(
        "end_measure",
        "停止措施",
        (S.MEASURED, S.TRIAL),
        None,
        _MEASURE,
        "x",
        final=True,
        guards=(something_to_end,),
    ),
    Step(
        "make_routine",
        "转为常态",
        (S.TRIAL,),
        S.ROUTINE,
        _ROUTINE,
        "check",
        final=True,
        guards=(all_on_trial, tried_long_enough),
    ),
    Step("watch", "成效评估", (S.ROUTINE,), None, _OPEN, "chart-bar", system=True),
    Step("reopen", "重新立项", SETTLED, S.OPEN, _OPEN, "history", final=True, also_system=True),
)
STEPS: dict[str, Step] = {step.name: step for step in _TABLE}


# --- Enforcement -------------------------------------------------------------------------------------


def check(problem: Problem, actor: Actor, name: str) -> Step:
    """Return the step, or raise NotAllowed (who), Conflict (state or guard)."""
    step = STEPS[name]
    if step.system:
        if not actor.is_system:
            raise NotAllowed("这一步由系统完成，不能手工操作。")
    elif not (step.also_system and actor.is_system):
        require(actor, step.permission)
    if problem.state not in step.sources:
        raise Conflict(
            f"此问题现在是“{S(problem.state).label}”，不能“{step.label}”；可能刚刚有人办理过，请刷新页面。",
            code="wrong_state",
        )
    for guard in step.guards:
        if why := guard(problem, actor):
            raise Conflict(why, code=guard.__name__)
    return step


def obstacle(problem: Problem, actor: Actor, name: str) -> str | None:
    """Why `actor` cannot take the step now, or None."""
    try:
        check(problem, actor, name)
    except (NotAllowed, Conflict) as refused:
        return refused.message
    return None


def choices(problem: Problem, actor: Actor) -> Iterator[tuple[Step, str | None]]:
    """The steps that roles and state allow this person now, each with what else stands in the way, if any."""
    for step in STEPS.values():
        if step.system or problem.state not in step.sources or not allowed(actor, step.permission):
            continue
        yield step, obstacle(problem, actor, step.name)


def standing(problem: Problem) -> ProblemState:
    """Where a problem stands that is under way: as far as its measures of this round have got."""
    begun = list(living(problem).values_list("from_on", flat=True))
    if any(begun):
        return S.TRIAL
    return S.MEASURED if begun else S.OPEN
