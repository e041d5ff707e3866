"""外部单位: the offices that are reached by letter, kept by the operator."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bancheng.errors import Refused
from bancheng.identity.permissions import require
from bancheng.identity.requests import actor_of
from bancheng.overview import outside
from bancheng.overview.outside_forms import NewOfficeForm, OfficeForm, OfficesForm, opened
from bancheng.web.http import require_valid, tell

PAGE = 20


@require_safe
def offices(request: HttpRequest) -> HttpResponse:
    """The list, narrowed by ?q= and ?retired=yes."""
    form = OfficesForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    q, retired = chosen.get("q", ""), bool(chosen.get("retired"))
    rows = outside.listed(actor_of(request), q=q, retired=retired)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "narrowed": bool(q), "retired": retired}
    return render(request, "overview/outside_offices.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Add one."""
    actor = actor_of(request)
    require(actor, outside.PERMISSION)
    if request.method != "POST":
        return _page(request, NewOfficeForm())
    form = NewOfficeForm(request.POST)
    try:
        require_valid(form)
        outside.add(actor=actor, **form.cleaned_data)
    except Refused as refused:
        return _refused(request, form, refused)
    messages.success(request, f"{form.cleaned_data['name']}已登记，各中心可以向其发函。")
    return redirect("outside_offices")


@require_http_methods(["GET", "HEAD", "POST"])
def office(request: HttpRequest, office_code: str) -> HttpResponse:
    """Correct one."""
    actor = actor_of(request)
    found = outside.office(actor, office_code)
    if request.method != "POST":
        return _page(request, opened(found), found)
    form = OfficeForm(request.POST)
    try:
        require_valid(form)
        outside.change(actor=actor, code=office_code, **form.cleaned_data)
    except Refused as refused:
        return _refused(request, form, refused, found)
    messages.success(request, f"{form.cleaned_data['name']}已更新。")
    return redirect("outside_offices")


@require_POST
def switch(request: HttpRequest, office_code: str) -> HttpResponse:
    """Retire one that is in use, or put it to use again: as the button said that was pressed."""
    take = outside.resume if request.POST.get("to") == "resume" else outside.retire
    found = take(actor=actor_of(request), code=office_code)
    messages.success(request, f"{found.name}{'已停用' if found.retired_at else '已恢复使用'}。")
    return redirect("outside_offices")


def _refused(request: HttpRequest, form: OfficeForm, refused: Refused, found: object = None) -> HttpResponse:
    if not form.errors:
        tell(form, refused)
    return _page(request, form, found, status=refused.status)


def _page(request: HttpRequest, form: forms.Form, found: object = None, *, status: int = 200) -> HttpResponse:
    return render(request, "overview/outside_office.html", {"form": form, "office": found}, status=status)
