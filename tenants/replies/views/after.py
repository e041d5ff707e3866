"""What is left to do after the reply (整改与复盘): low grades, slow cases, messages that failed."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bancheng.identity.permissions import require
from bancheng.identity.requests import actor_of
from bancheng.timekeeping import clock
from tenants.replies import selectors

PER_PAGE = 20
PROPOSALS = 10
"""So many of the latest looks back are shown with the measures that they propose."""


@require_safe
def after(request: HttpRequest) -> HttpResponse:
    """Three lists for the lead; the long one is paged."""
    actor = actor_of(request)
    require(actor, "matter.rectify")
    page = Paginator(selectors.retrospects_due(actor), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "rectifications": list(selectors.rectifications(actor)[:100]),
        "page": page,
        "slow": [(matter, selectors.why_slow(matter)) for matter in page.object_list],
        "proposals": list(selectors.proposals(actor)[:PROPOSALS]),
        "failed": list(selectors.failed_messages(actor)[:50]),
        "today": clock.today(),
    }
    return render(request, "replies/after.html", context)
