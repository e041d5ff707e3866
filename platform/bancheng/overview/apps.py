from django.apps import AppConfig


class OverviewConfig(AppConfig):
    """City-wide facts."""

    name = "bancheng.overview"
    label = "overview"

    def ready(self) -> None:
        from bancheng.overview.views import board, exchange
        from bancheng.web.navigation import register_count

        register_count("board", board.waiting)
        register_count("exchange", exchange.stopped)
