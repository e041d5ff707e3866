from django.apps import AppConfig


class ImprovementConfig(AppConfig):
    """Problems, their causes, measures, and what came of them."""

    name = "tenants.improvement"
    label = "improvement"
