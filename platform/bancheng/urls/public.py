"""The addresses of the deployment's public face: no account, no session, no personal data."""

from django.urls import include, path

from bancheng.web.views import handler400, handler403, handler404, handler500, landing

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("", landing, name="landing"),
    path("exchange/", include("bancheng.exchange.urls")),
]
