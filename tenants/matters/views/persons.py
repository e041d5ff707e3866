"""Showing what is masked of a matter's reporter."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from bancheng.errors import Refused
from bancheng.identity.permissions import require
from bancheng.identity.requests import actor_of
from bancheng.privacy.unmask import unmask as show_in_clear
from bancheng.web.http import require_valid
from tenants.matters import selectors
from tenants.matters.forms.unmask import UnmaskForm
from tenants.matters.models import Reporter
from tenants.matters.views.answers import dialog_or_page, tell_once


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unmask(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """Ask for a reason; posted with one, show the reporter's data in clear, once, and audited."""
    actor = actor_of(request)
    require(actor, "person.unmask")
    found = selectors.matter_for(actor, matter_id)
    context: dict[str, Any] = {"matter": found, "url": reverse("unmask", args=[found.pk])}
    if request.method != "POST":
        form = UnmaskForm(person=found.reporter, initial={"fields_wanted": request.GET.getlist("field")})
        return dialog_or_page(request, "matters/unmask", context | {"form": form})
    form = UnmaskForm(request.POST, person=found.reporter)
    try:
        require_valid(form)
        asked = form.cleaned_data
        values = show_in_clear(
            actor=actor, subject=found.reporter, fields=asked["fields_wanted"], reason=asked["reason"]
        )
    except Refused as refused:
        tell_once(form, refused)
        return dialog_or_page(request, "matters/unmask", context | {"form": form}, status=refused.status)
    shown = [(label, values[name]) for name, label in Reporter.PERSONAL_FIELDS.items() if name in values]
    return dialog_or_page(request, "matters/unmask", context | {"shown": shown})
