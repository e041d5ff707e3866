from django.apps import AppConfig


class RepliesConfig(AppConfig):
    """Replies to the reporter."""

    name = "tenants.replies"
    label = "replies"

    def ready(self) -> None:
        from tenants.replies import acts, panel  # noqa: F401  (both register what the matter's page needs)
