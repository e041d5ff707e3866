from django.apps import AppConfig


class CoordinationConfig(AppConfig):
    """Signatures, and later joint handling and supervision."""

    name = "tenants.coordination"
    label = "coordination"

    def ready(self) -> None:
        from tenants.coordination import acts, panel  # noqa: F401  (both register what the matter's page needs)
