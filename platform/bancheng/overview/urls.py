"""The addresses of the overview, on the municipal office's host."""

from django.urls import path

from bancheng.overview import views

urlpatterns = [
    path("", views.overview, name="overview"),
    path("board/", views.board, name="board"),
    path("city-notices/", views.city_notices, name="city_notices"),
    path("centres/", views.centres, name="centres"),
]
