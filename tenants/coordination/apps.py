from django.apps import AppConfig


class CoordinationConfig(AppConfig):
    """Signatures, and later joint handling and supervision."""

    name = "tenants.coordination"
    label = "coordination"

    def ready(self) -> None:
        from tenants.coordination import acts  # noqa: F401  (registers the forms of its acts)
