"""The counter device (窗口评价器): one matter, big buttons, and the code that only the reporter holds."""

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from bancheng.errors import Refused
from bancheng.identity.permissions import require
from bancheng.identity.requests import actor_of
from bancheng.web.http import client_address, require_valid
from tenants.matters import selectors, workflow
from tenants.matters.views.answers import tell_once
from tenants.replies import gate
from tenants.replies.actions import track
from tenants.replies.forms.track import DeviceForm, Number
from tenants.replies.models import Via


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rate_here(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """Opened by the window and turned to the reporter, who types the code; afterwards a neutral screen.

    Whoever is logged in rates nothing: without the code, which stands on the receipt alone, it is refused,
    counted as a wrong try and audited under their name.
    """
    actor = actor_of(request)
    require(actor, "matter.reply")
    found = selectors.matter_for(actor, matter_id)
    workflow.check(found, track.reporter(), "rate")
    form = DeviceForm(
        request.POST if request.method == "POST" else None, matter=found, actor=track.reporter()
    )
    status = 200
    if request.method == "POST":
        try:
            require_valid(form)
            gate.show_code(
                number=Number(machine=found.machine_number),
                code=form.cleaned_data["code"],
                client=client_address(request),
                actor=actor,
            )
            track.perform(matter_id=found.pk, name="rate", data=request.POST, via=Via.DEVICE)
        except Refused as refused:
            tell_once(form, refused)
            status = refused.status
        else:
            return HttpResponseRedirect(reverse("rated"))
    context = {"matter": found, "form": form}
    return render(request, "replies/track/device.html", context, status=status)


@login_not_required
@require_safe
def rated(request: HttpRequest) -> HttpResponse:
    """What the device shows between two reporters: nothing of anybody."""
    return render(request, "replies/track/rated.html")
