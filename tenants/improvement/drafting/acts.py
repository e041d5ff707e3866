"""Which form and which action stand behind each act on a draft: the one door for pages and API."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms as django_forms

from bancheng.errors import NotFound
from bancheng.identity.actors import Actor
from bancheng.web.http import require_valid
from tenants.improvement.drafting import actions, forms, selectors, workflow
from tenants.improvement.models import PrecedentDraft

FIELDS = ("title", "situation", "solution", "basis", "units", "causes", "working_days")


@dataclass(frozen=True)
class Bound:
    """An act, the form that asks for what it needs, and the action that does it."""

    transition: workflow.Transition
    form: type[django_forms.Form]
    run: Callable[..., PrecedentDraft]

    def opened(self, draft: PrecedentDraft, actor: Actor, data: Any = None) -> django_forms.Form:
        """The form as it opens for this draft, with `data` in it where there is some."""
        if issubclass(self.form, forms.TextsForm):
            initial = {name: getattr(draft, name) for name in FIELDS}
            return self.form(data, matter=draft.matter, actor=actor, initial=initial)
        if issubclass(self.form, forms.StepForm):
            return self.form(data, draft=draft)
        raise TypeError(self.form)


_ACTIONS: dict[str, tuple[type[django_forms.Form], Callable[..., PrecedentDraft]]] = {
    "submit": (forms.SubmitForm, actions.submit),
    "amend": (forms.TextsForm, actions.amend),
    "publish": (forms.PublishForm, actions.publish),
    "send_back": (forms.SendBackForm, actions.send_back),
    "renew": (forms.RenewForm, actions.renew),
    "withdraw": (forms.WithdrawPrecedentForm, actions.withdraw),
}
BOUND: dict[str, Bound] = {name: Bound(each, *_ACTIONS[name]) for name, each in workflow.TABLE.items()}


def bound(name: str) -> Bound:
    """What stands behind the act. Raises NotFound for a name that there is not."""
    try:
        return BOUND[name]
    except KeyError:
        raise NotFound("没有这个操作。") from None


def perform(*, name: str, draft_id: UUID, actor: Actor, data: Any) -> PrecedentDraft:
    """Check `data` against the act's form and do it.

    `data` may be a function that makes it from the form as it opens. Raises NotFound, NotAllowed or Conflict
    before the form is looked at; Invalid with its sentences by field.
    """
    act, draft = bound(name), selectors.draft_for(actor, draft_id)
    workflow.check(draft, actor, name)
    if callable(data):
        data = data(act.opened(draft, actor))
    form = act.opened(draft, actor, data)
    require_valid(form)
    return act.run(draft_id=draft_id, actor=actor, **form.cleaned_data)
