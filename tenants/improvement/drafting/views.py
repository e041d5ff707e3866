"""先例稿: the list, one of them with its check, its acts, beginning one, and that a precedent helped."""

from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bancheng.errors import Conflict, Refused
from bancheng.identity.permissions import require
from bancheng.identity.requests import actor_of
from bancheng.precedents.models import Precedent
from bancheng.precedents.selectors import Line
from bancheng.web.answers import dialog_or_page, go, tell_once
from bancheng.web.http import require_valid
from tenants.improvement.drafting import actions, acts, selectors, workflow
from tenants.improvement.drafting.forms import BeginForm, DraftFilters, traces_in
from tenants.improvement.models import PrecedentDraft
from tenants.matters import selectors as matters
from tenants.matters.models import Matter
from tenants.matters.presentation import cause_name, item_name

PAGE = 20


@require_safe
def drafts(request: HttpRequest) -> HttpResponse:
    """?state=, ?page=; the newest first."""
    form = DraftFilters(request.GET)
    rows = selectors.listed(actor_of(request), state=form.chosen())
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": [(row, item_name(row.matter.item_code)) for row in page],
        "filtered": bool(form.chosen()),
    }
    return render(request, "improvement/drafts/drafts.html", context)


def waiting(request: HttpRequest) -> selectors.Drafts:
    """Those that wait for this person: counted beside 先例 in the navigation."""
    return selectors.waiting_for(actor_of(request))


@require_safe
def draft(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Everything about one draft: its texts, what still looks personal in them, its acts, its course."""
    actor = actor_of(request)
    found = selectors.draft_for(actor, draft_id)
    choices = list(workflow.choices(found, actor))
    published = Precedent.objects.defer("words", "pairs").filter(pk=found.pk, number=found.number).first()
    context = {
        "draft": found,
        "item": item_name(found.matter.item_code),
        "causes": [cause_name(code) for code in found.causes],
        "matter": matters.visible_to(actor).filter(pk=found.matter_id).first(),
        "line": Line(published) if published else None,
        "traces": traces_in(found),
        "open_to": [each for each, why in choices if not why],
        "closed_to": [(each, why) for each, why in choices if why],
        "course": selectors.course(found),
    }
    return render(request, "improvement/drafts/draft.html", context)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, draft_id: UUID, name: str) -> HttpResponse:
    """The form of an act, in a dialog for htmx and else as a page; posted, it is done."""
    actor = actor_of(request)
    bound, found = acts.bound(name), selectors.draft_for(actor, draft_id)
    if request.method != "POST":
        workflow.check(found, actor, name)
        return _act_form(request, bound, found, bound.opened(found, actor))
    try:
        acts.perform(name=name, draft_id=draft_id, actor=actor, data=request.POST)
    except Refused as refused:
        form = bound.opened(found, actor, request.POST)
        tell_once(form, refused)
        return _act_form(request, bound, found, form, status=refused.status)
    messages.success(request, f"先例稿“{found.title}”：已{bound.transition.label}。")
    return go(request, reverse("precedent_draft", args=[draft_id]))


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """Begin one from a closed matter; the form opens with what its codes say."""
    actor = actor_of(request)
    require(actor, "precedent.draft")
    matter = matters.matter_for(actor, matter_id)
    if request.method != "POST":
        if why := actions.why_not_begin(matter):
            raise Conflict(why, code="not_now")
        return _new_form(request, matter, BeginForm(matter=matter, actor=actor))
    form = BeginForm(request.POST, matter=matter, actor=actor)
    try:
        require_valid(form)
        made = actions.draft(matter_id=matter_id, actor=actor, **form.arguments())
    except Refused as refused:
        tell_once(form, refused)
        return _new_form(request, matter, form, status=refused.status)
    messages.success(request, "先例稿已保存。检查无误后请送审。")
    return redirect("precedent_draft", made.pk)


@require_POST
def helped(request: HttpRequest, matter_id: UUID, precedent: UUID) -> HttpResponse:
    """有帮助: counted once for the matter, from its page."""
    row = actions.helped(matter_id=matter_id, precedent_id=precedent, actor=actor_of(request))
    messages.success(request, f"已记下：先例{row.number}对此件有帮助。")
    return redirect(f"{reverse('matter', args=[matter_id])}?tab=precedents")


def _act_form(
    request: HttpRequest,
    bound: acts.Bound,
    found: PrecedentDraft,
    form: django_forms.Form,
    *,
    status: int = 200,
) -> HttpResponse:
    transition = bound.transition
    back = reverse("precedent_draft", args=[found.pk])
    context = {
        "draft": found,
        "transition": transition,
        "form": form,
        "question": f"确认“{transition.label}”先例稿“{found.title}”？{transition.consequence}",
        "url": reverse("precedent_draft_act", args=[found.pk, transition.name]),
        "back": back,
    }
    return dialog_or_page(request, "improvement/drafts/act", context, status=status)


def _new_form(request: HttpRequest, matter: Matter, form: BeginForm, *, status: int = 200) -> HttpResponse:
    context = {"matter": matter, "form": form, "item": item_name(matter.item_code)}
    return render(request, "improvement/drafts/new.html", context, status=status)
