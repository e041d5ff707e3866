"""Which form and which action stand behind each step of a problem: the one door for pages and API."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from bancheng.errors import NotFound
from bancheng.identity.actors import Actor
from bancheng.web.http import require_valid
from tenants.improvement import actions, selectors, workflow
from tenants.improvement.forms import problems as forms


@dataclass(frozen=True)
class Bound:
    """A step, the form that asks for what it needs, and the action that does it."""

    step: workflow.Step
    form: type[forms.ProblemForm]
    run: Callable[..., object]


_ACTIONS: dict[str, tuple[type[forms.ProblemForm], Callable[..., object]]] = {
    "open": (forms.OpenForm, actions.open_problem),
    "dismiss": (forms.DismissForm, actions.dismiss),
    "study": (forms.StudyForm, actions.study),
    "set_measure": (forms.MeasureForm, actions.set_measure),
    "try_out": (forms.TryOutForm, actions.try_out),
    "end_measure": (forms.EndMeasureForm, actions.end_measure),
    "make_routine": (forms.RoutineForm, actions.make_routine),
    "reopen": (forms.ReopenForm, actions.reopen),
}
BOUND: dict[str, Bound] = {name: Bound(workflow.STEPS[name], *pair) for name, pair in _ACTIONS.items()}


def bound(name: str) -> Bound:
    """What stands behind the step. Raises NotFound for a name that there is not, or that is the clock's."""
    try:
        return BOUND[name]
    except KeyError:
        raise NotFound("没有这个操作。") from None


def perform(*, name: str, problem_id: UUID, actor: Actor, data: Any) -> None:
    """Check `data` against the step's form and take the step.

    `data` may be a function that makes it from the form as the page opens it. Raises NotFound, NotAllowed or
    Conflict before the form is looked at; Invalid with its sentences by field.
    """
    step = bound(name)
    problem = selectors.problem_for(actor, problem_id)
    workflow.check(problem, actor, name)
    if callable(data):
        data = data(step.form(problem=problem, actor=actor))
    form = step.form(data, problem=problem, actor=actor)
    require_valid(form)
    step.run(problem_id=problem_id, actor=actor, **form.arguments())
