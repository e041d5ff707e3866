"""Which form and which action stand behind each act on a problem of the city: for pages and API alike."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django import forms

from bancheng.errors import NotFound
from bancheng.identity.actors import Actor
from bancheng.overview.city import actions, workflow
from bancheng.overview.city.forms import AmendForm, MeasureForm, NoteForm, ReasonForm
from bancheng.overview.city.workflow import Transition
from bancheng.overview.models import CityProblem
from bancheng.timekeeping import clock
from bancheng.web.http import require_valid


@dataclass(frozen=True)
class Bound:
    """An act, the form that asks for what it needs, and the action that does it."""

    transition: Transition
    form: type[forms.Form]
    run: Callable[..., CityProblem]

    def opened(self, problem: CityProblem, data: Any = None) -> forms.Form:
        """The form as it opens for this problem."""
        usual = {"centres": problem.centres, "link": problem.link, "from_on": clock.today()}
        initial = {name: value for name, value in usual.items() if name in self.form.base_fields}
        return self.form(data, initial=initial)


@dataclass(frozen=True)
class Choice:
    """An act that there is, and why it cannot be done now ("" if it can)."""

    name: str
    label: str
    why_not: str
    in_time: bool
    """Whether the problem stands where this is done, so that only something else is in the way."""


_FORMS: Final[dict[str, tuple[type[forms.Form], Callable[..., CityProblem]]]] = {
    "set_measure": (MeasureForm, actions.set_measure),
    "amend": (AmendForm, actions.amend),
    "make_routine": (NoteForm, actions.make_routine),
    "end_measure": (ReasonForm, actions.end_measure),
    "reopen": (ReasonForm, actions.reopen),
    "dismiss": (ReasonForm, actions.dismiss),
}
BOUND: Final = {name: Bound(each, *_FORMS[name]) for name, each in workflow.TABLE.items()}


def bound(name: str) -> Bound:
    """What stands behind the act. Raises NotFound for a name that there is not."""
    try:
        return BOUND[name]
    except KeyError:
        raise NotFound("没有这个操作。") from None


def choices(problem: CityProblem) -> list[Choice]:
    """All acts, in their order."""
    return [
        Choice(name, each.label, workflow.why_not(problem, name), problem.state in each.sources)
        for name, each in workflow.TABLE.items()
    ]


def perform(*, name: str, problem_id: UUID, actor: Actor, form: forms.Form) -> CityProblem:
    """Do it with what stands in the form. Raises Invalid, and as the action."""
    require_valid(form)
    return bound(name).run(problem_id=problem_id, actor=actor, **form.cleaned_data)
