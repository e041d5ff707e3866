"""Which words a reply begins with: by item, scheme and outcome, the centre's own first, filled in."""

import csv
import re
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from bancheng.catalogue import selectors as catalogue
from bancheng.catalogue.words import Outcome
from bancheng.errors import NotFound
from bancheng.web.words import letter_date
from tenants.matters.models import Matter
from tenants.replies.models import ReplyText, WindowCard

PLACES = {
    "事由": "反映件的事由",
    "事项": "事项名称",
    "编号": "反映件编号",
    "结果": "办结上报的办理情况",
    "依据": "办结上报的依据",
    "到账": "涉及款项的，到账日期、金额和账号末四位",
    "电话": "窗口电话",
}
"""What may stand in curly brackets, and what takes its place."""

OUTCOMES = (Outcome.DONE, Outcome.PARTLY, Outcome.REFUSED, Outcome.STATUTORY)
"""Those that are replied to: who withdrew asked for no answer."""

_PLACE = re.compile(r"\{([^{}]*)\}")
_DATA = Path(__file__).parent / "data" / "texts.csv"


@dataclass(frozen=True)
class Wording:
    """The five parts that every result reply has."""

    done: str
    basis: str
    remaining: str
    rating: str
    recourse: str


PARTS = {
    "done": "办理情况",
    "basis": "办理依据",
    "remaining": "还需您做什么",
    "rating": "如何评价",
    "recourse": "如有异议",
}
"""The parts in their order, with what stands before each in the composed reply."""


@dataclass(frozen=True)
class Key:
    """What a wording is for; of `item` and `scheme` at most one is given."""

    item: str
    scheme: str
    outcome: str


def best(item_code: str, outcome: str) -> Wording:
    """The words for this item and outcome: those of the item, else of its scheme, else of the outcome.

    At each of these the centre's own newest version goes before the common one. With fields in it.
    """
    keys = _from_near_to_far(item_code, outcome)
    own = _newest(keys)
    for key in keys:
        if found := own.get(key) or common().get(key):
            return found
    raise NotFound("没有这种办理结果的答复口径。")


def opening(matter: Matter) -> Wording:
    """What the form of a reply begins with: the best words with the matter's facts. Three queries."""
    facts = _facts(matter)
    wording = best(matter.item_code, matter.outcome)
    return Wording(**{name: fill(getattr(wording, name), facts) for name in PARTS})


def compose(wording: Wording) -> str:
    """The reply as it is told and printed: a paragraph for each part."""
    return "\n".join(f"{label}：{getattr(wording, name).strip()}" for name, label in PARTS.items())


def fill(text: str, facts: dict[str, str]) -> str:
    """The text with each known field replaced; a sentence is closed once."""
    filled = _PLACE.sub(lambda found: facts.get(found[1], found[0]), text)
    return re.sub(r"。{2,}", "。", filled).strip()


def unknown_places(text: str) -> list[str]:
    """What stands in curly brackets and means nothing here."""
    return [name for name in _PLACE.findall(text) if name not in PLACES]


def window_card() -> WindowCard | None:
    """How the window is reached; None until the centre has said so."""
    return WindowCard.objects.order_by("-set_at", "-id").first()


@cache
def common() -> dict[Key, Wording]:
    """The words that come with the software; what a row leaves empty is said as for all of its outcome."""
    found: dict[Key, Wording] = {}
    with _DATA.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            key = Key(row["item"], row["scheme"], row["outcome"])
            general = found.get(Key("", "", key.outcome))
            said = {f.name: row[f.name] or getattr(general, f.name, "") for f in fields(Wording)}
            found[key] = Wording(**said)
    return found


def _from_near_to_far(item_code: str, outcome: str) -> list[Key]:
    try:
        scheme = catalogue.item(item_code).scheme
    except NotFound:
        scheme = ""
    near = [Key(item_code, "", outcome), Key("", scheme, outcome), Key("", "", outcome)]
    return list(dict.fromkeys(near))


def _newest(keys: list[Key]) -> dict[Key, Wording]:
    rows = ReplyText.objects.filter(outcome=keys[0].outcome, item__in=[k.item for k in keys])
    newest = rows.order_by("item", "scheme", "-version").distinct("item", "scheme")
    found = {Key(row.item, row.scheme, row.outcome): wording_of(row) for row in newest}
    return {key: wording for key, wording in found.items() if key in keys}


def wording_of(row: ReplyText) -> Wording:
    """The words of a version."""
    return Wording(**{name: getattr(row, name) for name in PARTS})


def _facts(matter: Matter) -> dict[str, str]:
    told = matter.events.filter(act="resolve").order_by("-seq").values_list("note", flat=True).first() or ""
    result, _, basis = str(told).partition("\n依据：")
    card = window_card()
    try:
        item = catalogue.item(matter.item_code).name
    except NotFound:
        item = matter.item_code
    return {
        "事由": matter.subject,
        "事项": item,
        "编号": matter.number,
        "结果": _sentence(result),
        "依据": _sentence(basis),
        "到账": _payment(matter),
        "电话": card.telephone if card else "本窗口电话",
    }


def _sentence(text: str) -> str:
    text = text.strip()
    return text if not text or text[-1] in "。！？；" else f"{text}。"


def _payment(matter: Matter) -> str:
    if matter.paid_on is None or matter.paid_amount is None:
        return ""
    day, amount = letter_date(matter.paid_on), f"{matter.paid_amount:,.2f}"
    return f"款项{amount}元已于{day}到账（账号末四位{matter.paid_tail}）。"
