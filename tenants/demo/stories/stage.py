"""Where a story is played: one step after the other, each by its person, through the doors that pages use."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from bancheng.centres.scope import current_centre
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import require
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from bancheng.timekeeping.calendar import WorkingCalendar
from bancheng.timekeeping.due import BUSINESS_OPENS
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
from tenants.replies.actions import track
from tenants.workbook import ladder


class Cast(Protocol):
    """Who plays: the ids by which forms name people and things that only the playing knows."""

    @property
    def the_matter(self) -> UUID:
        """The story's matter. Raises RuntimeError before it is registered."""

    def person(self, role: Role, department: str = "") -> str:
        """The account's id of whoever holds the role."""


Value = Any | Callable[[Cast], Any]


@dataclass(frozen=True)
class Step:
    """One act of one person. `data` is what is typed into the act's form, by the form's field names.

    `act` is a transition's name, "consultation" or "register" at the counter, "referral.<step>",
    "track.<act>" for what the reporter does on their own page, or "sweep" for the centre's clock, with which
    nobody acts. A page and the API take the same: whoever plays it in a browser fills in `data` and presses
    the button. A value may be a function of the cast, asked when the step is taken. `after`: working days
    since the step before.
    """

    title: str
    act: str
    who: Role | None
    department: str = ""
    data: Mapping[str, Value] = field(default_factory=dict)
    files: Mapping[str, Callable[[], bytes]] = field(default_factory=dict)
    after: int = 0

    @property
    def by(self) -> str:
        """Who takes it, as printed."""
        return self.who.label if self.who else "系统"

    def typed(self, cast: Cast) -> dict[str, Any]:
        """The data as it is typed now."""
        return {name: value(cast) if callable(value) else value for name, value in self.data.items()}


Script = Iterator[Step]

MINUTES_BETWEEN = 7


def that_day(cast: Cast) -> str:
    """For a date field: the day on which the step is taken."""
    return clock.today().isoformat()


def timed(script: Script, calendar: WorkingCalendar) -> list[tuple[datetime, Step]]:
    """The steps with their times: the last on the last working day before today, the rest before it."""
    steps = list(script)
    last = clock.today() - timedelta(days=1)
    while not calendar.is_workday(last):
        last -= timedelta(days=1)
    first = last
    for _ in range(sum(step.after for step in steps)):
        first -= timedelta(days=1)
        while not calendar.is_workday(first):
            first -= timedelta(days=1)
    moments, day, minute = [], first, 0
    for step in steps:
        if step.after:
            day, minute = calendar.add(day, step.after), 0
        opens = datetime.combine(day, BUSINESS_OPENS, clock.SHANGHAI)
        moments.append((opens + timedelta(minutes=minute), step))
        minute += MINUTES_BETWEEN
    return moments


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
        if step.who is None:
            return Actor.system("系统", current_centre().code)
        if step.who == Role.REPORTER:
            return Actor.reporter(current_centre().code)
        return self.crew.actor(step.who, step.department)

    def play(self, step: Step) -> None:
        """Take the step. Raises what the act raises; then nothing has changed."""
        actor, data = self.actor_of(step), step.typed(self)
        match step.act.split("."):
            case ["sweep"]:
                ladder.sweep()
            case ["consultation"]:
                self._consult(actor, data)
            case ["register"]:
                self._register(actor, data)
            case ["track", name]:
                track.perform(name=name, matter_id=self.the_matter, data=data)
            case ["referral", "draft"]:
                self._draft(actor, data)
            case ["referral", name]:
                referral_acts.perform(name=name, referral_id=self._referral, actor=actor, data=data)
            case [name]:
                opened = partial(_as_opened, typed=data)
                acts.perform(
                    name=name, matter_id=self.the_matter, actor=actor, data=opened, files=_files(step)
                )

    def person(self, role: Role, department: str = "") -> str:
        return str(self.crew.actor(role, department).id)

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

    def _consult(self, actor: Actor, data: Mapping[str, Any]) -> None:
        arguments = _checked(ConsultationForm(data)).arguments()
        self.consultation_id = actions.record_consultation(actor=actor, **arguments).pk

    def _register(self, actor: Actor, data: Mapping[str, Any]) -> None:
        """A consultation fills the form as it does on the page; the step adds what was not asked before."""
        before = from_consultation(actor, str(self.consultation_id or ""))
        opened = _as_opened(RegisterForm(initial=before), typed=data)
        arguments = _checked(RegisterForm(opened)).arguments()
        self.matter_id = actions.register(actor=actor, **arguments).pk

    def _draft(self, actor: Actor, data: Mapping[str, Any]) -> None:
        require(actor, "referral.draft")
        form = DraftForm(data)
        require_valid(form)
        self.referral_id = sending.draft(matter_id=self.the_matter, actor=actor, **form.arguments()).pk

    @property
    def the_matter(self) -> UUID:
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


def _as_opened(form: forms.Form, typed: Mapping[str, Any]) -> dict[str, Any]:
    """What a page would send: what the form opens with, and what was typed over it."""
    opening = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return {name: value for name, value in opening.items() if value is not None} | dict(typed)


def _files(step: Step) -> dict[str, SimpleUploadedFile]:
    return {name: SimpleUploadedFile(f"{name}.png", make()) for name, make in step.files.items()}
