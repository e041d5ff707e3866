"""Where a story is played: one step after the other, each by its person, through the doors that pages use."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.urls import reverse

from bancheng.identity.actors import Actor
from bancheng.identity.permissions import require
from bancheng.identity.roles import Role
from bancheng.web.http import require_valid
from tenants.demo.crew import Crew
from tenants.matters import actions, acts
from tenants.matters.forms.intake import ConsultationForm, CounterForm, RegisterForm
from tenants.matters.models import Matter
from tenants.matters.views.intake import from_consultation
from tenants.referrals import acts as referral_acts
from tenants.referrals import sending
from tenants.referrals.forms import DraftForm
from tenants.referrals.models import Referral


@dataclass(frozen=True)
class Step:
    """One act of one person. `data` is what is typed into the act's form, by the form's field names.

    `act` is a transition's name, "consultation" or "register" at the counter, or "referral.<step>". A page
    and the API take the same: whoever plays it in a browser fills in `data` and presses the button.
    """

    title: str
    act: str
    who: Role
    department: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


Script = Iterator[Step]


class Stage:
    """A story's centre while it is played: who works there, and what has come of the steps so far.

    Play inside the centre. Every step is checked as any other act is: by the permission table, the workflow
    and the form.
    """

    def __init__(self) -> None:
        self.crew = Crew.here()
        self.consultation_id: UUID | None = None
        self.matter_id: UUID | None = None
        self.referral_id: UUID | None = None

    def actor_of(self, step: Step) -> Actor:
        """Whoever takes the step. Raises Refused where nobody holds the role."""
        return self.crew.actor(step.who, step.department)

    def play(self, step: Step) -> None:
        """Take the step. Raises what the act raises; then nothing has changed."""
        actor = self.actor_of(step)
        match step.act.split("."):
            case ["consultation"]:
                self._consult(actor, step)
            case ["register"]:
                self._register(actor, step)
            case ["referral", "draft"]:
                self._draft(actor, step)
            case ["referral", name]:
                referral_acts.perform(name=name, referral_id=self._referral, actor=actor, data=step.data)
            case [name]:
                acts.perform(name=name, matter_id=self._matter, actor=actor, data=step.data)

    def matter(self) -> Matter | None:
        """The story's matter as it stands now; None before it is registered."""
        if self.matter_id is None:
            return None
        return Matter.objects.select_related("reporter").get(pk=self.matter_id)

    def path(self, step: Step) -> str:
        """Where the step's result is looked at: the matter, its referral, or the consultation."""
        if step.act.startswith("referral."):
            return reverse("referral", args=[self._referral], urlconf="tenants.urls")
        if self.matter_id:
            return reverse("matter", args=[self.matter_id], urlconf="tenants.urls")
        return reverse("consultation", args=[self.consultation_id], urlconf="tenants.urls")

    @property
    def letter_path(self) -> str:
        """Where the letter of the story's referral is printed."""
        return reverse("referral_letter", args=[self._referral], urlconf="tenants.urls")

    def referral(self) -> Referral | None:
        """The story's referral, if it has one by now."""
        return None if self.referral_id is None else Referral.objects.get(pk=self.referral_id)

    def _consult(self, actor: Actor, step: Step) -> None:
        arguments = _checked(ConsultationForm(step.data)).arguments()
        self.consultation_id = actions.record_consultation(actor=actor, **arguments).pk

    def _register(self, actor: Actor, step: Step) -> None:
        """A consultation fills the form as it does on the page; the step adds what was not asked before."""
        before = from_consultation(actor, str(self.consultation_id or ""))
        arguments = _checked(RegisterForm({**before, **step.data})).arguments()
        self.matter_id = actions.register(actor=actor, **arguments).pk

    def _draft(self, actor: Actor, step: Step) -> None:
        require(actor, "referral.draft")
        form = DraftForm(step.data)
        require_valid(form)
        self.referral_id = sending.draft(matter_id=self._matter, actor=actor, **form.arguments()).pk

    @property
    def _matter(self) -> UUID:
        if self.matter_id is None:
            raise RuntimeError("the story has no matter yet")
        return self.matter_id

    @property
    def _referral(self) -> UUID:
        if self.referral_id is None:
            raise RuntimeError("the story has no referral yet")
        return self.referral_id


def _checked(form: CounterForm) -> Any:
    require_valid(form)
    return form
