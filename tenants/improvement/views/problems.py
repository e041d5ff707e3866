"""The pages of problems: the register, one of them, its steps, opening one by hand, the thresholds."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bancheng.errors import Refused
from bancheng.identity.permissions import allowed, require
from bancheng.identity.requests import actor_of
from bancheng.overview.models import ProblemState
from bancheng.timekeeping import clock
from bancheng.web.http import require_valid
from tenants.improvement import actions, acts, patterns, presentation, selectors, thresholds, workflow
from tenants.improvement.actions.measures import LIGHTENED
from tenants.improvement.forms.problems import ExceptionForm, ProblemFilters, StartForm, ThresholdForm
from tenants.improvement.models import Problem
from tenants.matters import selectors as matters
from tenants.matters.models import MatterCause
from tenants.matters.presentation import cause_name, item_name
from tenants.matters.views.answers import dialog_or_page, go, tell_once

PAGE = 20
MATTERS = 10
MONTHS_BEFORE = 12
"""The chart begins so many months before a problem was proposed."""


# --- The register ------------------------------------------------------------------------------------


@require_safe
def problems(request: HttpRequest) -> HttpResponse:
    """?state=, ?item=, ?cause=, ?pain=, ?page=; what was not understood in the address narrows nothing."""
    actor = actor_of(request)
    form = ProblemFilters(request.GET)
    form.is_valid()
    chosen = {name: value for name, value in form.cleaned_data.items() if value}
    page = Paginator(selectors.listed(actor, **chosen), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": presentation.rows(page),
        "filtered": bool(chosen),
        "may_open": allowed(actor, "problem.open"),
        "limit": thresholds.in_force().of(("", "")),
    }
    return render(request, "improvement/problems.html", context)


def waiting(request: HttpRequest) -> selectors.Problems:
    """Those that wait for this person: counted beside 问题与措施 in the navigation."""
    return selectors.waiting_for(actor_of(request))


@require_POST
def propose(request: HttpRequest) -> HttpResponse:
    """Have the figures looked at now instead of tomorrow morning."""
    require(actor_of(request), "problem.open")
    made = actions.propose()
    if made:
        messages.success(request, f"已按最新数据统计，新提出或者重新立项{len(made)}个问题。")
    else:
        messages.success(request, "已按最新数据统计，没有新达到阈值的事项和根因。")
    return redirect("problems")


# --- One of them -------------------------------------------------------------------------------------


@require_safe
def problem(request: HttpRequest, problem_id: UUID) -> HttpResponse:
    """Everything about one problem, and what this person may do to it now."""
    actor = actor_of(request)
    found = selectors.problem_for(actor, problem_id)
    pattern = (found.item, found.cause)
    steps = list(workflow.choices(found, actor))
    open_to = [(step, _url_of(found, step)) for step, why in steps if why is None]
    page = Paginator(patterns.matters_of(actor, pattern), MATTERS).get_page(request.GET.get("page"))
    since = clock.local(found.proposed_at).date()
    months = patterns.months(pattern, _months_before(since, MONTHS_BEFORE))
    context = {
        "problem": found,
        "title": presentation.title(found),
        "item": item_name(found.item),
        "cause": cause_name(found.cause),
        "steps": presentation.steps(found),
        "waiting_for": presentation.waiting_for(found),
        "open_to": open_to,
        "primary": next((step.name for step, _ in open_to if step.name in _CARRY_ON), ""),
        "closed_to": [(step, why) for step, why in steps if why is not None],
        "settled": found.state in (ProblemState.MET, ProblemState.DISMISSED),
        "chart": presentation.chart(months, found.measures.all()),
        "page": page,
        "studies": selectors.studies(actor, found),
        "measures": presentation.measures(found),
        "watches": presentation.watches(found),
        "course": presentation.course(found),
    }
    return render(request, "improvement/problem.html", context)


_CARRY_ON = frozenset({"open", "make_routine", "try_out", "set_measure", "study"})


def _months_before(day: date, number: int) -> date:
    month = day.year * 12 + day.month - 1 - number
    return day.replace(year=month // 12, month=month % 12 + 1, day=1)


def _url_of(found: Problem, step: workflow.Step) -> str:
    return reverse("problem_act", args=[found.pk, step.name])


# --- The steps ---------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, problem_id: UUID, name: str) -> HttpResponse:
    """The form of a step, in a dialog for htmx and else as a page; posted, the step is taken.

    A refusal stands above the form, with what was typed still in it, under the refusal's own status.
    """
    actor = actor_of(request)
    bound = acts.bound(name)
    found = selectors.problem_for(actor, problem_id)
    if request.method != "POST":
        workflow.check(found, actor, name)
        form = bound.form(problem=found, actor=actor, initial=_opening(found, name))
        return _step_form(request, bound, found, form)
    try:
        acts.perform(name=name, problem_id=problem_id, actor=actor, data=request.POST)
    except Refused as refused:
        form = bound.form(request.POST, problem=found, actor=actor)
        tell_once(form, refused)
        return _step_form(request, bound, found, form, status=refused.status)
    messages.success(request, f"{found.number}：“{bound.step.label}”已完成。")
    return go(request, reverse("problem", args=[problem_id]))


def _opening(found: Problem, name: str) -> dict[str, str]:
    return {"title": presentation.title(found)} if name == "open" else {}


def _step_form(
    request: HttpRequest, bound: acts.Bound, found: Problem, form: forms.Form, *, status: int = 200
) -> HttpResponse:
    step = bound.step
    context = {
        "problem": found,
        "title": presentation.title(found),
        "step": step,
        "form": form,
        "question": f"确认对{found.number}“{step.label}”？" + ("完成后不能自行撤销。" if step.final else ""),
        "url": _url_of(found, step),
        "figures": _figures(form) if step.name == "set_measure" else [],
    }
    return dialog_or_page(request, "improvement/act", context, status=status)


def _figures(form: forms.Form) -> list[tuple[str, Any, Any]]:
    """The fields before and after of a measure, side by side."""
    return [(word, form[f"{name}_before"], form[f"{name}_after"]) for name, word in LIGHTENED.items()]


# --- By hand -----------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Open a problem by hand; ?matter=… fills in the item and principal cause of one that shows it."""
    actor = actor_of(request)
    require(actor, "problem.open")
    if request.method != "POST":
        return _new_page(request, StartForm(initial=_of_matter(request)))
    form = StartForm(request.POST)
    try:
        require_valid(form)
        started = actions.start(actor=actor, **form.cleaned_data)
    except Refused as refused:
        tell_once(form, refused)
        return _new_page(request, form, status=refused.status)
    messages.success(request, f"{started.number}已立项，请组织研判。")
    return redirect("problem", started.pk)


def _of_matter(request: HttpRequest) -> dict[str, str]:
    try:
        matter = matters.matter_for(actor_of(request), UUID(request.GET.get("matter", "")))
    except (ValueError, Refused):
        return {}
    principal = MatterCause.objects.filter(matter=matter, principal=True).first()
    return {"item": matter.item_code, "cause": principal.code if principal else ""}


def _new_page(request: HttpRequest, form: StartForm, *, status: int = 200) -> HttpResponse:
    return render(request, "improvement/new.html", {"form": form}, status=status)


# --- Thresholds --------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def set_thresholds(request: HttpRequest) -> HttpResponse:
    """From how many matters on a pattern is proposed; posted, a general one or an exception is set."""
    actor = actor_of(request)
    require(actor, "problem.open")
    if request.method != "POST":
        limit = thresholds.in_force().of(("", ""))
        opening = {"count": limit.count, "days": limit.days}
        return _thresholds_page(request, ThresholdForm(initial=opening))
    form = ThresholdForm(request.POST)
    try:
        require_valid(form)
        actions.set_threshold(actor=actor, **form.cleaned_data)
    except Refused as refused:
        tell_once(form, refused)
        return _thresholds_page(request, form, status=refused.status)
    messages.success(request, "立项阈值已保存，下一次统计起按此提出。")
    return redirect("problem_thresholds")


@require_POST
def drop_threshold(request: HttpRequest) -> HttpResponse:
    """Take an exception back: the general one holds again."""
    form = ExceptionForm(request.POST)
    require_valid(form)
    actions.set_threshold(actor=actor_of(request), count=None, days=None, **form.cleaned_data)
    messages.success(request, "已恢复一般阈值。")
    return redirect("problem_thresholds")


def _thresholds_page(request: HttpRequest, form: ThresholdForm, *, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "limit": thresholds.in_force().of(("", "")),
        "general": thresholds.general(),
        "exceptions": [
            (row, item_name(row.item) if row.item else "全部事项", _cause(row.cause))
            for row in thresholds.exceptions()
        ],
    }
    return render(request, "improvement/thresholds.html", context, status=status)


def _cause(code: str) -> str:
    return cause_name(code) if code else "全部根因"
