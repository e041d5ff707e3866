from django.apps import AppConfig


class WebConfig(AppConfig):
    """The look of every page."""

    name = "bancheng.web"
    label = "web"
