"""A matter's page, the forms of the acts on it, and showing what is masked."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from bancheng.catalogue.words import Outcome
from bancheng.errors import Refused
from bancheng.identity.actors import Actor
from bancheng.identity.models import Department
from bancheng.identity.permissions import allowed, require
from bancheng.identity.requests import actor_of
from bancheng.privacy.unmask import unmask as show_in_clear
from bancheng.web.http import require_valid
from tenants.matters import acts, clocks, panels, presentation, selectors, workflow
from tenants.matters.forms.unmask import UnmaskForm
from tenants.matters.models import Matter, Reporter
from tenants.matters.states import State
from tenants.matters.views.answers import dialog_or_page, go, tell_once

# --- The page ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """A button: an act that this person's roles and the state allow, and why not yet where a rule forbids."""

    transition: workflow.Transition
    obstacle: str | None
    url: str


@require_safe
def matter(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """Everything about one matter, and what this person may do to it now."""
    actor = actor_of(request)
    found = selectors.matter_for(actor, matter_id)
    events = selectors.timeline(found)
    departments = dict(Department.objects.values_list("code", "name"))
    choices = _choices(found, actor)
    leading = presentation.next_act(found, actor)
    context = {
        "matter": found,
        "reporter": found.reporter,
        "item": presentation.item_name(found.item_code),
        "light": selectors.light_of(found),
        "clocks": clocks.reading(found, events),
        "flags": presentation.flags(found),
        "waiting_for": presentation.waiting_for(found),
        "steps": presentation.steps(found, events),
        "open_to": [c for c in choices if not c.obstacle],
        "closed_to": [c for c in choices if c.obstacle],
        "leading": leading.name if leading else "",
        "links": panels.links(found, actor),
        "tabs": [(key, title, panels.parts(found, key)) for key, title in panels.TABS.items()],
        "entries": presentation.entries(events, departments),
        "hands": presentation.hands(selectors.hands(events)),
        "causes": [(presentation.cause_name(cause.code), cause.principal) for cause in found.causes.all()],
        "supporting": [departments.get(code, code) for code in found.supporting],
        "outcome": Outcome(found.outcome).label if found.outcome else "",
        "may_unmask": allowed(actor, "person.unmask"),
        "may_print": allowed(actor, "matter.register"),
    }
    return render(request, "matters/matter.html", context)


def _choices(found: Matter, actor: Actor) -> list[Choice]:
    """Those that carry the matter on come first, in their order; the rest as the workflow has them."""
    order = presentation.NEXT_ACTS.get(found.state, ())
    choices = [
        Choice(
            transition,
            obstacle or panels.obstacle(found, actor, transition.name),
            reverse("act", args=[found.pk, transition.name]),
        )
        for transition, obstacle in workflow.choices(found, actor)
        if transition.name in acts.all_bound()
    ]
    return sorted(
        choices,
        key=lambda c: order.index(c.transition.name) if c.transition.name in order else len(order),
    )


# --- An act ------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, matter_id: UUID, name: str) -> HttpResponse:
    """The form of an act, in a dialog for htmx and else as a page; posted, the act is done.

    A refusal stands above the form, with what was typed still in it, under the refusal's own status.
    """
    actor = actor_of(request)
    bound = acts.bound(name)
    if request.method != "POST":
        found = selectors.matter_for(actor, matter_id)
        workflow.check(found, actor, name)
        return _form(request, bound, found, bound.form(matter=found, actor=actor))
    try:
        done = acts.perform(
            name=name, matter_id=matter_id, actor=actor, data=request.POST, files=request.FILES
        )
    except Refused as refused:
        found = selectors.matter_for(actor, matter_id)
        form = bound.form(request.POST, request.FILES, matter=found, actor=actor)
        tell_once(form, refused)
        return _form(request, bound, found, form, status=refused.status)
    messages.success(
        request, f"{done.number}：“{bound.transition.label}”已完成，现为“{State(done.state).label}”。"
    )
    return go(request, reverse("matter", args=[matter_id]))


def _form(
    request: HttpRequest, bound: acts.Bound, found: Matter, form: forms.Form, *, status: int = 200
) -> HttpResponse:
    label, final = bound.transition.label, bound.transition.final
    context = {
        "matter": found,
        "transition": bound.transition,
        "form": form,
        "parts": panels.parts_for_act(found, bound.transition.name),
        "question": f"确认对{found.number}“{label}”？" + ("完成后不能自行撤销。" if final else ""),
        "url": reverse("act", args=[found.pk, bound.transition.name]),
    }
    return dialog_or_page(request, "matters/act", context, status=status)


# --- Showing what is masked --------------------------------------------------------------------------


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unmask(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """Ask for a reason; posted with one, show the reporter's data in clear, once, and audited."""
    actor = actor_of(request)
    require(actor, "person.unmask")
    found = selectors.matter_for(actor, matter_id)
    context: dict[str, Any] = {"matter": found, "url": reverse("unmask", args=[found.pk])}
    if request.method != "POST":
        form = UnmaskForm(person=found.reporter, initial={"fields_wanted": request.GET.getlist("field")})
        return dialog_or_page(request, "matters/unmask", context | {"form": form})
    form = UnmaskForm(request.POST, person=found.reporter)
    try:
        require_valid(form)
        asked = form.cleaned_data
        values = show_in_clear(
            actor=actor, subject=found.reporter, fields=asked["fields_wanted"], reason=asked["reason"]
        )
    except Refused as refused:
        tell_once(form, refused)
        return dialog_or_page(request, "matters/unmask", context | {"form": form}, status=refused.status)
    shown = [(label, values[name]) for name, label in Reporter.PERSONAL_FIELDS.items() if name in values]
    return dialog_or_page(request, "matters/unmask", context | {"shown": shown})
