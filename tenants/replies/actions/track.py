"""What the reporter does on the own page: the same acts as at the counter, told to those who have to know."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from bancheng.errors import Conflict, NotFound
from bancheng.identity.actors import Actor
from bancheng.identity.place import served_centre
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from bancheng.web.http import require_valid
from tenants.matters import actions as matters
from tenants.matters import acts, workflow
from tenants.matters.acting import acting
from tenants.matters.forms.base import ActForm
from tenants.matters.models import Matter
from tenants.notices.actions import notify
from tenants.notices.kinds import NoticeKind
from tenants.replies.forms import after as forms
from tenants.replies.models import Via

ACTS = ("rate", "supply_material", "ask_contact", "reopen", "withdraw")
"""All that a reporter can do, in the order in which the page offers it."""

_OWN: Mapping[str, tuple[type[ActForm], acts.Run]] = {
    "withdraw": (forms.OwnWithdrawForm, matters.withdraw),
    "reopen": (forms.OwnReopenForm, matters.reopen),
}
"""Where the reporter is asked for less than staff, who have to say how they heard of it."""

_TOLD: Mapping[str, NoticeKind] = {
    "withdraw": NoticeKind.REPORTER_WITHDREW,
    "reopen": NoticeKind.REPORTER_REOPENED,
    "ask_contact": NoticeKind.REPORTER_WROTE,
}


def reporter() -> Actor:
    """Whoever showed number and code at the centre that is served."""
    return Actor.reporter(served_centre())


def form_of(name: str) -> type[ActForm]:
    """The form that the page shows for an act of ACTS. Raises NotFound for any other."""
    return _behind(name)[0]


def perform(*, matter_id: UUID, name: str, data: Any, files: Any = None, via: Via = Via.CODE) -> Matter:
    """Do what the reporter asks for with the matter whose code was shown; `matter_id` is the session's.

    Raises NotFound for an act that is not theirs, Conflict where it cannot be done now, Invalid.
    """
    form_class, run = _behind(name)
    actor = reporter()
    matter = Matter.objects.select_related("reporter").get(pk=matter_id)
    workflow.check(matter, actor, name)
    form = form_class(data, files, matter=matter, actor=actor)
    require_valid(form)
    more = {"via": via} if name == "rate" else {}
    with transaction.atomic():
        done = run(matter_id=matter_id, actor=actor, **form.arguments(), **more)
        if name in _TOLD:
            _tell(done, _TOLD[name])
    return done


def ask_contact(*, matter_id: UUID, actor: Actor, text: str) -> Matter:
    """Ask the window to call (反映人请求联系), once a day; what was written stands in the timeline."""
    with acting("ask_contact", matter_id=matter_id, actor=actor) as act:
        since = clock.start_of(clock.today())
        if act.matter.events.filter(act="ask_contact", at__gte=since).exists():
            raise Conflict("今天已经收到您的请求，窗口会尽快联系您。", code="asked_today")
        act.note = text
    return act.matter


def _behind(name: str) -> tuple[type[ActForm], acts.Run]:
    if name not in ACTS:
        raise NotFound("没有这个操作。")
    if name in _OWN:
        return _OWN[name]
    bound = acts.bound(name)
    return bound.form, bound.run


def _tell(matter: Matter, kind: NoticeKind) -> None:
    """The window, and where a department has it in hand, its people."""
    notify(
        matter=matter,
        kind=kind,
        key=str(matter.events_count),
        roles=(Role.WINDOW_CLERK, Role.WINDOW_LEAD),
        department=matter.department_id or "",
    )
