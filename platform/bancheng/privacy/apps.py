from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """Encryption, masks and the audit trail."""

    name = "bancheng.privacy"
    label = "privacy"
