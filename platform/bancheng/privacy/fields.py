"""Model fields whose values are stored encrypted: text, JSON, bytes, opened only in their column and schema.

Ciphertext cannot be searched, compared or ordered by: for search by a card or a phone number keep a
`bancheng.privacy.index.blind_index` beside it. Renaming the table or the column, or moving a row into
another schema, makes stored values unreadable; that is the point of it.
"""

import json
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn

from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from bancheng.privacy.cipher import Undecipherable, seal, unseal

__all__ = [
    "EncryptedBytesField",
    "EncryptedField",
    "EncryptedJSONField",
    "EncryptedTextField",
    "Undecipherable",
]


if TYPE_CHECKING:
    _Field = models.Field[Any, Any]
else:
    _Field = models.Field


class EncryptedField(_Field):
    """What the fields share. The schema is that of the connection at the moment of writing or reading."""

    def to_bytes(self, value: Any) -> bytes:
        raise TypeError("a sealed field says how its value becomes bytes")

    def from_bytes(self, clear: bytes) -> Any:
        raise TypeError("a sealed field says how bytes become its value")

    def get_internal_type(self) -> str:
        return "BinaryField"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is None:
            return None
        sealed = seal(self.to_bytes(value), schema=self._schema(connection), place=self._place())
        return connection.Database.Binary(sealed)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if hasattr(value, "as_sql"):
            return value
        return self.get_db_prep_value(value, connection)

    def from_db_value(self, value: bytes | memoryview | None, expression: Any, connection: Any) -> Any:
        if value is None:
            return None
        return self.from_bytes(unseal(bytes(value), schema=self._schema(connection), place=self._place()))

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            self._refuse(f"lookup “{lookup_name}”")
        return models.lookups.IsNull

    def get_transform(self, lookup_name: str) -> Any:
        self._refuse(f"transform “{lookup_name}”")

    def value_to_string(self, obj: Any) -> str:
        """Refuses: a serialised dump would hold the clear values. Back up with pg_dump."""
        self._refuse("serialisation")

    def _place(self) -> tuple[str, str]:
        return self.model._meta.db_table, str(self.column)

    def _schema(self, connection: Any) -> str:
        # A table of a public app lies in the public schema, whichever centre the connection serves.
        if lies_in_public(self.model._meta.app_label):
            return str(settings.PUBLIC_SCHEMA_NAME)
        return str(connection.schema_name)

    def _refuse(self, what: str) -> NoReturn:
        raise FieldError(
            f"{self.model._meta.label}.{self.name} is encrypted and has no {what}; "
            "search by a blind index beside it."
        )


class EncryptedTextField(EncryptedField, models.TextField):  # type: ignore[type-arg]  # generic for the checker only
    """Text, encrypted. Null stays null; an empty text is encrypted like any other."""

    def to_bytes(self, value: Any) -> bytes:
        return str(value).encode()

    def from_bytes(self, clear: bytes) -> str:
        return clear.decode()


class EncryptedJSONField(EncryptedField):
    """A JSON value, encrypted as a whole. Dates, decimals and UUIDs come back as text."""

    empty_strings_allowed = False

    def to_bytes(self, value: Any) -> bytes:
        return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False).encode()

    def from_bytes(self, clear: bytes) -> Any:
        return json.loads(clear)


class EncryptedBytesField(EncryptedField):
    """Bytes, encrypted. Keep them in a table of their own: who lists rows should not decrypt files."""

    empty_strings_allowed = False

    def to_bytes(self, value: Any) -> bytes:
        return bytes(value)

    def from_bytes(self, clear: bytes) -> bytes:
        return clear


@cache
def lies_in_public(app_label: str) -> bool:
    """Whether this app's tables are in the public schema; no table is both there and in a tenant."""
    return apps.get_app_config(app_label).name in settings.TENANT_TYPES[settings.PUBLIC_SCHEMA_NAME]["APPS"]
