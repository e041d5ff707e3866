"""What an envelope may say: each value is read as what it has to be, or the whole is refused.

Nothing that is refused is quoted in the reason, since it may name a person.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bancheng.catalogue import selectors as catalogue
from bancheng.errors import NotFound
from bancheng.exchange.errors import ExchangeError

LONGEST = 20_000


class OutOfPlace(ExchangeError):
    """It does not fit a referral that stands like this one; sending it again cannot help."""

    final = True


class Unsound(ExchangeError):
    """It does not say what a message of its kind has to say."""

    final = True


def text(body: Mapping[str, Any], key: str, longest: int = LONGEST, *, optional: bool = False) -> str:
    """A text, "" only where it is optional. Raises Unsound."""
    value = body.get(key, "" if optional else None)
    if not isinstance(value, str) or (not value and not optional):
        raise Unsound(f"{key} is missing")
    if len(value) > longest or "\x00" in value:
        raise Unsound(f"{key} is longer than {longest}, or no text")
    return value


def identity(body: Mapping[str, Any], key: str) -> UUID:
    """An id. Raises Unsound."""
    try:
        return UUID(text(body, key, 36))
    except ValueError:
        raise Unsound(f"{key} is no id") from None


def day(body: Mapping[str, Any], key: str) -> date:
    """A day as 2026-11-24. Raises Unsound."""
    try:
        return date.fromisoformat(text(body, key, 10))
    except ValueError:
        raise Unsound(f"{key} is no day") from None


def moment(body: Mapping[str, Any], key: str) -> datetime:
    """A moment with its time zone. Raises Unsound."""
    try:
        found = datetime.fromisoformat(text(body, key, 40))
    except ValueError:
        raise Unsound(f"{key} is no moment") from None
    if found.tzinfo is None:
        raise Unsound(f"{key} has no time zone")
    return found


def number(body: Mapping[str, Any], key: str) -> int:
    """A small whole number, 1 where nothing is said. Raises Unsound."""
    try:
        found = int(body.get(key, 1))
    except (TypeError, ValueError):
        raise Unsound(f"{key} is no number") from None
    if not 1 <= found <= 999:
        raise Unsound(f"{key} is no number")
    return found


def item(body: Mapping[str, Any], key: str) -> str:
    """The code of an item of our catalogue. Raises Unsound."""
    try:
        return str(catalogue.item(text(body, key, 12)).code)
    except NotFound:
        raise Unsound(f"{key} is not in our catalogue") from None
