"""Who is asking: the session of the host's own schema, the person behind it, and no page without a login."""

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from bancheng.identity.models import Staff
from bancheng.identity.requests import StaffRequest
from bancheng.identity.sessions import NoSession
from bancheng.tenancy import PUBLIC, current_schema
from bancheng.timekeeping import clock

RENEW_AFTER: Final = 300
"""Seconds after which a session in use is written again: idleness is measured this coarsely."""

_OPEN_WITH_FIRST_PASSWORD: Final = frozenset({"password", "logout"})


class SchemaSessionMiddleware(SessionMiddleware):
    """Sessions in the schema of the request's host; in public an empty one that is never kept.

    Ends a session after SESSION_COOKIE_AGE seconds without a request.
    """

    def process_request(self, request: HttpRequest) -> None:
        if current_schema() == PUBLIC:
            request.session = NoSession()
        else:
            super().process_request(request)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        session = request.session
        if isinstance(session, NoSession):
            return response
        _renew(session)
        return super().process_response(request, response)


class StaffMiddleware(AuthenticationMiddleware):
    """`request.user` and `request.actor`; every view of a centre or office asks for a login.

    The exceptions are views marked with Django's `login_not_required`, and those of the API, which answer
    for themselves (401). Who still has a first password gets no further than the page that changes it.
    """

    def process_request(self, request: StaffRequest) -> None:  # type: ignore[override]  # ours has an actor
        request.actor = None
        if current_schema() == PUBLIC:
            request.user = AnonymousUser()
        else:
            super().process_request(request)

    def process_view(
        self,
        request: StaffRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        if current_schema() == PUBLIC:
            return None
        needs_login = getattr(view_func, "login_required", True)
        if not isinstance(request.user, Staff):
            return _go_first(request, settings.LOGIN_URL) if needs_login else None
        request.actor = request.user.actor
        if request.user.must_change_password and needs_login and not _open_with_first_password(request):
            return _go_first(request, "password")
        return None


def _renew(session: SessionBase) -> None:
    if not session.accessed or SESSION_KEY not in session:
        return
    now = int(clock.now().timestamp())
    if now - session.get("renewed", 0) >= RENEW_AFTER:
        session["renewed"] = now


def _open_with_first_password(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and match.url_name in _OPEN_WITH_FIRST_PASSWORD


def _go_first(request: HttpRequest, page: str) -> HttpResponse:
    """Send to `page`, and from there back here; the request of a fragment moves its whole page instead."""
    htmx = HtmxDetails(request)
    if htmx:
        back = htmx.current_url_abs_path or "/"
    else:
        back = request.get_full_path() if request.method in ("GET", "HEAD") else "/"
    url = f"{resolve_url(page)}?{urlencode({'next': back})}"
    return HttpResponseClientRedirect(url) if htmx else redirect(url)
