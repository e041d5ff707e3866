"""Cache keys that carry the schema: what one centre cached, no other can read. Named in settings.CACHES."""

from bancheng.tenancy import current_schema


def centre_key(key: str, key_prefix: str, version: int) -> str:
    """The key in the cache of `key` in the schema served now; a thread that serves none shares public's."""
    return f"{current_schema()}:{key_prefix}:{version}:{key}"


def reverse_key(key: str) -> str:
    """The key that `centre_key` was given."""
    return key.split(":", 3)[3]
