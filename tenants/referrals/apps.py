from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    """Sent and received."""

    name = "tenants.referrals"
    label = "referrals"

    def ready(self) -> None:
        from bancheng.web.navigation import register_count
        from tenants.referrals import arrivals, panel  # noqa: F401  (both register: envelopes, the matter's page)
        from tenants.referrals.views import waiting

        register_count("referrals", waiting)
