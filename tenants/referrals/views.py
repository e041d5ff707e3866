"""The pages of referrals: the two lists, one of them, the draft, the steps."""

import re
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
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from bancheng.errors import NotFound, Refused
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import allowed, require
from bancheng.identity.requests import actor_of
from bancheng.privacy import masks
from bancheng.web import finding
from bancheng.web.http import require_valid
from tenants.casework.views.evidence import shown
from tenants.matters import selectors as matters
from tenants.matters.models import Matter
from tenants.matters.views.answers import dialog_or_page, go, tell_once
from tenants.referrals import (
    acts,
    cargo,
    digest,
    enclosed,
    letters,
    presentation,
    preview,
    selectors,
    sending,
    workflow,
)
from tenants.referrals.forms import DraftForm, FilterForm, SendForm
from tenants.referrals.models import CarriedFile, Counterpart, Direction, Referral, State

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
    # What roles and state allow and something else forbids is said here instead of after the click.
    steps = [(step, workflow.obstacle(found, actor, step.name)) for step in workflow.choices(found, actor)]
    calls, phone = allowed(actor, "referral.log_contact"), found.contact_phone or ""
    open_to = [(step, _url_of(found, step)) for step, why in steps if why is None]
    context = _shown(found, actor) | {
        "steps": presentation.steps(found),
        "waiting_for": presentation.waiting_for(found),
        "open_to": open_to,
        "primary": next((step.name for step, _ in open_to if step.name in _CARRY_ON), ""),
        "closed_to": [(step, why) for step, why in steps if why is not None],
        # Whoever calls the other office needs its number; nobody else does.
        "contact_phone": phone if calls else masks.mask_phone(phone),
        "may_print": calls and found.state != State.DRAFT,
        "letter": found.direction == Direction.SENT and found.by_letter,
        "may_remind": calls and letters.may_remind(found),
    }
    return render(request, "referrals/referral.html", context)


_CARRY_ON = frozenset({"send", "sign", "give_material", "answer", "confirm", "appeal", "record_answer"})
"""The steps that carry a referral on: the first of them is the button that is looked for."""


def _shown(found: Referral, actor: Actor) -> dict[str, Any]:
    return {
        "referral": found,
        "row": presentation.row(found),
        "clocks": presentation.running(found),
        "silence": presentation.silence(found),
        "legs": presentation.legs(found, selectors.origin_of(found)),
        "asks": found.asks.all(),
        "brought": _preview_of(found),
        "files": enclosed.files(found, actor),
        "arrived": enclosed.arrived_words(found),
    }


def _preview_of(found: Referral) -> preview.Preview:
    here = found.direction == Direction.RECEIVED
    return preview.preview(
        letters.carried(found),
        way=Counterpart.CENTRE if here else found.counterpart,
        unit="本中心" if here else found.unit_name,
        files=[file for file in found.files.all() if file.travels == CarriedFile.With.SENT],
        consents=list(found.consents.all()),
    )


def _url_of(found: Referral, step: workflow.Step) -> str:
    return reverse("referral_act", args=[found.pk, step.name])


@never_cache
@require_GET
def carried_file(request: HttpRequest, referral_id: UUID, file_id: UUID) -> HttpResponse:
    """A file that travelled, watermarked; each time it is opened is audited."""
    return shown(cargo.open_file(actor=actor_of(request), referral_id=referral_id, file_id=file_id))


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


def _draft_page(
    request: HttpRequest,
    matter: Matter,
    form: forms.Form,
    *,
    draft: Referral | None = None,
    status: int = 200,
) -> HttpResponse:
    """The form beside what the other side would see; of a `draft` it is the form that changes it."""
    chosen = form.data if form.is_bound else form.initial
    context = {
        "matter": matter,
        "form": form,
        "draft": draft,
        "brought": _rehearsed(matter, chosen),
        "question": f"确认起草{matter.number}的转办？",
    }
    return render(request, "referrals/new.html", context, status=status)


@sensitive_post_parameters()
@require_POST
def draft_preview(request: HttpRequest) -> HttpResponse:
    """What the other side would see of ?matter=… if the draft were sent as it is filled in now."""
    actor = actor_of(request)
    require(actor, "referral.draft")
    matter = _matter(request, actor)
    return render(request, "referrals/parts/brought.html", {"brought": _rehearsed(matter, request.POST)})


def _rehearsed(matter: Matter, chosen: Any) -> preview.Preview:
    unit = selectors.counterpart(str(chosen.get("unit", "")))
    files, consents = cargo.rehearse(matter, files=_ids(chosen, "files"), consents=_ids(chosen, "consents"))
    return preview.preview(
        digest.of(matter),
        way=unit.kind if unit else Counterpart.CENTRE,
        unit=unit.name if unit else "对方单位",
        files=files,
        consents=consents,
    )


def _ids(chosen: Any, name: str) -> list[UUID]:
    """What was ticked so far; the form itself says what is wrong with the rest."""
    ticked = chosen.getlist(name) if hasattr(chosen, "getlist") else chosen.get(name, [])
    return [UUID(each) for each in ticked if _UUID.fullmatch(each)]


_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


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
    "send": "送出的就是以上内容，对方收到时不隐去个人信息；反映人已被告知其信息将转给该单位。",
    "discard": "草稿将被删除。",
    "sign": "签收后在本中心登记受理，取得本中心编号，办理期限15个工作日。",
    "answer": "反馈后由对方中心答复反映人。",
    "confirm": "确认后反映件回到本中心承办部门，由本中心答复反映人。",
}


def _step_form(
    request: HttpRequest, bound: acts.Bound, found: Referral, form: forms.Form, *, status: int = 200
) -> HttpResponse:
    step = bound.step
    if step.name == "revise" and found.matter is not None:
        return _draft_page(request, found.matter, form, draft=found, status=status)
    called = found.number or f"{found.matter}转{found.unit_name}的草稿"
    context = {
        "referral": found,
        "step": step,
        "form": form,
        "question": f"确认对{called}“{step.label}”？" + ("完成后不能自行撤销。" if step.final else ""),
        "consequence": _CONSEQUENCES.get(step.name, ""),
        "url": _url_of(found, step),
        "brought": _preview_of(found) if step.name == "send" else None,
    }
    if isinstance(form, SendForm):
        form.show_current()
    return dialog_or_page(request, "referrals/act", context, status=status)
