from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    """Casework: materials, consents, evidence, guidance."""

    name = "tenants.casework"
    label = "casework"

    def ready(self) -> None:
        from tenants.casework import acts, panel  # noqa: F401  (both register what the matter's page needs)
