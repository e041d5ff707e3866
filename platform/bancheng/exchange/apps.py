from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """Envelopes between centres."""

    name = "bancheng.exchange"
    label = "exchange"

    def ready(self) -> None:
        from bancheng.centres import health
        from bancheng.exchange import checks, remote, selectors, transports  # noqa: F401  # checks register by import

        transports.register(transports.SameDeployment())
        transports.register(remote.Remote())
        health.register("exchange", selectors.check)
