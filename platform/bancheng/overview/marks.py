"""Measures as the trend shows them: a sign at the month, and in words whose, of what kind, for what."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

from bancheng.overview.models import MeasureMark
from bancheng.overview.scope import Scope
from bancheng.overview.selectors import cause_name, item_name
from bancheng.overview.trend import marks
from bancheng.overview.units import short_names

SIGNS: Final = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
"""So many measures are marked, the latest ones; more lines would hide the months."""


@dataclass(frozen=True)
class Marked:
    """One measure of the period with the sign that stands for it on the chart."""

    sign: str
    mark: MeasureMark
    centre: str
    item: str
    cause: str


def marked(scope: Scope, names: Mapping[str, str] | None = None) -> list[Marked]:
    """The measures that took effect in the period, the latest as many as there are signs, oldest first."""
    latest = list(islice(marks(scope).reverse().iterator(), len(SIGNS)))[::-1]
    known = (names if names is not None else short_names()) if latest else {}
    return [
        Marked(
            sign,
            mark,
            centre=known.get(mark.centre, mark.centre) if mark.centre else "全市",
            item=item_name(mark.item) if mark.item else "全部事项",
            cause=cause_name(mark.cause) if mark.cause else "",
        )
        for sign, mark in zip(SIGNS, latest, strict=False)
    ]
