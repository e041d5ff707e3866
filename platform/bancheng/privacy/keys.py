"""The deployment's secrets, and the keys derived from them: one for each purpose in each schema."""

import base64
import binascii
import os
from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.primitives import hashes, hmac
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

SECRET_BYTES = 32


@dataclass(frozen=True)
class FieldKey:
    """One secret for field encryption. `id` names it inside ciphertexts and tells nothing about it."""

    id: bytes
    secret: bytes


def new_key() -> str:
    """A fresh secret as the settings want it: base64 of 32 random bytes."""
    return base64.b64encode(os.urandom(SECRET_BYTES)).decode()


def field_keys() -> tuple[FieldKey, ...]:
    """The field keys of the settings; the first encrypts, all decrypt.

    Raises ImproperlyConfigured when there is none, one is malformed, or two are the same.
    """
    return _field_keys(tuple(settings.FIELD_KEYS))


def index_secret() -> bytes:
    """The secret behind blind indexes and hash chains. It never rotates: what it made would no longer match.

    Raises ImproperlyConfigured when it is missing or malformed.
    """
    return _decode(settings.INDEX_KEY, "BANCHENG_INDEX_KEY")


def keyed_hash(secret: bytes, message: bytes) -> bytes:
    """HMAC-SM3 (GB/T 32905, GB/T 15852.2): 32 bytes that nobody can foretell without the secret."""
    mac = hmac.HMAC(secret, hashes.SM3())
    mac.update(message)
    return mac.finalize()


@lru_cache(maxsize=8192)
def derive(secret: bytes, *purpose: str) -> bytes:
    """The 32-byte key for one purpose; another purpose, down to one letter, has an unrelated key."""
    return keyed_hash(secret, join(*purpose))


def join(*parts: str | bytes) -> bytes:
    """Parts as bytes, each behind its length, so that no two different lists look the same."""
    encoded = [part.encode() if isinstance(part, str) else part for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)


@lru_cache(maxsize=8)
def _field_keys(configured: tuple[str, ...]) -> tuple[FieldKey, ...]:
    if not configured:
        raise ImproperlyConfigured("BANCHENG_FIELD_KEYS is empty; `bancheng keys new` makes a key.")
    secrets = [_decode(text, "BANCHENG_FIELD_KEYS") for text in configured]
    keys = tuple(FieldKey(id=derive(secret, "key id")[:4], secret=secret) for secret in secrets)
    if len({key.id for key in keys}) != len(keys):
        raise ImproperlyConfigured("BANCHENG_FIELD_KEYS names the same key twice.")
    return keys


def _decode(text: str, setting: str) -> bytes:
    try:
        secret = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if len(secret) != SECRET_BYTES:
        raise ImproperlyConfigured(f"{setting} must be base64 of 32 bytes; `bancheng keys new` makes one.")
    return secret
