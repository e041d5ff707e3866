"""The reporter's own page (查询办理进度): no account, a number and a query code, one matter and nothing else.

There is no API for it on purpose: six digits bear a few tries at a page, not a program's.
"""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from bancheng.errors import NotAllowed, NotFound, Refused
from bancheng.web.http import client_address, require_valid
from tenants.matters import workflow
from tenants.matters.forms.base import ActForm
from tenants.matters.models import Matter
from tenants.matters.views.answers import tell_once
from tenants.replies import gate, progress
from tenants.replies.actions import track as actions
from tenants.replies.forms.track import TrackForm
from tenants.replies.models import Via
from tenants.replies.texts import window_card

LABELS = {
    "rate": "评价",
    "supply_material": "补交材料",
    "ask_contact": "请窗口联系我",
    "reopen": "要求重新办理",
    "withdraw": "撤回",
}
DONE = {
    "rate": "谢谢您的评价。",
    "supply_material": "已经收到，窗口会尽快核对。",
    "ask_contact": "已经告诉窗口，会尽快联系您。",
    "reopen": "已经重新办理，窗口会尽快联系您。",
    "withdraw": "已经撤回。",
}


@sensitive_post_parameters()
@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Ask for number and query code; sent, open the matter's page for this browser."""
    _no_staff(request)
    if request.method != "POST":
        if gate.seen(request):
            return HttpResponseRedirect(reverse("track_matter"))
        via = Via.LINK if "link" in request.GET else Via.CODE
        return _entry(request, TrackForm(initial={"via": via.value}))
    form = TrackForm(request.POST)
    try:
        require_valid(form)
        asked = form.cleaned_data
        found = gate.show_code(number=asked["number"], code=asked["code"], client=client_address(request))
    except Refused as refused:
        tell_once(form, refused)
        return _entry(request, form, status=refused.status)
    response = HttpResponseRedirect(reverse("track_matter"))
    gate.begin(response, found, Via(asked["via"] or Via.CODE))
    return response


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def matter(request: HttpRequest) -> HttpResponse:
    """The page itself; back to the first one where the session is over, or for what belongs there."""
    _no_staff(request)
    open_ = gate.seen(request)
    if open_ is None or request.method == "POST":
        return HttpResponseRedirect(reverse("track"))
    done = request.GET.get("done", "")
    return _page(request, _matter(open_[0]), said=DONE.get(done, ""))


@sensitive_post_parameters()
@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, name: str) -> HttpResponse:
    """Do what the reporter asks for; a refusal stands beside the form, with what was typed still in it."""
    _no_staff(request)
    open_ = gate.seen(request)
    if open_ is None:
        return HttpResponseRedirect(reverse("track"))
    if request.method != "POST":
        return HttpResponseRedirect(reverse("track_matter"))
    form_class = actions.form_of(name)
    matter_id, via = open_
    try:
        actions.perform(matter_id=matter_id, name=name, data=request.POST, files=request.FILES, via=via)
    except Refused as refused:
        found = _matter(matter_id)
        form = form_class(request.POST, request.FILES, matter=found, actor=actions.reporter())
        tell_once(form, refused)
        return _page(request, found, tried=(name, form), status=refused.status)
    return HttpResponseRedirect(f"{reverse('track_matter')}?done={name}")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """Close the page for whoever sits here next; only looked at, it changes nothing."""
    response = HttpResponseRedirect(reverse("track"))
    if request.method == "POST":
        gate.end(request, response)
    return response


def _no_staff(request: HttpRequest) -> None:
    if getattr(request, "actor", None) is not None:
        raise NotAllowed(
            "这里是反映人自己查询的页面。您已用工作人员账号登录，请先退出登录，或者请反映人用自己的手机查询。"
        )


def _matter(matter_id: Any) -> Matter:
    found = Matter.objects.select_related("reporter", "merged_into").filter(pk=matter_id).first()
    if found is None:
        raise NotFound("没有这个反映件。")
    return found


def _entry(request: HttpRequest, form: TrackForm, *, status: int = 200) -> HttpResponse:
    return render(request, "replies/track/enter.html", {"form": form, "card": window_card()}, status=status)


def _page(
    request: HttpRequest,
    found: Matter,
    *,
    said: str = "",
    tried: tuple[str, ActForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    """`tried`: an act that was refused, and its form as it was sent."""
    shown, person = progress.of(found), actions.reporter()
    offered = []
    for name in shown.acts:
        refused = tried[1] if tried and tried[0] == name else None
        form = refused or actions.form_of(name)(matter=found, actor=person, auto_id=f"{name}_%s")
        offered.append(
            {
                "name": name,
                "label": LABELS[name],
                "form": form,
                "open": refused is not None or name == "rate",
                "final": workflow.TRANSITIONS[name].final,
            }
        )
    refusal = "" if not tried or tried[0] in shown.acts else "；".join(map(str, tried[1].non_field_errors()))
    context = {"progress": shown, "offered": offered, "said": said, "refusal": refusal}
    return render(request, "replies/track/matter.html", context, status=status)
