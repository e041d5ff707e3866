"""How the project would be without tenancy: a middleware that knows one centre, models without guards."""

from collections.abc import Callable
from types import FunctionType

from django.http import HttpRequest, HttpResponseBase

from bancheng.tenancy import TenantModel, TenantQuery, TenantQuerySet, tenant_connection


class OneCentreMiddleware:
    """In the place of CentreMiddleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.tenant = request.centre = tenant_connection.tenant
        return self.get_response(request)


def take_guards_off() -> None:
    """Leave models and querysets Django's own methods: their guards are part of what tenancy costs."""
    for guarded in (TenantModel, TenantQuery, TenantQuerySet):
        for name, value in list(vars(guarded).items()):
            if isinstance(value, FunctionType | classmethod):
                delattr(guarded, name)
