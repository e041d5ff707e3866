from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """Envelopes between centres."""

    name = "bancheng.exchange"
    label = "exchange"

    def ready(self) -> None:
        from bancheng.centres import health
        from bancheng.exchange import remote, selectors, transports

        transports.register(transports.SameDeployment())
        transports.register(remote.Remote())
        health.register("exchange", selectors.check)
