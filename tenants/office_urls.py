"""The addresses of the municipal office's host, and a refusal for every address that only a centre has.

An analyst who tries the address of a case learns that the office sees figures alone; the attempt is audited,
by the pattern of the address. The refusals are made of the centres' URLconf: a new route is refused at once.
"""

from collections.abc import Callable, Iterator, Sequence
from copy import copy
from typing import Any, Final

from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver, get_resolver, include, path
from rest_framework.request import Request
from rest_framework.views import APIView

from bancheng.errors import NotAllowed
from bancheng.identity.requests import actor_of
from bancheng.privacy import audit
from bancheng.web.views import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

ACT: Final = "office.case_refused"
REFUSED: Final = "市级账号只看统计，不查看具体反映件。"
_API: Final = "api/"


def refuse_page(request: HttpRequest, **_: Any) -> HttpResponseBase:
    """Audited, then NotAllowed: a page, or a short message for htmx."""
    _refuse(request)
    raise NotAllowed(REFUSED, code="office_sees_no_case")


class RefuseApi(APIView):
    """The same by the API, whatever the method: 401 for nobody, 403 for everybody else."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        _refuse(request)
        raise NotAllowed(REFUSED, code="office_sees_no_case")


def _refuse(request: HttpRequest | Request) -> None:
    """Noted by the pattern, which names no row: what somebody typed into an address may be anything."""
    match = request.resolver_match
    with transaction.atomic():
        audit.record(
            actor=actor_of(request),
            act=ACT,
            subject=("address", ""),
            pattern=match.route if match else "",
            method=request.method or "",
        )


# --- The addresses -----------------------------------------------------------------------------------


def refusals(
    patterns: Sequence[URLPattern | URLResolver], known: set[str], prefix: str = ""
) -> Iterator[URLPattern | URLResolver]:
    """The same tree with a refusal at each leaf, without names: no link of a centre is one of the office.

    `known` are the routes that the office has itself.
    """
    for entry in patterns:
        here = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = list(refusals(entry.url_patterns, known, here))
            if inner:
                yield URLResolver(copy(entry.pattern), inner)
        elif here not in known:
            yield URLPattern(copy(entry.pattern), _door(here))


def routes(patterns: Sequence[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    """Every route of a tree, as it is written."""
    for entry in patterns:
        here = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry.url_patterns, here)
        else:
            yield here


def _door(route: str) -> Callable[..., HttpResponseBase]:
    return RefuseApi.as_view() if route.startswith(_API) else refuse_page


_own: list[URLPattern | URLResolver] = [path("", include("bancheng.urls.office"))]

urlpatterns: list[URLPattern | URLResolver] = [
    *_own,
    *refusals(get_resolver("tenants.urls").url_patterns, set(routes(_own))),
]
