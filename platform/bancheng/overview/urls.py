"""The addresses of the overview, on the municipal office's host."""

from django.urls import path

from bancheng.overview.views import board, exchange, exports, figures, outside, registry

urlpatterns = [
    path("", figures.overview, name="overview"),
    path("cells/", figures.overview_cells, name="overview_cells"),
    path("export/", exports.overview_export, name="overview_export"),
    path("board/", board.board, name="board"),
    path("board/<uuid:case_id>/", board.board_case, name="board_case"),
    path("board/<uuid:case_id>/<slug:name>/", board.board_decide, name="board_decide"),
    path("city-notices/", registry.city_notices, name="city_notices"),
    path("exchange/", exchange.exchange, name="exchange"),
    path("exchange/<uuid:message_id>/", exchange.replay, name="exchange_replay"),
    path("centres/", registry.centres, name="centres"),
    path("outside-offices/", outside.offices, name="outside_offices"),
    path("outside-offices/add/", outside.add, name="outside_office_add"),
    path("outside-offices/office/<slug:office_code>/", outside.office, name="outside_office"),
    path(
        "outside-offices/office/<slug:office_code>/switch/",
        outside.switch,
        name="outside_office_switch",
    ),
]
