"""无事可办指数, 零报告 and 其他渠道投诉: the office's pages, and a centre's own index at its host."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from bancheng.centres.scope import current_centre
from bancheng.errors import Invalid, Refused
from bancheng.identity.permissions import allowed, require
from bancheng.identity.requests import actor_of
from bancheng.overview import index as indices
from bancheng.overview.index import charts, elsewhere, formula, months, zero
from bancheng.overview.index.forms import CountsForm, IndexForm, MonthForm
from bancheng.overview.selectors import centre_choices
from bancheng.web.http import require_valid, tell

CENTRES = 30
COMPARED = 6
"""Months that stand beside the one that is written: the guard compares three with the three before."""


# --- The index ---------------------------------------------------------------------------------------


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """无事可办指数 (?month=, ?centre=): formula, guards and history, of the city or of one centre."""
    require(actor_of(request), "overview.view")
    form = IndexForm(request.GET)
    place = dict(centre_choices()).get(form.of(), "全市")
    return _index(request, form, form.of(), {"place": place, "back": reverse("overview")})


@require_safe
def own_index(request: HttpRequest) -> HttpResponse:
    """无事可办指数 of the served centre (?month=)."""
    require(actor_of(request), "figures.view")
    served = current_centre()
    context = {"place": served.short_name, "back": reverse("figures")}
    return _index(request, MonthForm(request.GET), served.code, context)


def _index(request: HttpRequest, form: MonthForm, centre: str, context: dict[str, Any]) -> HttpResponse:
    history = indices.history(centre)
    context |= {
        "form": form,
        "centre": centre,
        "index": next(each for each in history if each.month == form.chosen()),
        "history": list(reversed(history)),
        "trend": charts.trend(history),
        "general": formula.FORMULA,
    }
    return render(request, "overview/index.html", context)


# --- Zero reports ------------------------------------------------------------------------------------


@require_safe
def zero_reports(request: HttpRequest) -> HttpResponse:
    """零报告 (?month=, ?page=): who filed, who did not, who need not; twelve months of every centre."""
    require(actor_of(request), "overview.view")
    form = MonthForm(request.GET)
    wanted = months.until(months.last_over())
    page = Paginator(zero.grid(wanted), CENTRES).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "summary": zero.summary(form.chosen()),
        "page": page,
        "months": [f"{month:%Y-%m}" for month in wanted],
        "chosen": f"{form.chosen():%Y-%m}",
    }
    return render(request, "overview/zero_reports.html", context)


# --- Complaints elsewhere ----------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def complaints(request: HttpRequest) -> HttpResponse:
    """其他渠道投诉 (?month=, ?page=): read by who sees the overview, written by who records them."""
    actor = actor_of(request)
    require(actor, "overview.view")
    may_record = allowed(actor, elsewhere.PERMISSION)
    chosen = MonthForm(request.GET)
    month = chosen.chosen()
    page = Paginator(elsewhere.grid(months.until(month, COMPARED)), CENTRES).get_page(request.GET.get("page"))
    units = [line.unit for line in page]
    form = CountsForm(units=units, counts={line.unit.code: line.newest for line in page})
    status = 200
    if request.method == "POST":
        require(actor, elsewhere.PERMISSION)
        form = CountsForm(request.POST, units=units)
        try:
            if not chosen.is_valid():
                raise Invalid({"": [str(wrong) for wrong in chosen.errors["month"]]})
            require_valid(form)
            changed = elsewhere.record_counts(actor=actor, month=month, counts=form.counts())
        except Refused as refused:
            if not form.errors:
                tell(form, refused)
            status = refused.status
        else:
            word = f"已登记{changed}个中心的件数。" if changed else "没有改动。"
            messages.success(request, f"{months.word(month)}：{word}")
            return redirect(f"{reverse('elsewhere')}?month={month:%Y-%m}&page={page.number}")
    context = {
        "form": form,
        "chosen": chosen,
        "month": month,
        "label": months.word(month),
        "months": [f"{each:%Y-%m}" for each in months.until(month, COMPARED)][:-1],
        "page": page,
        "lines": [(line, form[line.unit.code]) for line in page],
        "may_record": may_record,
    }
    return render(request, "overview/elsewhere.html", context, status=status)
