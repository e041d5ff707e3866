from django.apps import AppConfig


class BulletinsConfig(AppConfig):
    """The office's monthly bulletins."""

    name = "bancheng.bulletins"
    label = "bulletins"
