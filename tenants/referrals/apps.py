from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    """Sent and received."""

    name = "tenants.referrals"
    label = "referrals"

    def ready(self) -> None:
        from tenants.referrals import arrivals  # noqa: F401  (registers what arriving envelopes do)
