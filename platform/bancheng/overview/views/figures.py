"""The pages of figures: at the office of all centres, at a centre's host of that one; never a case."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bancheng.centres.scope import current_centre
from bancheng.identity.permissions import allowed, require
from bancheng.identity.requests import actor_of
from bancheng.overview import report
from bancheng.overview.report import OFFICE, Host

_OF_THE_TABLE: Final = ("sort", "q", "map")
"""What the address says of the table and the map; it outlives another filter."""


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """全市总览: what ScopeForm reads, and ?sort=, ?q=, ?page= of the table of centres, ?map= of the map."""
    require(actor_of(request), "overview.view")
    return _figures(request, OFFICE)


@require_safe
def overview_cells(request: HttpRequest) -> HttpResponse:
    """全市交叉统计: what ScopeForm and CellsForm read, and ?page= of the lines."""
    require(actor_of(request), "overview.view")
    return _cells(request, OFFICE)


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """统计 of the served centre; another centre's code in the address changes nothing."""
    require(actor_of(request), "figures.view")
    return _figures(request, _served())


@require_safe
def figures_cells(request: HttpRequest) -> HttpResponse:
    """交叉统计 of the served centre."""
    require(actor_of(request), "figures.view")
    return _cells(request, _served())


def _served() -> Host:
    return Host("figures", "figures_cells", current_centre().code)


def _figures(request: HttpRequest, host: Host) -> HttpResponse:
    form, scope = report.asked(request.GET, host)
    context = report.heading(form, scope, host, host.link) | report.body(scope, host)
    if not host.centre:
        context |= report.centres(request.GET, scope, host)
    context |= {
        "kept": _kept(request, *_OF_THE_TABLE),
        "found_by": [*scope.asked.items(), *_kept(request, "sort", "map")],
        "may_see_notices": allowed(actor_of(request), "board.view"),
    }
    return render(request, "overview/overview.html", context)


def _kept(request: HttpRequest, *names: str) -> list[tuple[str, str]]:
    """What the address says by these names, for another form of the page to say again."""
    return [(name, request.GET[name]) for name in names if request.GET.get(name)]


def _cells(request: HttpRequest, host: Host) -> HttpResponse:
    form, scope = report.asked(request.GET, host)
    table = report.drilled(request.GET, scope, host)
    chosen = dict(table["kept"])
    heading = report.heading(form, scope, host, lambda other: host.drill(other, **chosen))
    return render(request, "overview/cells.html", heading | table)
