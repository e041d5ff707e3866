"""Which form and which action stand behind each step of a referral: the one door for pages and API."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from bancheng.errors import NotFound
from bancheng.identity.actors import Actor
from bancheng.web.http import require_valid
from tenants.matters.telling import tell
from tenants.referrals import (
    by_letter,
    following,
    forms,
    letter_forms,
    receiving,
    selectors,
    sending,
    workflow,
)


@dataclass(frozen=True)
class Bound:
    """A step, the form that asks for what it needs, and the action that does it."""

    step: workflow.Step
    form: type[forms.ReferralForm]
    run: Callable[..., object]


_ACTIONS: dict[str, tuple[type[forms.ReferralForm], Callable[..., object]]] = {
    "revise": (forms.DraftForm, sending.revise),
    "send": (forms.SendForm, sending.send),
    "discard": (forms.EmptyForm, sending.discard),
    "log_contact": (letter_forms.ContactLogForm, by_letter.log_contact),
    "record_answer": (letter_forms.RecordAnswerForm, by_letter.record_answer),
    "record_return": (letter_forms.RecordReturnForm, by_letter.record_return),
    "recall_letter": (letter_forms.RecallLetterForm, by_letter.recall_letter),
    "recall": (forms.WhyForm, following.recall),
    "give_material": (forms.GiveMaterialForm, following.give_material),
    "chase": (forms.ChaseForm, following.chase),
    "escalate": (forms.WhyForm, following.escalate),
    "appeal": (forms.WhyForm, following.appeal),
    "confirm": (forms.EmptyForm, sending.confirm),
    "sign": (forms.EmptyForm, receiving.sign),
    "give_back": (forms.GiveBackForm, receiving.give_back),
    "ask": (forms.AskForm, receiving.ask),
    "report": (forms.ReportForm, receiving.report),
    "answer": (forms.AnswerForm, receiving.answer),
}
BOUND: dict[str, Bound] = {name: Bound(workflow.STEPS[name], *pair) for name, pair in _ACTIONS.items()}


def bound(name: str) -> Bound:
    """What stands behind the step. Raises NotFound for a name that there is not."""
    try:
        return BOUND[name]
    except KeyError:
        raise NotFound("没有这个操作。") from None


def perform(*, name: str, referral_id: UUID, actor: Actor, data: Any, files: Any = None) -> None:
    """Check `data`, and `files` where the form takes any, against the step's form and take the step.

    `data` may be a function that makes it from the form as the page opens it. Raises NotFound, NotAllowed or
    Conflict before the form is looked at; Invalid with its sentences by field.
    """
    step = bound(name)
    referral = selectors.referral_for(actor, referral_id)
    workflow.check(referral, actor, name)
    if callable(data):
        data = data(step.form(referral=referral))
    form = step.form(data, files, referral=referral)
    require_valid(form)
    step.run(referral_id=referral_id, actor=actor, **form.arguments())


tell("refer", "arrows-exchange", "teal")
tell("hear", "mail", "teal")
tell("take_back", "arrow-back-up", "teal")
tell("hear_home", "mail", "teal")
tell("redirected_away", "arrow-back-up", "amber")
tell("answer", "send", "teal")
