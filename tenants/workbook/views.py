"""The workbook (工作簿), the search that leads into it, and the audit trail."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bancheng.identity.permissions import allowed, require
from bancheng.identity.requests import actor_of
from bancheng.identity.roles import DEPARTMENT_ROLES
from bancheng.web import finding
from tenants.matters import presentation
from tenants.matters.models import Matter
from tenants.matters.selectors import visible_to
from tenants.workbook import selectors, trail
from tenants.workbook.forms import AuditFilters, WorkbookFilters

PAGE = 20


@require_safe
def workbook(request: HttpRequest) -> HttpResponse:
    """The book, narrowed and ordered by what stands in the address; words searched for only by their key."""
    actor = actor_of(request)
    require(actor, "workbook.view")
    form = WorkbookFilters(request.GET)
    words = finding.kept(request)
    filters = form.filters(q=words or "")
    order = form.cleaned_data.get("sort", "")
    rows = selectors.book(actor, filters, order=order)
    totals = selectors.totals(rows)
    pages = Paginator(rows, PAGE)
    pages.count = totals.total
    page = pages.get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": presentation.rows(page, actor),
        "totals": totals,
        "order": order,
        "words": words or "",
        "forgotten": words is None,
        "filtered": form.narrowed,
        # The numbers are the whole centre's; who sees a part of it would only wonder.
        "series": [] if actor.roles <= DEPARTMENT_ROLES else selectors.series()[:1],
        "may_register": allowed(actor, "matter.register"),
    }
    return render(request, "workbook/workbook.html", context)


@sensitive_post_parameters("q")
@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """A whole number leads to its matter or referral; anything else to the workbook, narrowed to it.

    Posted, and kept out of the address where it leads: names, cards and telephone numbers are searched for.
    """
    actor = actor_of(request)
    require(actor, "matter.search")
    if request.method != "POST":
        return redirect("workbook")
    found = selectors.by_number(actor, request.POST.get("q", "").replace("\0", ""))
    if found:
        return redirect("matter" if isinstance(found, Matter) else "referral", found.pk)
    return redirect(finding.address(request, reverse("workbook")))


# --- The audit trail ---------------------------------------------------------------------------------


@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """Who did what to what, when and why, newest first."""
    actor = actor_of(request)
    require(actor, "audit.view")
    form = AuditFilters(request.GET)
    page = Paginator(form.entries(), PAGE).get_page(request.GET.get("page"))
    chosen = form.cleaned_data
    matter = Matter.objects.filter(pk=chosen["matter"]).first() if chosen.get("matter") else None
    context = {
        "form": form,
        "page": page,
        "rows": trail.rows(page, actor),
        "matter": matter,
        "may_open": matter is not None and visible_to(actor).filter(pk=matter.pk).exists(),
        "filtered": any(chosen.values()),
    }
    return render(request, "workbook/audit.html", context)


@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Check the whole chain and say what was found."""
    verdict = trail.verify(actor=actor_of(request))
    if "HX-Request" in request.headers:
        return render(request, "workbook/parts/verdict.html", {"verdict": verdict})
    (messages.success if verdict.holds else messages.error)(request, verdict.sentence)
    return redirect("audit")
