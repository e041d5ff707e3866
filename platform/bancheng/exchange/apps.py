from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """Envelopes between centres."""

    name = "bancheng.exchange"
    label = "exchange"

    def ready(self) -> None:
        from bancheng.exchange import transports

        transports.register(transports.SameDeployment())
