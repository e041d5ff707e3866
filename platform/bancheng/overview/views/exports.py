"""The page of figures as a spreadsheet, narrowed by the same address."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from bancheng.centres.scope import current_centre
from bancheng.identity.permissions import require
from bancheng.identity.requests import actor_of
from bancheng.overview import exports, selectors
from bancheng.overview.scope_forms import ScopeForm
from bancheng.web.sheets import download


@require_safe
def overview_export(request: HttpRequest) -> HttpResponse:
    """全市总览 as xlsx."""
    require(actor_of(request), "overview.view")
    return _export(request, "")


@require_safe
def figures_export(request: HttpRequest) -> HttpResponse:
    """统计 of the served centre as xlsx; another centre's code in the address changes nothing."""
    require(actor_of(request), "figures.view")
    return _export(request, current_centre().code)


def _export(request: HttpRequest, centre: str) -> HttpResponse:
    form = ScopeForm(request.GET, centre=centre)
    scope = form.scope()
    narrowings = [(each.label, each.value) for each in form.narrowings()]
    name = f"{selectors.place(scope)}统计_{scope.since}_{scope.until}.xlsx"
    return download(exports.sheets(scope, narrowings), name)
