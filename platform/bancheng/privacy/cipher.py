"""Authenticated encryption for what is stored: SM4-GCM, bound to the schema and the place it is stored in.

A sealed value is  version (1 byte) | key id (4) | nonce (12) | ciphertext | tag (16).
SM4 is GB/T 32907; its GCM mode is used as in RFC 8998.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from bancheng.privacy.keys import derive, field_keys, join

VERSION = b"\x01"
KEY_ID = slice(1, 5)
NONCE = slice(5, 17)
HEADER_BYTES, TAG_BYTES = 17, 16


class Undecipherable(ValueError):
    """A sealed value was altered, moved from another place or schema, or its key is not here.

    The message names the place, never the value.
    """


def seal(clear: bytes, *, schema: str, place: tuple[str, ...]) -> bytes:
    """Encrypt with the current key. Only `unseal` with the same schema and place opens it again."""
    key = field_keys()[0]
    nonce = os.urandom(12)
    encryptor = Cipher(algorithms.SM4(_sm4_key(key.secret, schema)), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(_bound_to(schema, place, key.id))
    body = encryptor.update(clear) + encryptor.finalize()
    return VERSION + key.id + nonce + body + encryptor.tag


def unseal(sealed: bytes, *, schema: str, place: tuple[str, ...]) -> bytes:
    """Decrypt what `seal` made, under any key of the settings. Raises Undecipherable."""
    where = ".".join((schema, *place))
    if len(sealed) < HEADER_BYTES + TAG_BYTES or sealed[:1] != VERSION:
        raise Undecipherable(f"{where}: not a sealed value")
    key = next((key for key in field_keys() if key.id == sealed[KEY_ID]), None)
    if key is None:
        raise Undecipherable(f"{where}: sealed with key {sealed[KEY_ID].hex()}, which is not in the settings")
    mode = modes.GCM(sealed[NONCE], sealed[-TAG_BYTES:])
    decryptor = Cipher(algorithms.SM4(_sm4_key(key.secret, schema)), mode).decryptor()
    decryptor.authenticate_additional_data(_bound_to(schema, place, key.id))
    try:
        return decryptor.update(sealed[HEADER_BYTES:-TAG_BYTES]) + decryptor.finalize()
    except InvalidTag:
        raise Undecipherable(f"{where}: altered, or sealed for another place") from None


def key_id_of(sealed: bytes) -> bytes:
    """The id of the key that sealed this value."""
    return sealed[KEY_ID]


def _sm4_key(secret: bytes, schema: str) -> bytes:
    return derive(secret, "field encryption", schema)[:16]


def _bound_to(schema: str, place: tuple[str, ...], key_id: bytes) -> bytes:
    return join("bancheng sealed value", schema, *place, key_id)
