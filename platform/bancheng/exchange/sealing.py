"""Bodies sealed while they travel, and the keyed digest by which the same content is known again."""

import json
from collections.abc import Mapping
from typing import Any, Final

from bancheng.exchange.errors import TooLarge
from bancheng.exchange.models import Inbox, Message
from bancheng.exchange.registry import Envelope
from bancheng.privacy import cipher
from bancheng.privacy.append_only import canonical_json
from bancheng.privacy.keys import derive, index_secret, keyed_hash
from bancheng.tenancy import PUBLIC

MAX_BYTES: Final = 16 * 1024 * 1024
"""What a message may hold as JSON: the largest file that may be uploaded, written in base64, fits."""


def put_in(row: Message | Inbox, envelope: Envelope) -> None:
    """Write the envelope into a row, its body sealed for this row's table and this message alone.

    The key is that of the public schema, where the rows are: both ends must be able to open them.
    """
    put_header(row, envelope, digest(envelope))
    row.body = cipher.seal(canonical_json(envelope.body).encode(), schema=PUBLIC, place=_place(row))


def put_header(row: Message | Inbox, envelope: Envelope, is_digest: str) -> None:
    """Write all but the body into a row: for what is applied at once, whose body is never stored."""
    for name in ("case_id", "source", "target", "seq", "kind", "header", "created_at"):
        setattr(row, name, getattr(envelope, name))
    row.digest = is_digest


def take_from(row: Message | Inbox) -> Envelope:
    """The envelope as it was put in; only while the body is there.

    Raises privacy's Undecipherable if the body was altered or moved, or its key is no longer in the settings.
    """
    clear = cipher.unseal(bytes(row.body or b""), schema=PUBLIC, place=_place(row))
    return Envelope(
        message_id=row.message_id,
        case_id=row.case_id,
        source=row.source,
        target=row.target,
        seq=row.seq,
        kind=row.kind,
        header=row.header,
        body=json.loads(clear),
        created_at=row.created_at,
    )


def digest(envelope: Envelope) -> str:
    """64 hex digits over all that the envelope says, and the same for the same content for ever.

    HMAC-SM3 under a key that never rotates: the digest outlives the body, and nobody without the key can
    try out what the body may have been. Raises TooLarge.
    """
    content = {
        "message": envelope.message_id,
        "case": envelope.case_id,
        "source": envelope.source,
        "target": envelope.target,
        "seq": envelope.seq,
        "kind": envelope.kind,
        "header": envelope.header,
        "body": envelope.body,
    }
    written = canonical_json(content).encode()
    if len(written) > MAX_BYTES:
        raise TooLarge(f"{len(written)} bytes, and a message may have {MAX_BYTES}")
    return keyed_hash(derive(index_secret(), "exchange digest"), written).hex()


def plain(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content as the other end will read it: UUIDs, dates and decimals as text.

    Raises TypeError for what has no exact form, such as a float or a moment without a zone.
    """
    copy: dict[str, Any] = json.loads(canonical_json(content))
    return copy


def _place(row: Message | Inbox) -> tuple[str, ...]:
    return (row._meta.db_table, "body", str(row.message_id))
