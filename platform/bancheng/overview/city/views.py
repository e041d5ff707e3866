"""市级问题: patterns that stand in several centres, the city's register, one of its problems, the acts."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from bancheng.errors import Conflict, Refused
from bancheng.identity.permissions import allowed, require
from bancheng.identity.requests import actor_of
from bancheng.overview.city import actions, acts, charts, selectors, workflow
from bancheng.overview.city.forms import PatternsForm, ProblemsForm, TakeUpForm
from bancheng.overview.city.selectors import Detail, Line
from bancheng.overview.models import CityProblem, ProblemState
from bancheng.overview.units import short_names
from bancheng.web.answers import dialog_or_page, go, tell_once
from bancheng.web.http import require_valid

PAGE = 20
UNTAKEN_SHOWN = 5
IN_FORCE = (ProblemState.MEASURED, ProblemState.ROUTINE)


@require_safe
def city_problems(request: HttpRequest) -> HttpResponse:
    """The register (?state=, ?item=, ?cause=, ?page=), and on top the patterns that nobody has taken up."""
    actor = actor_of(request)
    require(actor, selectors.PERMISSION)
    form, names = ProblemsForm(request.GET), short_names()
    page = Paginator(selectors.problems(**form.narrowed()), PAGE).get_page(request.GET.get("page"))
    untaken = [pattern for pattern in selectors.patterns() if pattern.taken_up is None]
    context = {
        "form": form,
        "page": page,
        "lines": [Line(each, names) for each in page],
        "narrowed": any(form.data.get(name) for name in form.fields),
        "rows": _named(untaken[:UNTAKEN_SHOWN], names),
        "untaken": len(untaken),
        "usual": selectors.Thresholds(),
        "may_manage": allowed(actor, actions.PERMISSION),
    }
    return render(request, "overview/city_problems.html", context)


@require_safe
def patterns(request: HttpRequest) -> HttpResponse:
    """All patterns by the thresholds of the address (?days=, ?each=, ?spread=, ?page=)."""
    actor = actor_of(request)
    require(actor, selectors.PERMISSION)
    form, names = PatternsForm(request.GET), short_names()
    asked = form.thresholds()
    page = Paginator(selectors.patterns(asked), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": _named(list(page), names),
        "usual": asked,
        "may_manage": allowed(actor, actions.PERMISSION),
    }
    return render(request, "overview/city_patterns.html", context)


@require_safe
def city_problem(request: HttpRequest, city_problem_id: Any) -> HttpResponse:
    """One of them: where it stands, its centres, its months with the measure marked, its course."""
    actor = actor_of(request)
    require(actor, selectors.PERMISSION)
    detail = Detail(selectors.problem(city_problem_id))
    choices = acts.choices(detail.problem) if allowed(actor, actions.PERMISSION) else []
    context = {
        "detail": detail,
        "problem": detail.problem,
        "chart": charts.months(detail),
        "so_far": detail.so_far if detail.problem.state in IN_FORCE else None,
        "watch_days": workflow.WATCH_DAYS,
        "open_to": [choice for choice in choices if not choice.why_not],
        "closed_to": [choice for choice in choices if choice.why_not and choice.in_time],
    }
    return render(request, "overview/city_problem.html", context)


@sensitive_post_parameters("reason")
@require_http_methods(["GET", "HEAD", "POST"])
def take_up(request: HttpRequest) -> HttpResponse:
    """The form by which a pattern is taken up, opened with the pattern of ?item= and ?cause=."""
    actor = actor_of(request)
    require(actor, actions.PERMISSION)
    if request.method != "POST":
        item, cause = request.GET.get("item", ""), request.GET.get("cause", "")
        known = {(each.item, each.cause): each.centres for each in selectors.patterns()}
        opened = TakeUpForm(initial={"item": item, "cause": cause, "centres": known.get((item, cause), [])})
        return _form(request, opened, url=request.path, label="立项", consequence=_TAKEN_UP)
    form = TakeUpForm(request.POST)
    try:
        require_valid(form)
        made = actions.take_up(actor=actor, **form.cleaned_data)
    except Refused as refused:
        tell_once(form, refused)
        return _form(
            request, form, url=request.path, label="立项", consequence=_TAKEN_UP, status=refused.status
        )
    messages.success(request, f"已立项：{made.number}。")
    return go(request, reverse("city_problem", args=[made.pk]))


@sensitive_post_parameters("reason")
@require_http_methods(["GET", "HEAD", "POST"])
def city_problem_act(request: HttpRequest, city_problem_id: Any, name: str) -> HttpResponse:
    """The form of an act, in a dialog for htmx and else as a page; posted, it is done."""
    actor = actor_of(request)
    require(actor, actions.PERMISSION)
    bound, problem = acts.bound(name), selectors.problem(city_problem_id)
    if request.method != "POST":
        if said := workflow.why_not(problem, name):
            raise Conflict(said, code="not_now")
        return _act_form(request, problem, bound, bound.opened(problem))
    form = bound.opened(problem, request.POST)
    try:
        acts.perform(name=name, problem_id=problem.pk, actor=actor, form=form)
    except Refused as refused:
        tell_once(form, refused)
        return _act_form(request, problem, bound, form, status=refused.status)
    messages.success(request, f"{problem.number}：已{bound.transition.label}。")
    return go(request, reverse("city_problem", args=[problem.pk]))


_TAKEN_UP = "立项后由市级研判、定措施；各中心自己的问题照常办理。"


def _act_form(
    request: HttpRequest, problem: CityProblem, bound: acts.Bound, form: forms.Form, *, status: int = 200
) -> HttpResponse:
    return _form(
        request,
        form,
        url=reverse("city_problem_act", args=[problem.pk, bound.transition.name]),
        label=bound.transition.label,
        consequence=bound.transition.consequence,
        problem=problem,
        status=status,
    )


def _form(
    request: HttpRequest,
    form: forms.Form,
    *,
    url: str,
    label: str,
    consequence: str,
    problem: CityProblem | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "url": url,
        "label": label,
        "consequence": consequence,
        "problem": problem,
        "line": Line(problem) if problem else None,
        "back": reverse("city_problem", args=[problem.pk]) if problem else reverse("city_problems"),
    }
    return dialog_or_page(request, "overview/city_act", context, status=status)


def _named(found: list[selectors.Pattern], names: dict[str, str]) -> list[dict[str, Any]]:
    """Patterns with the names of their centres and what stands there."""
    return [
        {
            "pattern": pattern,
            "centres": [
                {
                    "name": names.get(code, code),
                    "count": pattern.counts.get(code),
                    "state": pattern.cards[code].label if code in pattern.cards else "",
                }
                for code in pattern.centres
            ],
        }
        for pattern in found
    ]
