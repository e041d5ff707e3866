"""Posting: the message is written in the same transaction as the change it tells of."""

import re
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.db import connection
from uuid6 import uuid7

from bancheng.celery import hint
from bancheng.centres.scope import current_centre
from bancheng.exchange import lines
from bancheng.exchange.models import Message
from bancheng.exchange.registry import Envelope
from bancheng.exchange.sealing import plain, put_in
from bancheng.exchange.transports import transport_for
from bancheng.timekeeping import clock

# All that a header may say, and the shape of it. Headers stay readable for the coordinator's board, so there
# is no field here into which a name, a card or a sentence would fit.
HEADER: Final[dict[str, re.Pattern[str]]] = {
    "referral_id": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "number": re.compile(r"\w{1,12}〔\d{4}〕\d{1,6}号"),
    "matter": re.compile(r"BF\d{6}-\d{4}-\d{6}"),
    "item": re.compile(r"[A-Z0-9-]{1,12}"),
    "kind": re.compile(r"[a-z_]{1,20}"),
    "state": re.compile(r"[a-z_]{1,20}"),
    "outcome": re.compile(r"[a-z_]{1,20}"),
    "reason": re.compile(r"[a-z_]{1,20}"),
    "level": re.compile(r"[1-5]"),
    "round": re.compile(r"\d{1,3}"),
    "unit": re.compile(r"\d{6}"),
    "ground": re.compile(r"[a-z_]{1,20}"),
    "suggested": re.compile(r"\d{6}"),
    "parent": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "files": re.compile(r"\d{1,3}"),
    "due_on": re.compile(r"\d{4}-\d\d-\d\d"),
    "at": re.compile(r"\d{4}-\d\d-\d\dT[\d:.]{5,15}(Z|[+-]\d\d:\d\d)"),
}


def post(
    *,
    case_id: UUID,
    source: str,
    target: str,
    kind: str,
    header: Mapping[str, Any],
    body: Mapping[str, Any],
) -> Message:
    """Give `target` the next message of this case. It leaves if and only if the caller commits.

    It will be applied there exactly once, after everything that `source` posted to `target` in this case
    before. `header` is limited to HEADER (None and "" are left out). `body` is any exact JSON; it may be
    personal and is sealed. Call it after the locks of the case itself.

    Raises RuntimeError outside a transaction or in another centre's name, ValueError for a header that says
    more than it may, TypeError for a body that has no exact form, TooLarge for one beyond
    sealing.MAX_BYTES, NoRoute for a target nobody serves.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("post() outside a transaction: the message must commit with what it tells of")
    if current_centre().code != source:
        raise RuntimeError(f"{current_centre().code} cannot post in the name of {source}")
    transport_for(target)
    envelope = Envelope(
        message_id=uuid7(),
        case_id=case_id,
        source=source,
        target=target,
        seq=lines.next_number(case_id=case_id, source=source, target=target),
        kind=kind,
        header=_checked(header),
        body=plain(body),
        created_at=clock.now(),
    )
    message = Message(id=envelope.message_id)
    put_in(message, envelope)
    message.save(force_insert=True)
    hint("exchange.deliver", once=True, target=target)
    return message


def _checked(header: Mapping[str, Any]) -> dict[str, Any]:
    said = plain({key: value for key, value in header.items() if value not in (None, "")})
    for key, value in said.items():
        shape = HEADER.get(key)
        if shape is None or not isinstance(value, str | int) or not shape.fullmatch(str(value)):
            raise ValueError(f"a header may not say this: {key}")
    return said
