"""The landing page, and what is answered when something goes wrong; urlconfs take the handlers here."""

from itertools import groupby

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bancheng.centres.models import Centre
from bancheng.web import errors

GROUPS = {"city": "市级", "district": "区", "county": "县", "zone": "开发区、管理区"}


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """Choose a centre. Each link keeps the scheme and the port by which the visitor came."""
    open_places = Centre.objects.filter(suspended_at__isnull=True)
    centres = sorted(
        open_places.filter(kind="centre"),
        key=lambda centre: (_rank(centre.division_kind), centre.position, centre.code),
    )
    groups = [
        {"name": GROUPS.get(kind, "其他"), "places": [_place(request, centre) for centre in members]}
        for kind, members in groupby(centres, key=lambda centre: centre.division_kind)
    ]
    offices = [_place(request, office) for office in open_places.filter(kind="office")]
    context = {"groups": groups, "offices": offices, "total": len(centres)}
    return render(request, "web/landing.html", context)


def _place(request: HttpRequest, centre: Centre) -> dict[str, str]:
    # The port is the one the visitor typed; behind a proxy the server's own would lead nowhere.
    _, colon, port = request.get_host().partition(":")
    host = f"{centre.slug}.{settings.BASE_DOMAIN}{colon}{port}"
    return {
        "name": centre.name,
        "short": centre.short_name,
        "host": host,
        "url": f"{request.scheme}://{host}/",
        "words": f"{centre.name} {centre.short_name} {centre.slug} {centre.code}",
    }


def _rank(division_kind: str) -> int:
    order = list(GROUPS)
    return order.index(division_kind) if division_kind in order else len(order)


def handler400(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return errors.answer(request, 400)


def handler403(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return errors.answer(request, 403)


def handler404(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return errors.answer(request, 404)


def handler500(request: HttpRequest) -> HttpResponse:
    return errors.answer(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """settings.CSRF_FAILURE_VIEW: nearly always a page that stood open while the session ended."""
    message = (
        "页面停留过久，登录状态已变化，本次提交没有生效。请返回上一页刷新后重新提交，已填内容会自动恢复。"
    )
    return errors.answer(request, 403, message, code="csrf_failed")
