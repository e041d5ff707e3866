from django.apps import AppConfig


class MattersConfig(AppConfig):
    """The matter."""

    name = "tenants.matters"
    label = "matters"
