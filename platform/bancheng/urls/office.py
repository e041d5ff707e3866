"""The addresses of the municipal office's host."""

from django.urls import include, path

urlpatterns = [
    path("", include("bancheng.urls.account")),
]
