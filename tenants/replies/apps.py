from django.apps import AppConfig


class RepliesConfig(AppConfig):
    """Replies to the reporter."""

    name = "tenants.replies"
    label = "replies"
