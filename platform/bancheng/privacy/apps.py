from django.apps import AppConfig
from django.conf import settings


class PrivacyConfig(AppConfig):
    """Encryption, masks and the audit trail; telemetry, scrubbed, where SENTRY_DSN is set."""

    name = "bancheng.privacy"
    label = "privacy"

    def ready(self) -> None:
        if settings.SENTRY_DSN:
            from bancheng.privacy import sentry

            sentry.init(settings.SENTRY_DSN, traces_sample_rate=settings.SENTRY_TRACES_SAMPLE_RATE)
