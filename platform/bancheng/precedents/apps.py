from django.apps import AppConfig


class PrecedentsConfig(AppConfig):
    """What one centre learned and all may use."""

    name = "bancheng.precedents"
    label = "precedents"
