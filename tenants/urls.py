"""The addresses of a centre."""

from django.urls import URLPattern, URLResolver

from bancheng.web.views import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns: list[URLPattern | URLResolver] = []
