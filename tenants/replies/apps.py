from django.apps import AppConfig


class RepliesConfig(AppConfig):
    """Replies to the reporter."""

    name = "tenants.replies"
    label = "replies"

    def ready(self) -> None:
        from tenants.replies import acts  # noqa: F401  (puts its forms and actions behind their transitions)
