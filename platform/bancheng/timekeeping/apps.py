from django.apps import AppConfig


class TimekeepingConfig(AppConfig):
    """The working calendar and the clocks."""

    name = "bancheng.timekeeping"
    label = "timekeeping"
