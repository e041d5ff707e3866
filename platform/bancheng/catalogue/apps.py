from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """Items, causes and levels."""

    name = "bancheng.catalogue"
    label = "catalogue"
