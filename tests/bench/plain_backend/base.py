"""Django's own PostgreSQL backend and, as constants, what our code asks of a connection: one schema."""

from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Serves settings.PLAIN_SCHEMA and nothing else: the search_path comes with the connection."""

    @property
    def schema_name(self) -> str:
        return settings.PLAIN_SCHEMA

    @cached_property
    def tenant(self) -> Any:
        from bancheng.centres.models import Centre

        return Centre.objects.get(schema_name=settings.PLAIN_SCHEMA)

    def set_tenant(self, tenant: Any, include_public: bool = True) -> None:
        """There is nothing to switch."""

    def set_schema_to_public(self) -> None:
        """There is nothing to switch."""
