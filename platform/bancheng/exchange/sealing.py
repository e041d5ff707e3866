"""Bodies sealed while they travel, and the keyed digest by which the same content is known again."""

import json
from collections.abc import Mapping
from typing import Any

from bancheng.exchange.models import Inbox, Message
from bancheng.exchange.registry import Envelope
from bancheng.privacy import cipher
from bancheng.privacy.append_only import canonical_json
from bancheng.privacy.keys import derive, index_secret, keyed_hash
from bancheng.tenancy import PUBLIC


def put_in(row: Message | Inbox, envelope: Envelope) -> None:
    """Write the envelope into a row, its body sealed for this row's table and this message alone.

    The key is that of the public schema, where the rows are: both ends must be able to open them.
    """
    for name in ("case_id", "source", "target", "seq", "kind", "header", "created_at"):
        setattr(row, name, getattr(envelope, name))
    row.digest = digest(envelope)
    row.body = cipher.seal(canonical_json(envelope.body).encode(), schema=PUBLIC, place=_place(row))


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
    try out what the body may have been.
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
    return keyed_hash(derive(index_secret(), "exchange digest"), canonical_json(content).encode()).hex()


def plain(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content as the other end will read it: UUIDs, dates and decimals as text.

    Raises TypeError for what has no exact form, such as a float or a moment without a zone.
    """
    copy: dict[str, Any] = json.loads(canonical_json(content))
    return copy


def _place(row: Message | Inbox) -> tuple[str, ...]:
    return (row._meta.db_table, "body", str(row.message_id))
