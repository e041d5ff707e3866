from django.apps import AppConfig


class WorkbookConfig(AppConfig):
    """Numbers, ledger and search."""

    name = "tenants.workbook"
    label = "workbook"
