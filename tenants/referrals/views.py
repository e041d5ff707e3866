"""The pages of referrals: the two lists, one of them, the draft, the steps, the letter."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from bancheng.centres.scope import current_centre
from bancheng.errors import Conflict, NotFound, Refused
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import allowed, require
from bancheng.identity.requests import actor_of
from bancheng.privacy import masks
from bancheng.web import finding
from bancheng.web.http import print_page, require_valid
from tenants.matters import selectors as matters
from tenants.matters.models import Matter
from tenants.matters.presentation import item_name
from tenants.matters.views.answers import dialog_or_page, go, tell_once
from tenants.referrals import acts, digest, letters, presentation, selectors, sending, workflow
from tenants.referrals.forms import DraftForm, FilterForm
from tenants.referrals.models import Direction, Referral, State

PAGE = 20

# --- The lists ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tab:
    """One side's list, and how many of it are under way."""

    direction: Direction
    title: str
    count: int


@sensitive_post_parameters("q")
@require_http_methods(["GET", "HEAD", "POST"])
def referrals(request: HttpRequest) -> HttpResponse:
    """?side=sent or received, narrowed by ?state=, ?unit=; words are posted and kept under ?find=."""
    actor = actor_of(request)
    if request.method == "POST":
        return redirect(finding.address(request, reverse("referrals")))
    form = FilterForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    tabs = [
        Tab(side, title, selectors.listed(actor, direction=side, state="open").count())
        for side, title in ((Direction.RECEIVED, "转入"), (Direction.SENT, "转出"))
    ]
    side = _side(request, tabs)
    words = finding.kept(request)
    rows = selectors.listed(
        actor,
        direction=side,
        q=words or "",
        state=chosen.get("state", ""),
        unit=chosen.get("unit", ""),
    )
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "side": side,
        "tabs": tabs,
        "page": page,
        "rows": presentation.rows(page),
        "words": words or "",
        "forgotten": words is None,
        "filtered": bool(words or any(chosen.get(name) for name in ("state", "unit"))),
    }
    return render(request, "referrals/list.html", context)


def waiting(request: HttpRequest) -> selectors.Referrals:
    """Those that wait for this person: counted beside 转办 in the navigation."""
    return selectors.waiting_for(actor_of(request))


def _side(request: HttpRequest, tabs: list[Tab]) -> Direction:
    """As the address says; else where there is something under way, what came in first."""
    asked = request.GET.get("side")
    if asked in Direction.values:
        return Direction(asked)
    return next((tab.direction for tab in tabs if tab.count), Direction.SENT)


# --- One of them -------------------------------------------------------------------------------------


@require_safe
def referral(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Everything about one referral, and what this person may do to it now."""
    actor = actor_of(request)
    found = selectors.referral_for(actor, referral_id)
    steps = list(workflow.choices(found, actor))
    # One cannot answer before the own matter is resolved: said here instead of after the click.
    too_early = found.matter is not None and found.matter.state not in selectors.ANSWERABLE
    closed_to = [step for step in steps if step.name == "answer" and too_early]
    calls, phone = allowed(actor, "referral.log_contact"), found.contact_phone or ""
    context = _shown(found) | {
        "steps": presentation.steps(found),
        "waiting_for": presentation.waiting_for(found),
        "open_to": [(step, _url_of(found, step)) for step in steps if step not in closed_to],
        "closed_to": closed_to,
        # Whoever calls the other office needs its number; nobody else does.
        "contact_phone": phone if calls else masks.mask_phone(phone),
        "may_print": calls and found.state != State.DRAFT,
        "letter": found.direction == Direction.SENT and found.by_letter,
    }
    return render(request, "referrals/referral.html", context)


def _shown(found: Referral) -> dict[str, Any]:
    return {
        "referral": found,
        "row": presentation.row(found),
        "brought": presentation.brought(letters.carried(found), letter=found.by_letter),
    }


def _url_of(found: Referral, step: workflow.Step) -> str:
    return reverse("referral_act", args=[found.pk, step.name])


# --- The draft ---------------------------------------------------------------------------------------


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Draft a referral of ?matter=…, with what the other side will see beside the form."""
    actor = actor_of(request)
    require(actor, "referral.draft")
    matter = _matter(request, actor)
    if request.method != "POST":
        sending.check_draft(matter, actor)
        return _draft_page(request, matter, DraftForm(matter=matter))
    form = DraftForm(request.POST, matter=matter)
    try:
        require_valid(form)
        drafted = sending.draft(matter_id=matter.pk, actor=actor, **form.arguments())
    except Refused as refused:
        tell_once(form, refused)
        return _draft_page(request, matter, form, status=refused.status)
    messages.success(request, "转办已起草，请窗口负责人审核后送出。")
    return redirect("referral", drafted.pk)


def _matter(request: HttpRequest, actor: Actor) -> Matter:
    try:
        return matters.matter_for(actor, UUID(request.GET.get("matter", "")))
    except ValueError:
        raise NotFound("请从要转办的反映件进入。") from None


def _draft_page(request: HttpRequest, matter: Matter, form: forms.Form, *, status: int = 200) -> HttpResponse:
    context = {
        "matter": matter,
        "form": form,
        "brought": presentation.brought(digest.of(matter), letter=False),
        "question": f"确认起草{matter.number}的转办？",
    }
    return render(request, "referrals/new.html", context, status=status)


# --- The steps ---------------------------------------------------------------------------------------


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, referral_id: UUID, name: str) -> HttpResponse:
    """The form of a step, in a dialog for htmx and else as a page; posted, the step is taken.

    A refusal stands above the form, with what was typed still in it, under the refusal's own status.
    """
    actor = actor_of(request)
    bound = acts.bound(name)
    found = selectors.referral_for(actor, referral_id)
    if request.method != "POST":
        workflow.check(found, actor, name)
        return _step_form(request, bound, found, bound.form(referral=found))
    try:
        acts.perform(name=name, referral_id=referral_id, actor=actor, data=request.POST, files=request.FILES)
    except Refused as refused:
        form = bound.form(request.POST, request.FILES, referral=found)
        tell_once(form, refused)
        return _step_form(request, bound, found, form, status=refused.status)
    messages.success(request, f"“{bound.step.label}”已完成。")
    if name == "discard":
        return go(request, reverse("matter", args=[found.matter_id]))
    return go(request, reverse("referral", args=[referral_id]))


_CONSEQUENCES = {
    "send": "随转内容含反映人姓名、证件号码和电话，请确认已告知反映人。",
    "discard": "草稿将被删除。",
    "sign": "签收后在本中心登记受理，取得本中心编号，办理期限15个工作日。",
    "answer": "反馈后由对方中心答复反映人。",
    "confirm": "确认后反映件回到本中心承办部门，由本中心答复反映人。",
}


def _step_form(
    request: HttpRequest, bound: acts.Bound, found: Referral, form: forms.Form, *, status: int = 200
) -> HttpResponse:
    step = bound.step
    called = found.number or f"{found.matter}转{found.unit_name}的草稿"
    context = {
        "referral": found,
        "step": step,
        "form": form,
        "question": f"确认对{called}“{step.label}”？" + ("完成后不能自行撤销。" if step.final else ""),
        "consequence": _CONSEQUENCES.get(step.name, ""),
        "url": _url_of(found, step),
    }
    return dialog_or_page(request, "referrals/act", context, status=status)


# --- The letter --------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Opened, a preview with the person masked; posted, the letter itself, and audited."""
    actor = actor_of(request)
    found = letters.letter_of(actor, referral_id)
    title = "转办函"
    if request.method == "POST":
        person = letters.print_letter(referral_id=referral_id, actor=actor)
    else:
        person, title = letters.masked(found), "转办函预览（个人信息已隐去）"
    if found.matter is None:
        raise Conflict("这件转办没有对应的反映件。", code="no_matter")
    carried = letters.carried(found)
    context = {
        "referral": found,
        "matter": found.matter,
        "person": person,
        "story": carried["story"],
        "item": item_name(found.item_code),
        "centre": current_centre(),
    }
    return print_page(request, "referrals/papers/letter.html", context, title=title, copies=letters.COPIES)
