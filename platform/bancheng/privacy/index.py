"""Blind index: find a row by a card or phone number without storing the number in clear."""

import unicodedata

from bancheng.privacy.keys import derive, index_secret, keyed_hash
from bancheng.tenancy import WrongSchema, current_schema

HEX_LENGTH = 64


def blind_index(kind: str, value: str) -> str:
    """64 hex digits, the same for one number however it was typed; different in another kind or centre.

    Give it what a check of `bancheng.privacy.identifiers` returned. Raises ValueError for a value with
    nothing in it (an index of nothing would find everybody without a number: store "" and do not search
    by it), and WrongSchema in the public schema.
    """
    normal = normalise(value)
    if not normal:
        raise ValueError(f"nothing to index as {kind}")
    schema = current_schema()
    if schema == "public":
        raise WrongSchema("a blind index belongs to one centre, and this connection serves none")
    return keyed_hash(derive(index_secret(), "blind index", schema, kind), normal.encode()).hex()


def normalise(value: str) -> str:
    """Full width to half width, capitals, letters and digits alone: no spaces, hyphens or invisible marks."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", value).upper() if sign.isalnum())
