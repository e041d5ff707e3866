"""Where this connection is at work, as far as accounts need to know; the registry itself is a floor above."""

from django.db import connection

from bancheng.tenancy import PUBLIC, WrongSchema, current_schema


def served_centre() -> str:
    """The code of the centre or office that this connection serves, or "" in public."""
    return "" if current_schema() == PUBLIC else _registered("code")


def in_office() -> bool:
    """Whether this is the municipal office and not a centre. Raises WrongSchema in public."""
    if current_schema() == PUBLIC:
        raise WrongSchema("the public schema has no accounts: enter a centre first")
    return _registered("kind") == "office"


def _registered(attribute: str) -> str:
    return str(getattr(getattr(connection, "tenant", None), attribute, ""))
