"""The office's pages of figures, of matters long overdue, and of the registry; no case."""

from collections.abc import Callable

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bancheng.identity.permissions import allowed, require
from bancheng.identity.requests import actor_of
from bancheng.overview import charts, indicators, selectors
from bancheng.overview.forms import NoticesForm, ScopeForm, months_back
from bancheng.overview.models import COUNTERS, Fact
from bancheng.overview.selectors import CentreRow
from bancheng.timekeeping import clock

PAGE = 30
TOP = 10
HEAT_ITEMS, HEAT_CAUSES = 8, 8

SORTS: dict[str, Callable[[CentreRow], int]] = {
    "registered": lambda row: row.counts["registered"],
    "accepted": lambda row: row.counts["accepted"],
    "open": lambda row: row.figure.open,
    "overdue": lambda row: row.figure.overdue,
    "no_owner": lambda row: row.figure.no_owner,
    "no_reply": lambda row: row.figure.no_reply,
    "referrals": lambda row: row.referrals_out,
    "consultations": lambda row: row.consultations,
}

_COUNTER_WORDS = {field.name: str(field.verbose_name) for field in Fact._meta.fields}


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """全市总览 (?since=, ?until=, ?centre=, ?sort=): counts and rates only, each with its formula."""
    require(actor_of(request), "overview.view")
    form = ScopeForm(request.GET)
    scope = form.scope()
    rows = selectors.centres(scope)
    sort = request.GET.get("sort", "")
    causes, months, kinds = selectors.causes(scope), selectors.months(scope), selectors.kinds(scope)
    top = causes.items[:TOP]
    total = selectors.total(rows)
    return render(
        request,
        "overview/overview.html",
        {
            "form": form,
            "scope": scope,
            "place": rows[0].label if scope.centre and rows else "全市",
            "periods": _periods(),
            "rows": sorted(rows, key=SORTS[sort], reverse=True) if sort in SORTS else rows,
            "sort": sort,
            "total": total,
            "may_see_notices": allowed(actor_of(request), "board.view"),
            "with_data": sum(row.figure.summarised_at is not None for row in rows),
            "stale": [row for row in rows if row.stale and not row.suspended],
            "notes": _notes(total),
            "indicators": indicators.all_of(indicators.Figures(scope)),
            "counters": [(_COUNTER_WORDS[name], meaning) for name, meaning in COUNTERS.items()],
            "trend": charts.trend(months),
            "kinds": (*charts.ranking(kinds, "类别"), charts.height(kinds)),
            "causes": (*charts.ranking(causes.causes, "主因"), charts.height(causes.causes)),
            "items": (*charts.ranking(top, "事项"), charts.height(top)),
            "heat": charts.heat(causes, items=HEAT_ITEMS, reasons=HEAT_CAUSES),
        },
    )


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


def _notes(total: CentreRow) -> dict[str, str]:
    """The line below each figure that is no rate: what it is part of, or what it is made of."""
    counts, figure = total.counts, total.figure
    asked = f"每件登记对 {total.consultations / counts['registered']:.1f} 次" if counts["registered"] else ""
    return {
        "accepted": f"登记 {counts['registered']}，不予受理 {counts['declined']}",
        "open": f"其中超期 {figure.overdue}/{figure.open}",
        "consultations": asked or "不计入反映件",
        "referrals": f"中心间 {figure.referrals_to_centres}，函转 {figure.referrals_by_letter}",
    }


def _periods() -> list[tuple[str, str]]:
    """Usual periods: their word, and the part of the address that chooses them."""
    today = clock.today()
    starts = (
        ("本月", months_back(today, 0)),
        ("近三个月", months_back(today, 2)),
        ("本年", today.replace(month=1, day=1)),
        ("近十二个月", months_back(today, 11)),
    )
    return [(word, f"since={start}&until={today}") for word, start in starts]
