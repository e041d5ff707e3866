"""The addresses of the API that every host with accounts has, below /api/v1/."""

from django.urls import path

from bancheng.web.api_views import DocsView, MeView, SchemaView

urlpatterns = [
    path("me/", MeView.as_view(), name="api-me"),
    path("schema/", SchemaView.as_view(), name="api-schema"),
    path("docs/", DocsView.as_view(), name="api-docs"),
]
