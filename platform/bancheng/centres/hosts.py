"""Which centre a host name leads to, remembered in this process for half a minute."""

import time

from django.db import transaction
from django.db.models import BooleanField, F, Func
from django.http import HttpRequest
from django.http.request import split_domain_port

from bancheng.centres.models import Centre, Host
from bancheng.centres.scope import MissingSchema, in_public

FRESH_SECONDS = 30
# Hosts come from outside: only registered ones are kept, so their number is that of the centres.
_known: dict[str, tuple[float, Centre]] = {}


def centre_at(host: str) -> Centre | None:
    """The centre, the office or the public face served at a host name, suspended or not; None if unknown.

    No query when it was asked within FRESH_SECONDS, else one that also looks whether the schema exists;
    raises MissingSchema when it does not. A change made by this process is seen at once.
    """
    seen = _known.get(host)
    if seen and time.monotonic() - seen[0] < FRESH_SECONDS:
        return seen[1]
    with in_public():
        found = (
            Host.objects.filter(domain=host)
            .select_related("tenant")
            .annotate(
                has_schema=Func(
                    F("tenant__schema_name"),
                    template="to_regnamespace(%(expressions)s) IS NOT NULL",
                    output_field=BooleanField(),
                )
            )
            .first()
        )
    if found is None:
        _known.pop(host, None)
        return None
    centre: Centre = found.tenant
    if not found.has_schema:
        raise MissingSchema(f"schema {centre.schema_name!r} of centre {centre.code} is not there")
    _known[host] = (time.monotonic(), centre)
    return centre


def host_of(request: HttpRequest) -> str:
    """The host name of a request as the registry writes it: lower case, no port, no closing dot, no www.

    Raises DisallowedHost for one outside settings.ALLOWED_HOSTS.
    """
    domain, _ = split_domain_port(request.get_host())
    return domain.removesuffix(".").removeprefix("www.")


def forget() -> None:
    """Ask the registry again at the next request."""
    _known.clear()


def forget_after_commit(**_: object) -> None:
    """For every change of Centre or Host: forget now, and again when other threads can see the change."""
    forget()
    transaction.on_commit(forget)
