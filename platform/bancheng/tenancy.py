"""The ground floor of tenancy: which schema this connection serves, and models that notice a switch."""

from django.db import connection


class WrongSchema(RuntimeError):
    """A row or queryset of one schema was about to be used in another. Always a bug in our code."""


def current_schema() -> str:
    """The schema that this thread's connection serves now; "public" when it serves none."""
    return str(connection.schema_name)
