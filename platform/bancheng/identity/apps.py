from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """Who works here and what they may do."""

    name = "bancheng.identity"
    label = "identity"
