"""Headers that confine what a page may load, and pages for refusals that no view has caught."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from bancheng.errors import Refused
from bancheng.web import errors, http

# Charts place their labels by style attributes, bars carry their width in one; inline style and script
# elements stay forbidden.
# Tabler's form icons are data: images inside its own stylesheet.
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "style-src-attr 'unsafe-inline'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)


class SecurityHeaders:
    """Every response carries the policy; answers to a signed-in person are kept in no shared cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        if getattr(request, "user", None) is not None and request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class RefusalPages:
    """An action's Refused that a view let pass becomes its page; so does an empty 405.

    Under /api/ it is a problem; for htmx a short message with nothing swapped; else a page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and not response.streaming and not response.content:
            page = errors.answer(request, 405)
            page.headers["Allow"] = response.headers.get("Allow", "")
            return page
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        response = errors.answer(request, exception.status, exception.message, code=exception.code)
        if "HX-Request" in request.headers:
            http.toast(response, exception.message, "error")
            response.headers["HX-Reswap"] = "none"
        return response
