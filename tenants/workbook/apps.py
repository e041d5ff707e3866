from django.apps import AppConfig


class WorkbookConfig(AppConfig):
    """Numbers, ledger and search."""

    name = "tenants.workbook"
    label = "workbook"

    def ready(self) -> None:
        from bancheng.web.navigation import register_count
        from tenants.workbook.workbench import waiting

        register_count("workbench", waiting)
