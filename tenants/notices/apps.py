from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """What staff are told: the bell and the daily digest."""

    name = "tenants.notices"
    label = "notices"
