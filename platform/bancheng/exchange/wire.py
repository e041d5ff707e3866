"""How a message looks on the way to another deployment: CloudEvents 1.0 as JSON, structured mode.

`id` is the message's id, `source` and `target` are codes of units, `type` is the kind, `subject` the case,
`time` the moment of the sender's act; `data` holds the number on the line, the header and the body. What
comes in is believed to be nothing of the kind until every part of it was looked at.
"""

import json
import re
from datetime import datetime
from typing import Any, Final, NoReturn
from uuid import UUID

from bancheng.exchange import sealing
from bancheng.exchange.outbox import HEADER
from bancheng.exchange.registry import Envelope
from bancheng.privacy.append_only import canonical_json

MEDIA_TYPE: Final = "application/cloudevents+json"
MAX_BYTES: Final = sealing.MAX_BYTES + 64 * 1024
"""Of a whole message: what a body may have, and what stands around it. The proxy lets a little more pass."""
MAX_DEPTH: Final = 16
SPECVERSION: Final = "1.0"

_UNIT = re.compile(r"\d{6}(-office)?")
_KIND = re.compile(r"[a-z]{1,20}(\.[a-z_]{1,30}){1,2}")
_ATTRIBUTES = {"specversion", "id", "source", "type", "subject", "time", "datacontenttype", "target", "data"}


class Malformed(Exception):
    """What came is no message. One Chinese sentence that quotes nothing of it."""


def encode(envelope: Envelope) -> bytes:
    """The message as it is sent; the same bytes for the same envelope."""
    return canonical_json(
        {
            "specversion": SPECVERSION,
            "id": envelope.message_id,
            "source": envelope.source,
            "type": envelope.kind,
            "subject": envelope.case_id,
            "time": envelope.created_at,
            "datacontenttype": "application/json",
            "target": envelope.target,
            "data": {"seq": envelope.seq, "header": envelope.header, "body": envelope.body},
        }
    ).encode()


def decode(content: bytes) -> Envelope:
    """The message in `content`, every part of the shape that our outbox would give it. Raises Malformed."""
    event = loads(content)
    if set(event) != _ATTRIBUTES:
        raise Malformed("消息的属性不齐或有多余")
    if event["specversion"] != SPECVERSION or event["datacontenttype"] != "application/json":
        raise Malformed("不是CloudEvents 1.0的JSON消息")
    data = event["data"]
    if not isinstance(data, dict) or set(data) != {"seq", "header", "body"}:
        raise Malformed("消息的data不齐或有多余")
    seq, header, body = data["seq"], data["header"], data["body"]
    if type(seq) is not int or not 0 < seq < 2**31:
        raise Malformed("消息的序号有误")
    if not isinstance(body, dict):
        raise Malformed("消息的正文应为对象")
    return Envelope(
        message_id=_uuid(event["id"], "编号"),
        case_id=_uuid(event["subject"], "事项编号"),
        source=_matching(_UNIT, event["source"], "来源单位"),
        target=_matching(_UNIT, event["target"], "收件单位"),
        seq=seq,
        kind=_matching(_KIND, event["type"], "类型"),
        header=_header(header),
        body=body,
        created_at=_moment(event["time"]),
    )


def loads(content: bytes) -> dict[str, Any]:
    """A JSON object in UTF-8 that can be kept exactly: no fractions, no names twice, not too deep.

    Raises Malformed.
    """
    try:
        value = json.loads(
            content.decode(),
            parse_constant=_refuse,
            parse_float=_refuse,
            object_pairs_hook=_no_name_twice,
        )
        _sound(value, MAX_DEPTH)
    except (ValueError, RecursionError):
        raise Malformed("内容不是有效的JSON") from None
    if not isinstance(value, dict):
        raise Malformed("内容应为一个JSON对象")
    return value


def dumps(value: dict[str, Any]) -> bytes:
    """Our own words as JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _header(header: Any) -> dict[str, Any]:
    """Headers stay in clear, so nobody's may say more than ours."""
    if not isinstance(header, dict):
        raise Malformed("消息头应为对象")
    for name, value in header.items():
        shape = HEADER.get(name)
        simple = isinstance(value, str) or type(value) is int
        if shape is None or not simple or not shape.fullmatch(str(value)):
            raise Malformed("消息头含有不允许的内容")
    return header


def _uuid(value: Any, name: str) -> UUID:
    try:
        found = UUID(value)
    except (ValueError, TypeError, AttributeError):
        raise Malformed(f"消息的{name}有误") from None
    if str(found) != value:
        raise Malformed(f"消息的{name}有误")
    return found


def _matching(shape: re.Pattern[str], value: Any, name: str) -> str:
    if not isinstance(value, str) or not shape.fullmatch(value):
        raise Malformed(f"消息的{name}有误")
    return value


def _moment(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except (ValueError, TypeError):
        raise Malformed("消息的时间有误") from None
    if moment.tzinfo is None:
        raise Malformed("消息的时间没有时区")
    return moment


def _no_name_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name comes twice")
    return found


def _sound(value: Any, depth: int) -> None:
    """Text that no table takes, numbers that no column holds, and nesting beyond reason: ValueError."""
    if depth < 0:
        raise ValueError("too deep")
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError("NUL")
        value.encode()  # half a surrogate pair raises
    elif isinstance(value, dict):
        for name, inner in value.items():
            _sound(name, depth - 1)
            _sound(inner, depth - 1)
    elif isinstance(value, list):
        for inner in value:
            _sound(inner, depth - 1)
    elif isinstance(value, int) and abs(value) >= 2**63:
        raise ValueError("too large")


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{len(word)} characters that are no exact JSON")
