"""Where a story is played: one step after the other, each by its person, through the doors that pages use.

A story begins in one centre, its home; a step may be taken in another, or at the municipal office.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse

from bancheng.centres.scope import current_centre, in_centre
from bancheng.errors import Refused
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import require
from bancheng.identity.roles import Role
from bancheng.overview import acts as board_acts
from bancheng.overview.models import BoardCase
from bancheng.timekeeping import clock
from bancheng.timekeeping.calendar import WorkingCalendar
from bancheng.timekeeping.due import BUSINESS_OPENS
from bancheng.web.http import require_valid
from tenants.demo.crew import Crew
from tenants.demo.stories.trail import Trail
from tenants.improvement.drafting import actions as precedents
from tenants.improvement.drafting import acts as precedent_acts
from tenants.improvement.drafting.forms import BeginForm
from tenants.matters import actions, acts
from tenants.matters import selectors as matters
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

EVERY = "every"
"""For a field of several choices: all that the form offers when the step is taken."""


@dataclass(frozen=True)
class Step:
    """One act of one person. `data` is what is typed into the act's form, by the form's field names.

    `act` is a transition's name, "consultation" or "register" at the counter, "referral.<step>",
    "precedent.<act>" for what is made of it for others, and that it helped somebody with the same,
    "track.<act>" for what the reporter does on their own page, "board.<decision>" for what the coordinator
    decides about it at the office, or "sweep" for the centre's clock, with which nobody acts. A page and the
    API take the same: whoever plays it in a browser fills in `data` and presses the button. A value may be a
    function of the cast, asked when the step is taken. `after`: working days since the step before. `centre`:
    the code of where it is taken, unless at home. `refused`: words of the sentence with which the software
    refuses the step.
    """

    title: str
    act: str
    who: Role | None
    department: str = ""
    data: Mapping[str, Value] = field(default_factory=dict)
    files: Mapping[str, Callable[[], bytes]] = field(default_factory=dict)
    after: int = 0
    centre: str = ""
    refused: str = ""

    @property
    def by(self) -> str:
        """Who takes it, as printed."""
        return self.who.label if self.who else "系统"

    def typed(self, cast: Cast) -> dict[str, Any]:
        """The data as it is typed now."""
        return {name: value(cast) if callable(value) else value for name, value in self.data.items()}


Script = Iterator[Step]

MINUTES_BETWEEN = 7
OFFICE = "130700-office"
"""Where the coordinator sits."""


def elsewhere(centre: str, script: Script) -> Script:
    """The same steps, taken in this centre."""
    return (replace(step, centre=centre) for step in script)


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
    """The centres of a story while it is played: who works there, and what has come of the steps so far.

    Made inside the story's home, or with what arrived from there. Every step is checked as any other act is:
    by the permission table, the workflow and the form. What is posted to another centre waits to be carried
    (see `carrying`).
    """

    def __init__(self, trail: Trail | None = None) -> None:
        self.trail = trail or Trail(current_centre().code)
        self._crews: dict[str, Crew] = {}

    def centre_of(self, step: Step) -> str:
        """The code of the centre, or the office, in which the step is taken."""
        if step.act.startswith("board."):
            return OFFICE
        return step.centre or self.trail.home

    def actor_of(self, step: Step) -> Actor:
        """Whoever takes the step. Raises Refused where nobody holds the role."""
        centre = self.centre_of(step)
        if step.who is None:
            return Actor.system("系统", centre)
        if step.who == Role.REPORTER:
            return Actor.reporter(centre)
        return self.crew_of(centre).actor(step.who, step.department)

    def play(self, step: Step) -> None:
        """Take the step. Raises what the act raises, unless the step says so; then nothing has changed."""
        try:
            with transaction.atomic(), in_centre(self.centre_of(step)):
                self._take(step)
        except Refused as refused:
            if not step.refused or step.refused not in refused.message:
                raise
        else:
            if step.refused:
                raise RuntimeError(f"“{step.title}” was to be refused")

    def crew_of(self, centre: str) -> Crew:
        """The people of the centre, read once."""
        if centre not in self._crews:
            with in_centre(centre):
                self._crews[centre] = Crew.here()
        return self._crews[centre]

    def matter(self, centre: str = "") -> Matter | None:
        """The matter of the centre, or home's, as it stands now; None while there is none."""
        place = centre or self.trail.home
        matter_id = self.trail.matter_at(place)
        if matter_id is None:
            return None
        with in_centre(place):
            return Matter.objects.select_related("reporter").get(pk=matter_id)

    def referral(self, centre: str = "") -> Referral | None:
        """The last referral that the centre, or home, has sent or received; None while there is none."""
        place = centre or self.trail.home
        if not self.trail.legs():
            return None
        with in_centre(place):
            return Referral.objects.get(pk=self.trail.referral_at(place))

    def path(self, step: Step) -> str:
        """Where the step's result is looked at: the matter, its referral, the board, or the consultation."""
        place = self.centre_of(step)
        match step.act.split("."):
            case ["board", name]:
                return reverse("board_case", args=[self.trail.case_for(name)], urlconf="bancheng.urls.office")
            case ["referral", name]:
                referral_id = self.trail.referral_at(place, "" if name == "draft" else name)
                return reverse("referral", args=[referral_id], urlconf="tenants.urls")
            case ["precedent", name] if name != "helped" and self.trail.draft_id:
                return reverse("precedent_draft", args=[self.trail.draft_id], urlconf="tenants.urls")
        if matter_id := self.trail.matter_at(place):
            return reverse("matter", args=[matter_id], urlconf="tenants.urls")
        return reverse("consultation", args=[self.trail.consultation_id], urlconf="tenants.urls")

    def letter_path(self, step: Step) -> str:
        """Where the letter that the step has sent is printed."""
        sent = self.trail.referral_at(self.centre_of(step), "send")
        return reverse("referral_letter", args=[sent], urlconf="tenants.urls")

    def _take(self, step: Step) -> None:
        place, actor = self.centre_of(step), self.actor_of(step)
        cast = Here(self, place)
        data = step.typed(cast)
        opened = partial(_as_opened, typed=data)
        match step.act.split("."):
            case ["sweep"]:
                ladder.sweep()
            case ["consultation"]:
                self._consult(actor, data)
            case ["register"]:
                self._register(place, actor, data)
            case ["track", name]:
                track.perform(name=name, matter_id=cast.the_matter, data=data)
            case ["board", name]:
                case = BoardCase.objects.get(pk=self.trail.case_for(name))
                form = board_acts.bound(name).opened(case, data)
                board_acts.perform(name=name, case_id=case.pk, actor=actor, form=form)
            case ["precedent", name]:
                self._precedent(name, actor, cast.the_matter, data)
            case ["referral", "draft"]:
                self._draft(actor, cast.the_matter, data)
            case ["referral", name]:
                referral_id = self.trail.referral_at(place, name)
                referral_acts.perform(
                    name=name, referral_id=referral_id, actor=actor, data=opened, files=_files(step)
                )
            case [name]:
                acts.perform(
                    name=name, matter_id=cast.the_matter, actor=actor, data=opened, files=_files(step)
                )

    def _consult(self, actor: Actor, data: Mapping[str, Any]) -> None:
        arguments = _checked(ConsultationForm(data)).arguments()
        self.trail.consultation_id = actions.record_consultation(actor=actor, **arguments).pk

    def _register(self, place: str, actor: Actor, data: Mapping[str, Any]) -> None:
        """A consultation fills the form as it does on the page; the step adds what was not asked before."""
        before = from_consultation(actor, str(self.trail.consultation_id or ""))
        opened = _as_opened(RegisterForm(initial=before), typed=data)
        arguments = _checked(RegisterForm(opened)).arguments()
        self.trail.begin(place, actions.register(actor=actor, **arguments).pk)

    def _precedent(self, name: str, actor: Actor, matter_id: UUID, data: Mapping[str, Any]) -> None:
        """Begun from the story's matter; it helps with the matter of the place."""
        if name == "draft":
            matter = matters.matter_for(actor, matter_id)
            opened = _as_opened(BeginForm(matter=matter, actor=actor), typed=data)
            form = BeginForm(opened, matter=matter, actor=actor)
            require_valid(form)
            made = precedents.draft(matter_id=matter_id, actor=actor, **form.arguments())
            self.trail.draft_id = made.pk
            return
        draft_id = self.trail.draft_id
        if draft_id is None:
            raise RuntimeError("the story has no precedent yet")
        if name == "helped":
            precedents.helped(matter_id=matter_id, precedent_id=draft_id, actor=actor)
            return
        opening = partial(_as_opened, typed=data)
        precedent_acts.perform(name=name, draft_id=draft_id, actor=actor, data=opening)

    def _draft(self, actor: Actor, matter_id: UUID, data: Mapping[str, Any]) -> None:
        require(actor, "referral.draft")
        matter = matters.matter_for(actor, matter_id)
        form = DraftForm(_as_opened(DraftForm(matter=matter), typed=data), matter=matter)
        require_valid(form)
        sending.draft(matter_id=matter_id, actor=actor, **form.arguments())


@dataclass(frozen=True)
class Here:
    """The cast as forms of one centre name it."""

    stage: Stage
    centre: str

    @property
    def the_matter(self) -> UUID:
        matter_id = self.stage.trail.matter_at(self.centre)
        if matter_id is None:
            raise RuntimeError(f"the story has no matter at {self.centre} yet")
        return matter_id

    def person(self, role: Role, department: str = "") -> str:
        return str(self.stage.crew_of(self.centre).actor(role, department).id)


def _checked(form: CounterForm) -> Any:
    require_valid(form)
    return form


def _as_opened(form: forms.Form, typed: Mapping[str, Any]) -> dict[str, Any]:
    """What a page would send: what the form opens with, and what was typed over it."""
    opening = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    opened = {name: value for name, value in opening.items() if value is not None} | dict(typed)
    for name, value in opened.items():
        if value == EVERY:
            opened[name] = [str(box.data["value"]) for box in form[name].subwidgets]
    return opened


def _files(step: Step) -> dict[str, SimpleUploadedFile]:
    return {name: SimpleUploadedFile(f"{name}.png", make()) for name, make in step.files.items()}
