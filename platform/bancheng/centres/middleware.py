"""From host name to centre: the first middleware, and the only place where a request gets its schema."""

import logging
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import cast

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import set_urlconf

from bancheng.centres import health
from bancheng.centres.hosts import centre_at, host_of
from bancheng.centres.models import Centre
from bancheng.centres.scope import MissingSchema
from bancheng.tenancy import tenant_connection

log = logging.getLogger(__name__)


class CentreMiddleware:
    """Serves each request in the schema of its host, and puts the connection back to public afterwards.

    Sets request.tenant, request.centre and request.urlconf. A host nobody has is 404, a suspended centre 503,
    a centre whose schema is missing 503 with an error in the log; public's data never answers for either.
    /healthz and /readyz are answered at any host, also at a bare address, as load balancers ask.
    """

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        tenant_connection.set_schema_to_public()
        if answer := health.answer(request):
            return answer
        try:
            centre = centre_at(host_of(request))
        except DisallowedHost:
            centre = None
        except MissingSchema as error:
            log.error("%s", str(error))  # the words: only its type would be logged
            return _page(
                request,
                HTTPStatus.SERVICE_UNAVAILABLE,
                "系统维护中",
                "这个中心的数据暂时打不开，已通知管理员，请稍后再试。",
            )
        if centre is None:
            return _page(
                request,
                HTTPStatus.NOT_FOUND,
                "没有这个网址",
                "这个网址没有对应的中心，请从首页选择要去的中心。",
            )
        if centre.suspended_at:
            return _page(
                request,
                HTTPStatus.SERVICE_UNAVAILABLE,
                "已停用",
                f"{centre.name}的窗口已停用，请与市级平台联系。",
            )
        return self._serve(request, centre)

    def _serve(self, request: HttpRequest, centre: Centre) -> HttpResponseBase:
        request.tenant = request.centre = centre  # type: ignore[attr-defined]  # what django-tenants and our pages read
        urlconf = cast(str, settings.TENANT_TYPES[centre.kind]["URLCONF"])
        request.urlconf = urlconf
        set_urlconf(urlconf)
        tenant_connection.set_tenant(centre)
        try:
            response = self.get_response(request)
        finally:
            tenant_connection.set_schema_to_public()
        if isinstance(response, StreamingHttpResponse):
            response.streaming_content = _stream(centre, cast(Iterator[bytes], response.streaming_content))
        return response


def _stream(centre: Centre, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Make each chunk in the centre; between two chunks, and when the reader goes away, public is served."""
    while True:
        tenant_connection.set_tenant(centre)
        try:
            chunk = next(chunks)
        except StopIteration:
            return
        finally:
            tenant_connection.set_schema_to_public()
        yield chunk


def _page(request: HttpRequest, status: HTTPStatus, title: str, message: str) -> HttpResponse:
    """A page that needs no centre, no session and no query."""
    asked = request.META.get("HTTP_HOST", "")  # as it was sent: get_host() may refuse it
    _, colon, port = asked.partition(":")
    landing = f"{request.scheme}://{settings.BASE_DOMAIN}{colon}{port if port.isdecimal() else ''}/"
    words = {"title": title, "message": message, "status": status.value, "asked": asked, "landing": landing}
    return render(request, "centres/no_centre.html", words, status=status)
