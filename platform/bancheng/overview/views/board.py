"""转办台账: the coordinator's list of all referrals, one of them, and what can be decided about it."""

from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from bancheng.errors import Conflict, Refused
from bancheng.identity.permissions import allowed, require
from bancheng.identity.requests import actor_of
from bancheng.overview import acts, course, deciding
from bancheng.overview import board as cases
from bancheng.overview.forms import BoardForm
from bancheng.overview.models import BoardCase
from bancheng.overview.units import names, short_names
from bancheng.web.answers import dialog_or_page, go, tell_once

PAGE = 30


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """转办台账 (?state=, ?unit=, ?way=, ?item=, ?number=, ?page=): the stuck ones first, then the newest."""
    require(actor_of(request), "board.view")
    form = BoardForm(request.GET)
    page = Paginator(cases.cases(**form.narrowed()), PAGE).get_page(request.GET.get("page"))
    figures, short = cases.figures(), short_names()
    context = {
        "form": form,
        "page": page,
        "lines": [cases.Line(case, short) for case in page],
        "figures": figures,
        "overdue_note": "签收{late}，补正{late_material}，办理{late_handling}".format(**figures),
        "silent_note": f"超{cases.SILENT_DAYS}个工作日没有动静",
        "narrowed": any(form.data.get(name) for name in form.fields),
    }
    return render(request, "overview/board.html", context)


@require_safe
def board_case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """One referral: where it stands, its course, its chain, and what may be decided."""
    actor = actor_of(request)
    require(actor, "board.view")
    case = course.case_for(case_id)
    named, short = names(), short_names()
    choices = deciding.choices(case) if allowed(actor, deciding.PERMISSION) else []
    context = {
        "line": cases.Line(case, short),
        "case": case,
        "entries": course.entries(case, named),
        "chain": [cases.Line(each, short) for each in course.chain(case)],
        "others": [cases.Line(each, short) for each in course.others(case)],
        "suggested": named.get(case.suggested, case.suggested),
        "decided_unit": named.get(case.decided_unit, case.decided_unit),
        "open_to": [choice for choice in choices if not choice.why_not],
        "closed_to": [choice for choice in choices if choice.why_not],
    }
    return render(request, "overview/board_case.html", context)


@sensitive_post_parameters("reason")
@require_http_methods(["GET", "HEAD", "POST"])
def board_decide(request: HttpRequest, case_id: UUID, name: str) -> HttpResponse:
    """The form of a decision, in a dialog for htmx and else as a page; posted, it is taken."""
    actor = actor_of(request)
    require(actor, deciding.PERMISSION)
    bound, case = acts.bound(name), course.case_for(case_id)
    if request.method != "POST":
        if said := deciding.why_not(case, name):
            raise Conflict(said, code="not_now")
        return _decision_form(request, case, bound, bound.opened(case))
    form = bound.opened(case, request.POST)
    try:
        acts.perform(name=name, case_id=case_id, actor=actor, form=form)
    except Refused as refused:
        tell_once(form, refused)
        return _decision_form(request, case, bound, form, status=refused.status)
    messages.success(request, f"“{bound.label}”已送出。")
    return go(request, reverse("board_case", args=[case_id]))


def waiting(request: HttpRequest) -> QuerySet[BoardCase]:
    """What is counted beside 转办台账 in the navigation."""
    return cases.waiting()


_CONSEQUENCES: Final = {
    "urge": "催办送达现在应当办理的一方，双方中心都能看到催办时间。",
    "designate": "转出中心按此重新转办，指定的单位不得再退回；指定转出中心自己的，由其自行办理。",
    "redirect": "原承办单位停办，转出中心按此重新转办，随转内容不变，另编文号；新单位不得再退回。",
}


def _decision_form(
    request: HttpRequest, case: BoardCase, bound: acts.Bound, form: forms.Form, *, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "case": case,
        "line": cases.Line(case, short_names()),
        "label": bound.label,
        "form": form,
        "url": reverse("board_decide", args=[case.pk, bound.name]),
        "question": f"确认对{case.number}“{bound.label}”？送出后不能撤销。",
        "consequence": _CONSEQUENCES[bound.name],
    }
    return dialog_or_page(request, "overview/decide", context, status=status)
