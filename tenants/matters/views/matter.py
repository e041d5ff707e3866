"""A matter's page with its tabs, and the forms of the acts on it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from bancheng.catalogue.words import Outcome
from bancheng.errors import NotFound, Refused
from bancheng.identity.actors import Actor
from bancheng.identity.models import Department
from bancheng.identity.permissions import allowed
from bancheng.identity.requests import actor_of
from tenants.matters import acts, clocks, panels, presentation, selectors, workflow
from tenants.matters.models import Event, Matter
from tenants.matters.states import State
from tenants.matters.views.answers import dialog_or_page, go, tell_once

FACTS = "facts"
"""The tab that is open at first; the others are `panels.TABS`."""
NEWEST = 50
"""As much of a timeline as is shown at first; ?all=1 shows the rest."""

# --- The page ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """A button: an act that this person's roles and the state allow, and why not yet where a rule forbids."""

    transition: workflow.Transition
    obstacle: str | None
    url: str


@require_safe
def matter(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """Everything about one matter, and what this person may do to it now. ?tab= opens one of the tabs.

    Never more than 12 queries while 概况 is open, however much there is.
    """
    actor = actor_of(request)
    found = selectors.matter_for(actor, matter_id)
    everything = bool(request.GET.get("all")) or found.events_count <= NEWEST
    events = selectors.timeline(found, newest=0 if everything else NEWEST)
    moves = events if everything else selectors.moves(found)
    departments = dict(Department.objects.values_list("code", "name"))
    choices, leading = _choices(found, actor, tab=""), presentation.next_act(found, actor)
    opened = request.GET.get("tab", "")
    known = opened in panels.TABS
    under = _tab(found, actor, opened) if known else _facts(found, actor, moves, departments)
    context = under | {
        "light": selectors.light_of(found),
        "flags": presentation.flags(found),
        "waiting_for": presentation.waiting_for(found),
        "steps": presentation.steps(found, moves),
        "open_to": [c for c in choices if not c.obstacle and c.transition.name not in presentation.RARE],
        "more": [c for c in choices if not c.obstacle and c.transition.name in presentation.RARE],
        "closed_to": [c for c in choices if c.obstacle],
        "leading": leading.name if leading else "",
        "links": panels.links(found, actor),
        "entries": presentation.entries(events, departments),
        "older": 0 if everything else found.events_count - NEWEST,
        "hands": presentation.hands(selectors.hands(moves)),
        "may_print": allowed(actor, "matter.register"),
    }
    return render(request, "matters/matter.html", context)


@require_safe
def tab(request: HttpRequest, matter_id: UUID, tab: str) -> HttpResponse:
    """One tab, fetched when it is opened. Without htmx, on to the page with that tab open."""
    if tab not in (FACTS, *panels.TABS):
        raise NotFound("没有这个页签。")
    actor = actor_of(request)
    found = selectors.matter_for(actor, matter_id)
    if "HX-Request" not in request.headers:
        return redirect(_address(matter_id, tab))
    if tab == FACTS:
        departments = dict(Department.objects.values_list("code", "name"))
        context = _facts(found, actor, selectors.moves(found), departments)
    else:
        context = _tab(found, actor, tab)
    return render(request, "matters/parts/tabs.html", context)


def _tabs(found: Matter, opened: str) -> dict[str, Any]:
    """The row of tabs, each with how much stands under it, and what more than one of them shows."""
    counts = panels.counts(found)
    return {
        "matter": found,
        "tab": opened,
        "tabs": [(key, title, counts[key]) for key, title in panels.TABS.items()],
        "outcome": Outcome(found.outcome).label if found.outcome else "",
    }


def _facts(found: Matter, actor: Actor, moves: list[Event], departments: dict[str, str]) -> dict[str, Any]:
    """概况 for `matters/parts/tabs.html`."""
    causes = vars(found)["cause_list"]  # what the selector annotated
    return _tabs(found, FACTS) | {
        "reporter": found.reporter,
        "item": presentation.item_name(found.item_code),
        "causes": [(presentation.cause_name(each["code"]), each["principal"]) for each in causes],
        "supporting": [(departments.get(code, code), code in found.unanswered) for code in found.supporting],
        "clocks": clocks.reading(found, moves),
        "may_unmask": allowed(actor, "person.unmask"),
    }


def _tab(found: Matter, actor: Actor, opened: str) -> dict[str, Any]:
    """One of `panels.TABS` for `matters/parts/tabs.html`: its acts and what other apps have under it."""
    choices = _choices(found, actor, tab=opened)
    return _tabs(found, opened) | {
        "tab_acts": [c for c in choices if not c.obstacle],
        "tab_closed": [c for c in choices if c.obstacle],
        "parts": panels.parts(found, opened),
        "empty": panels.EMPTY[opened],
        "may_unmask": allowed(actor, "person.unmask"),
        "may_print": allowed(actor, "matter.register"),
    }


def _choices(found: Matter, actor: Actor, *, tab: str) -> list[Choice]:
    """Those that carry the matter on come first, in their order; the rest as the workflow has them."""
    order = presentation.NEXT_ACTS.get(found.state, ())
    possible = [
        (transition, why) for transition, why in workflow.choices(found, actor) if transition.tab == tab
    ]
    reasons = panels.obstacles(found, actor, {transition.name for transition, why in possible if not why})
    choices = [
        Choice(t, why or reasons.get(t.name), reverse("act", args=[found.pk, t.name])) for t, why in possible
    ]
    return sorted(
        choices,
        key=lambda c: order.index(c.transition.name) if c.transition.name in order else len(order),
    )


def _address(matter_id: UUID, tab: str) -> str:
    """The page with a tab open."""
    page = reverse("matter", args=[matter_id])
    return f"{page}?tab={tab}" if tab in panels.TABS else page


# --- An act ------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, matter_id: UUID, name: str) -> HttpResponse:
    """The form of an act, in a dialog for htmx and else as a page; posted, the act is done.

    It leads back to the tab where its button stood. A refusal stands above the form, with what was typed
    still in it, under the refusal's own status.
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
    return go(request, _address(matter_id, bound.transition.tab))


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
        "back": _address(found.pk, bound.transition.tab),
    }
    return dialog_or_page(request, "matters/act", context, status=status)
