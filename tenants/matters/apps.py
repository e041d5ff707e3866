from django.apps import AppConfig


class MattersConfig(AppConfig):
    """The matter."""

    name = "tenants.matters"
    label = "matters"

    def ready(self) -> None:
        from tenants.matters import registry  # noqa: F401  (puts its forms and actions behind their transitions)
