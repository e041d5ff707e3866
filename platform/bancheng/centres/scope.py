"""Enter a centre, and know which one this thread is in."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from bancheng.centres.models import Centre, Kind
from bancheng.errors import NotFound, Refused
from bancheng.tenancy import PUBLIC, current_schema, tenant_connection


class UnknownCentre(NotFound):
    """The registry has no centre of this code; the public schema counts as none."""

    code = "unknown_centre"


class Suspended(Refused):
    """The centre is suspended: nothing is read or written there until it is resumed."""

    status = 503
    code = "centre_suspended"


class MissingSchema(RuntimeError):
    """The registry names a schema that the database does not have. Nothing was run."""


class NoCentre(RuntimeError):
    """Code that needs a centre ran while the connection serves public."""


@contextmanager
def in_centre(code: str, *, allow_suspended: bool = False) -> Iterator[Centre]:
    """Serve the centre or office of this code on this thread's connection, then what was served before.

    The body runs only after the registry and the database itself (current_schema()) both confirmed the
    switch. Raises UnknownCentre, Suspended, MissingSchema, or the database's error. May be nested, and used
    inside a transaction. What was served before is back afterwards, whatever happened.
    """
    previous = tenant_connection.tenant
    centre = find(code)
    if centre.suspended_at and not allow_suspended:
        raise Suspended(f"{centre.name}已停用，不能办理业务")
    tenant_connection.set_tenant(centre)
    try:
        _confirm(centre)
        yield centre
    finally:
        tenant_connection.set_tenant(previous)


@contextmanager
def in_public() -> Iterator[None]:
    """Serve the public schema on this thread's connection, then what was served before."""
    previous = tenant_connection.tenant
    tenant_connection.set_schema_to_public()
    try:
        yield
    finally:
        tenant_connection.set_tenant(previous)


def current_centre() -> Centre:
    """The centre or office that this connection serves. Raises NoCentre in public."""
    served = tenant_connection.tenant
    if isinstance(served, Centre) and served.kind != Kind.PUBLIC:
        return served
    centre: Centre | None = (
        Centre.objects.filter(schema_name=current_schema()).exclude(kind=Kind.PUBLIC).first()
    )
    if centre is None:
        raise NoCentre(f"schema {current_schema()!r} is no centre's")
    return centre


def find(code: str) -> Centre:
    """The centre or office of this code, suspended or not. Raises UnknownCentre."""
    centre: Centre | None = (
        Centre.objects.filter(code=code).exclude(kind=Kind.PUBLIC).exclude(schema_name=PUBLIC).first()
    )
    if centre is None:
        raise UnknownCentre(f"没有代码为“{code}”的中心")
    return centre


def every_centre() -> Iterator[str]:
    """The codes of all centres in service, in their order; the office and suspended centres are left out."""
    rows = Centre.objects.filter(kind=Kind.CENTRE, suspended_at=None)
    yield from list(rows.values_list("code", flat=True))


def _confirm(centre: Centre) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        served = cursor.fetchone()[0]
    if served != centre.schema_name:
        raise MissingSchema(
            f"schema {centre.schema_name!r} of centre {centre.code} is not there: {served!r} answered"
        )
