from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """Envelopes between centres."""

    name = "bancheng.exchange"
    label = "exchange"
