"""Which form and which action stand behind each transition: the one door for pages and API."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from bancheng.errors import NotFound
from bancheng.identity.actors import Actor
from bancheng.web.http import require_valid
from tenants.matters import selectors, workflow
from tenants.matters.forms.base import ActForm
from tenants.matters.models import Matter

Run = Callable[..., Matter]


@dataclass(frozen=True)
class Bound:
    """A transition, the form that asks for what it needs, and the action that does it."""

    transition: workflow.Transition
    form: type[ActForm]
    run: Run


_BOUND: dict[str, Bound] = {}


def bind(name: str, form: type[ActForm], run: Run) -> None:
    """Put a form and an action behind a transition; apps above call it when they are ready."""
    _BOUND[name] = Bound(workflow.TRANSITIONS[name], form, run)


def bound(name: str) -> Bound:
    """What stands behind the transition. Raises NotFound for a name that nobody may use by hand."""
    try:
        return _BOUND[name]
    except KeyError:
        raise NotFound("没有这个操作。") from None


def all_bound() -> dict[str, Bound]:
    """Every act that people can do on a matter, by name."""
    return dict(_BOUND)


def perform(*, name: str, matter_id: UUID, actor: Actor, data: Any, files: Any = None) -> Matter:
    """Check `data`, and `files` where the form takes any, against the act's form and do it.

    `data` may be a function that makes it from the form as the page opens it. Raises NotFound, NotAllowed or
    Conflict before the form is looked at, so that nobody is told to fill in what they may not send; Invalid
    with the form's sentences by field.
    """
    act = bound(name)
    matter = selectors.matter_for(actor, matter_id)
    workflow.check(matter, actor, name)
    if callable(data):
        data = data(act.form(matter=matter, actor=actor))
    form = act.form(data, files, matter=matter, actor=actor)
    require_valid(form)
    return act.run(matter_id=matter_id, actor=actor, **form.arguments())
