from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    """Sent and received."""

    name = "tenants.referrals"
    label = "referrals"
