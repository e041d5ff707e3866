from django.apps import AppConfig


class OverviewConfig(AppConfig):
    """City-wide facts."""

    name = "bancheng.overview"
    label = "overview"
