from django.apps import AppConfig


class CentresConfig(AppConfig):
    """Centres and their hosts."""

    name = "bancheng.centres"
    label = "centres"
