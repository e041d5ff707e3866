"""提醒: what this person was told, unread first, and this morning's digest."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from bancheng.identity.permissions import require
from bancheng.identity.requests import actor_of
from tenants.notices import actions, selectors
from tenants.notices.forms import NoticeFilters
from tenants.notices.kinds import LISTS, PAGES

PAGE = 20


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """The list (?show=all, ?kind=, ?page=); what was not understood in the address narrows nothing."""
    actor = actor_of(request)
    require(actor, "matter.view")
    form = NoticeFilters(request.GET)
    form.is_valid()
    kind, everything = form.cleaned_data.get("kind", ""), form.cleaned_data.get("show") == "all"
    found = selectors.of(actor, kind=kind, unread=not everything)
    context = {
        "form": form,
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "kind": kind,
        "everything": everything,
        "digest": selectors.digest(actor),
    }
    return render(request, "notices/notices.html", context)


@require_POST
def follow(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Open what a notice is about, which is to have read it."""
    notice = actions.mark_read(notice_id=notice_id, actor=actor_of(request))
    if notice.kind in LISTS:
        return redirect(LISTS[notice.kind])
    if notice.matter_id is None:
        return redirect(PAGES[notice.kind], notice.thing)
    return redirect("matter", notice.matter_id)


@require_POST
def read(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Take one off the list of unread, and stay there."""
    actions.mark_read(notice_id=notice_id, actor=actor_of(request))
    return _back(request)


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Take all of them off the list of unread."""
    number = actions.mark_all_read(actor=actor_of(request))
    messages.success(request, f"已将{number}条提醒标为已读。")
    return redirect("notices")


@require_POST
def read_digest(request: HttpRequest) -> HttpResponse:
    """Take this morning's digest off the workbench."""
    actions.mark_digest_read(actor=actor_of(request))
    return redirect("workbench")


def unread(request: HttpRequest) -> selectors.Notices:
    """What is counted beside the bell."""
    return selectors.unread(actor_of(request))


def _back(request: HttpRequest) -> HttpResponse:
    """To the list as it was: its filters came along in the form and are checked again."""
    form = NoticeFilters(request.POST)
    form.is_valid()
    chosen = urlencode({name: value for name, value in form.cleaned_data.items() if value})
    return redirect(f"{reverse('notices')}?{chosen}" if chosen else "notices")
