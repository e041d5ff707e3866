"""A small site for the tests of identity: the account's own addresses, one page and one API view."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bancheng.identity.requests import actor_of


def work(request: HttpRequest) -> HttpResponse:
    """A page like any other: it is not marked, so it asks for a login."""
    return HttpResponse(actor_of(request).label)


@login_not_required
def open_to_all(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(getattr(request, "actor", "missing")))


class ProbeView(APIView):
    def get(self, request: Request) -> Response:
        return Response({"actor": actor_of(request).label, "centre": actor_of(request).centre})

    def post(self, request: Request) -> Response:
        return Response({"actor": actor_of(request).label})


urlpatterns = [
    path("", include("bancheng.urls.account")),
    path("desk/", work, name="work"),
    path("open/", open_to_all, name="open"),
    path("api/v1/probe/", ProbeView.as_view(), name="probe"),
]


def serve(settings: Any) -> None:
    """Every host serves this site; `settings` is pytest-django's fixture, which puts the real ones back."""
    settings.TENANT_TYPES = {
        kind: parts | {"URLCONF": __name__} for kind, parts in settings.TENANT_TYPES.items()
    }
