"""The office's lists of matters long overdue, by their headers, and of the centres; no case."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bancheng.identity.permissions import require
from bancheng.identity.requests import actor_of
from bancheng.overview import selectors
from bancheng.overview.forms import NoticesForm

PAGE = 30


@require_safe
def city_notices(request: HttpRequest) -> HttpResponse:
    """超期通报 (?centre=, ?page=): matters overdue by ten working days, by their headers, newest first."""
    require(actor_of(request), "board.view")
    form = NoticesForm(request.GET)
    centre = form.cleaned_data.get("centre", "") if form.is_valid() else ""
    page = Paginator(selectors.city_notices(centre), PAGE).get_page(request.GET.get("page"))
    names = dict(selectors.centre_choices())
    lines = [
        (notice, names.get(notice.centre, notice.centre), selectors.item_name(notice.item)) for notice in page
    ]
    context = {"form": form, "page": page, "lines": lines, "narrowed": bool(centre)}
    return render(request, "overview/city_notices.html", context)


@require_safe
def centres(request: HttpRequest) -> HttpResponse:
    """中心管理: the registry, to read."""
    require(actor_of(request), "centres.manage")
    return render(request, "overview/centres.html", {"entries": selectors.registry()})
