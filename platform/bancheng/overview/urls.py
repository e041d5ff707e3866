"""The addresses of the overview, on the municipal office's host."""

from django.urls import path

from bancheng.overview import views

urlpatterns = [
    path("", views.overview, name="overview"),
    path("board/", views.board, name="board"),
    path("centres/", views.centres, name="centres"),
]
