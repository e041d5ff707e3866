"""Where other deployments reach this one; part of the public face, which has no session and no account."""

from django.urls import path

from bancheng.exchange import endpoint

urlpatterns = [
    path("messages/", endpoint.messages, name="exchange-messages"),
    path("positions/", endpoint.positions, name="exchange-positions"),
    path("ping/", endpoint.ping, name="exchange-ping"),
]
