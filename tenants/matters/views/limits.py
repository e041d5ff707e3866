"""The centre's own limits by level, beside the city's."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from bancheng.errors import Refused
from bancheng.identity.permissions import require
from bancheng.identity.requests import actor_of
from bancheng.web.http import require_valid
from tenants.matters import actions, clocks
from tenants.matters.forms.clock import LimitsForm
from tenants.matters.views.answers import tell_once


@require_http_methods(["GET", "HEAD", "POST"])
def limits(request: HttpRequest) -> HttpResponse:
    """Opened, the limits in force; posted, they are set for what is accepted from now on."""
    actor = actor_of(request)
    require(actor, "limits.set")
    if request.method != "POST":
        return _page(request, LimitsForm.of(clocks.own_limits()))
    form = LimitsForm(request.POST)
    try:
        require_valid(form)
        actions.set_limits(actor=actor, days=form.days())
    except Refused as refused:
        tell_once(form, refused)
        return _page(request, form, status=refused.status)
    messages.success(request, "本中心时限已保存，自现在起受理的反映件按此计算。")
    return redirect("limits")


def _page(request: HttpRequest, form: LimitsForm, *, status: int = 200) -> HttpResponse:
    return render(request, "matters/limits.html", {"form": form}, status=status)
