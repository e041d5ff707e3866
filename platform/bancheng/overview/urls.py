"""The addresses of the overview, on the municipal office's host."""

from django.urls import path

from bancheng.overview.views import board, figures

urlpatterns = [
    path("", figures.overview, name="overview"),
    path("board/", board.board, name="board"),
    path("board/<uuid:case_id>/", board.board_case, name="board_case"),
    path("board/<uuid:case_id>/<slug:name>/", board.board_decide, name="board_decide"),
    path("city-notices/", figures.city_notices, name="city_notices"),
    path("centres/", figures.centres, name="centres"),
]
