from django.apps import AppConfig


class ImprovementConfig(AppConfig):
    """Problems, their causes, measures, and what came of them."""

    name = "tenants.improvement"
    label = "improvement"

    def ready(self) -> None:
        from bancheng.web.navigation import register_count
        from tenants.improvement import panel  # noqa: F401  (it registers itself)
        from tenants.improvement.drafting import panel as drafts  # noqa: F401  (so does it)
        from tenants.improvement.drafting.views import waiting as drafts_waiting
        from tenants.improvement.views.problems import waiting

        register_count("problems", waiting)
        register_count("precedents", drafts_waiting)
