from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The invented year and the stories."""

    name = "tenants.demo"
    label = "demo"
