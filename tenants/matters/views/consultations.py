"""Consultations: the list, one of them, writing one down, counting many."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from bancheng.errors import Refused
from bancheng.identity.permissions import allowed, require
from bancheng.identity.requests import actor_of
from bancheng.privacy import masks
from bancheng.timekeeping import clock
from bancheng.web import finding
from bancheng.web.http import require_valid
from tenants.matters import actions, presentation, selectors
from tenants.matters.forms.intake import ConsultationForm, TallyForm
from tenants.matters.models import ConsultationTally
from tenants.matters.views.answers import tell_once

PAGE = 20


class ConsultationFilters(forms.Form):
    """What stands in the address; words searched for are posted and kept under ?find=."""

    open = forms.ChoiceField(label="是否已转", required=False, choices=[("", "全部"), ("1", "未转为反映件")])
    find = forms.CharField(required=False, widget=forms.HiddenInput)


@sensitive_post_parameters("q")
@require_http_methods(["GET", "HEAD", "POST"])
def consultations(request: HttpRequest) -> HttpResponse:
    """Those that were written down, newest first, and how many there were today."""
    actor = actor_of(request)
    if request.method == "POST":
        return redirect(finding.address(request, reverse("consultations")))
    form = ConsultationFilters(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    words = finding.kept(request)
    rows = selectors.consultations(actor, q=words or "", open_only=bool(chosen.get("open")))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    counted = ConsultationTally.objects.filter(day=clock.today()).aggregate(sum=Sum("count"))["sum"]
    context = {
        "form": form,
        "page": page,
        "rows": [(row, presentation.item_name(row.item_code)) for row in page],
        "words": words or "",
        "forgotten": words is None,
        "filtered": bool(words or chosen.get("open")),
        "today": counted or 0,
        "may_record": allowed(actor, "consultation.record"),
        "may_register": allowed(actor, "matter.register"),
    }
    return render(request, "matters/consultations.html", context)


@require_safe
def consultation(request: HttpRequest, consultation_id: UUID) -> HttpResponse:
    """One of them, with the way to make a matter of it."""
    actor = actor_of(request)
    row = selectors.consultation_for(actor, consultation_id)
    context = {
        "row": row,
        "item": presentation.item_name(row.item_code),
        "phone": masks.mask_phone(row.phone or ""),
        "may_register": allowed(actor, "matter.register"),
    }
    return render(request, "matters/consultation.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest) -> HttpResponse:
    """Write one down; the button “保存并转为反映件” goes on to the intake form, filled in."""
    actor = actor_of(request)
    require(actor, "consultation.record")
    if request.method != "POST":
        form = ConsultationForm()
        return render(request, "matters/consultation_form.html", {"form": form})
    form = ConsultationForm(request.POST)
    try:
        require_valid(form)
        row = actions.record_consultation(actor=actor, **form.arguments())
    except Refused as refused:
        tell_once(form, refused)
        return render(request, "matters/consultation_form.html", {"form": form}, status=refused.status)
    messages.success(request, "咨询已记录。")
    if request.POST.get("then") == "intake":
        return redirect(f"{reverse('intake')}?consultation={row.pk}")
    return redirect("consultations")


@require_http_methods(["GET", "HEAD", "POST"])
def count(request: HttpRequest) -> HttpResponse:
    """Add consultations that were answered without being written down one by one."""
    actor = actor_of(request)
    require(actor, "consultation.record")
    if request.method != "POST":
        return render(request, "matters/consultation_count.html", {"form": TallyForm()})
    form = TallyForm(request.POST)
    try:
        require_valid(form)
        actions.count_consultations(actor=actor, **form.arguments())
    except Refused as refused:
        tell_once(form, refused)
        return render(request, "matters/consultation_count.html", {"form": form}, status=refused.status)
    messages.success(request, f"已计入{form.cleaned_data['count']}件咨询。")
    return redirect("consultations")
