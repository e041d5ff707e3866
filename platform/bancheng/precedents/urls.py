"""The addresses of precedents, on every host with accounts."""

from django.urls import path

from bancheng.precedents import views

urlpatterns = [
    path("precedents/", views.precedents, name="precedents"),
    path("precedents/<uuid:precedent>/", views.precedent, name="precedent"),
]
