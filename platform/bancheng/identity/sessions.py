"""Sessions of one schema: kept in its table, signed for it alone, and none at all in public."""

from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session

from bancheng.tenancy import WrongSchema, current_schema


class SessionStore(DatabaseStore):
    """A session of the schema that was served when it was made, the one of the request's host.

    The schema's name is part of the signature: a row copied into another schema, or a key that exists in
    both, opens nothing there. Used while another schema is served, it raises WrongSchema.
    """

    def __init__(self, session_key: str | None = None) -> None:
        self.schema = current_schema()
        super().__init__(session_key)

    @property
    def key_salt(self) -> str:
        return f"bancheng.identity.sessions.{self.schema}"

    @property
    def model(self) -> type[Session]:  # every read and write of the store asks for it
        if self.schema != current_schema():
            raise WrongSchema(f"session of {self.schema!r} used while serving {current_schema()!r}")
        return Session


class NoSession(SessionBase):
    """The session of the public site: always empty, never saved, known by no cookie."""

    def load(self) -> dict[str, Any]:
        return {}

    def exists(self, session_key: str) -> bool:
        return False

    def create(self) -> None:
        """Nothing is kept."""

    def save(self, must_create: bool = False) -> None:
        """Nothing is kept."""

    def delete(self, session_key: str | None = None) -> None:
        """There is nothing to delete."""
