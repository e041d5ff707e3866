"""机构间消息: how messages between units are doing, and what the operator puts back that was given up."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from bancheng.exchange import repair, selectors
from bancheng.exchange.models import CaseLine
from bancheng.identity.permissions import require
from bancheng.identity.requests import actor_of
from bancheng.overview import operations
from bancheng.overview.units import names, short_names
from bancheng.web import words
from bancheng.web.answers import dialog_or_page, go

PAGE = 20


@require_safe
def exchange(request: HttpRequest) -> HttpResponse:
    """机构间消息 (?page= of what was given up): figures, counterparts, peers, refusals. Never a body."""
    require(actor_of(request), "exchange.manage")
    named, status = names() | short_names(), selectors.status()
    page = Paginator(operations.dead_letters(), PAGE).get_page(request.GET.get("page"))
    context = {
        "status": status,
        "lag_note": f"最久已等{words.duration(timedelta(seconds=status.lag))}" if status.lag else "没有等待",
        "lag_alarm": status.lag >= selectors.LAG_ALARM_SECONDS,
        "flows": [(flow, named.get(flow.target, flow.target)) for flow in selectors.counterparts()],
        "page": page,
        "dead": [_named(operations.letter(row), named) for row in page],
        "held": [_named(letter, named) for letter in operations.held()],
        "peers": operations.peer_stands(),
        "own_keys": operations.own_fingerprints(),
        "refusals": operations.refusals(),
    }
    return render(request, "overview/exchange.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def replay(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Ask once, in a dialog for htmx and else as a page; posted, the message goes back to where it died."""
    actor = actor_of(request)
    require(actor, "exchange.manage")
    if request.method == "POST":
        repair.replay(message_id, actor=actor)
        messages.success(request, "已放回，将按原来的顺序重新投递。")
        return go(request, reverse("exchange"))
    letter, source, target = _named(operations.dead_letter(message_id), names())
    context = {
        "letter": letter,
        "source": source,
        "target": target,
        "url": reverse("exchange_replay", args=[message_id]),
    }
    return dialog_or_page(request, "overview/replay", context)


def stopped(request: HttpRequest) -> QuerySet[CaseLine]:
    """What is counted beside 机构间消息 in the navigation."""
    return operations.blocked()


def _named(letter: operations.Letter, named: dict[str, str]) -> tuple[operations.Letter, str, str]:
    return letter, named.get(letter.source, letter.source), named.get(letter.target, letter.target)
