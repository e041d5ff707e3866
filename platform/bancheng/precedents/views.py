"""先例: the list with its search, and one precedent, the same at every centre and at the municipal office."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from bancheng.centres.scope import current_centre
from bancheng.identity.permissions import allowed, require
from bancheng.identity.requests import actor_of
from bancheng.precedents import search, selectors
from bancheng.precedents.forms import TOO_SHORT, PageForm
from bancheng.precedents.selectors import Line
from bancheng.web import finding

PAGE = 20


@sensitive_post_parameters("q")
@require_http_methods(["GET", "HEAD", "POST"])
def precedents(request: HttpRequest) -> HttpResponse:
    """The current ones (?item=, ?cause=, ?centre=, ?standing=, ?page=); words searched for are posted."""
    actor = actor_of(request)
    require(actor, selectors.PERMISSION)
    if request.method == "POST":
        return redirect(finding.address(request, reverse("precedents")))
    form, words = PageForm(request.GET), finding.kept(request)
    rows = selectors.listed(actor, form.filters(q=words or ""))
    page, names = Paginator(rows, PAGE).get_page(request.GET.get("page")), selectors.centre_names()
    context = {
        "form": form,
        "page": page,
        "lines": [Line(each, names) for each in page],
        "words": words or "",
        "forgotten": words is None,
        "short": TOO_SHORT if search.too_short(words or "") else "",
        "filtered": bool(words or any(request.GET.get(name) for name in form.fields if name != "find")),
        "may_draft": allowed(actor, "precedent.draft"),
    }
    return render(request, "precedents/precedents.html", context)


@require_safe
def precedent(request: HttpRequest, precedent: UUID) -> HttpResponse:
    """One of them; where it comes from this centre, with the way to its draft."""
    found = selectors.precedent(actor_of(request), precedent)
    context = {
        "precedent": found,
        "line": Line(found),
        "ours": found.centre == current_centre().code,
    }
    return render(request, "precedents/precedent.html", context)
