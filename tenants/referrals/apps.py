from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    """Sent and received."""

    name = "tenants.referrals"
    label = "referrals"

    def ready(self) -> None:
        from bancheng.web.navigation import register_count
        from tenants.casework.following import when_withdrawn
        from tenants.referrals import arrivals, cargo, deciding, panel, remaking  # noqa: F401  (they register themselves)
        from tenants.referrals.views import waiting

        register_count("referrals", waiting)
        when_withdrawn(cargo.consent_withdrawn)
