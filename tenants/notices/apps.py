from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """What staff are told: the bell and the daily digest."""

    name = "tenants.notices"
    label = "notices"

    def ready(self) -> None:
        from bancheng.web.navigation import register_bell
        from tenants.notices.views import unread

        register_bell("notices", unread)
