"""The reckoning sheet as a paper (退休测算单), and the page where its parameters are entered."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bancheng.errors import Refused
from bancheng.identity.permissions import require
from bancheng.identity.requests import actor_of
from bancheng.privacy import masks
from bancheng.privacy.unmask import unmask
from bancheng.tenancy import TenantQuerySet
from bancheng.timekeeping import clock
from bancheng.web.http import print_page, require_valid
from tenants.casework.actions import guidance as actions
from tenants.casework.forms.guidance import ParametersForm
from tenants.casework.models import Reckoning, ReckoningParameters
from tenants.casework.selectors import guidance as selectors
from tenants.matters.views.answers import tell_once

PAGE = 20


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reckoning_paper(request: HttpRequest, reckoning_id: UUID) -> HttpResponse:
    """Opened, a preview with the name masked; posted, the sheet itself, and audited."""
    actor = actor_of(request)
    row = selectors.reckoning_for(actor, reckoning_id)
    field = _field(row)
    whom = row.inputs["whom"]
    name = whom or getattr(row.matter.reporter, field)
    name = masks.mask_name(name)
    if request.method == "POST":
        clear = unmask(actor=actor, subject=row.matter.reporter, fields=[field], reason="打印退休测算单")
        name = whom or clear[field]
    context = {"row": row, "matter": row.matter, "name": name}
    return print_page(request, "casework/papers/reckoning.html", context, title="退休测算单")


def _field(row: Reckoning) -> str:
    """Whose the sheet is unless it names somebody: the principal's where another acts for them."""
    return "principal_name" if row.matter.reporter.principal_name else "name"


@require_http_methods(["GET", "HEAD", "POST"])
def parameters(request: HttpRequest) -> HttpResponse:
    """All versions that were entered, newest first, and the form for the next."""
    actor = actor_of(request)
    require(actor, "casework.set_parameters")
    rows, status = selectors.parameters(actor), 200
    form = ParametersForm(initial=_like_the_last(rows))
    if request.method == "POST":
        form = ParametersForm(request.POST)
        try:
            require_valid(form)
            row = actions.set_parameters(actor=actor, **form.arguments())
        except Refused as refused:
            tell_once(form, refused)
            status = refused.status
        else:
            messages.success(request, f"已录入{row}，此后的测算按它进行。")
            return redirect("reckoning_parameters")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "casework/parameters.html", {"form": form, "page": page}, status=status)


def _like_the_last(rows: TenantQuerySet[ReckoningParameters]) -> dict[str, Any]:
    """What the form opens with: this year, and the province that was entered last."""
    last = rows.first()
    return {"year": clock.today().year, "province": last.province if last else ""}
