"""What a bulletin is made of, as data that page, spreadsheet and PDF draw alike: paragraphs, tables, charts.

A cell is a number or a text. A chart is followed by the table of the same figures.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal

Cell = int | float | str | None
Block = dict[str, Any]
Section = dict[str, Any]
Series = Mapping[str, Sequence[int | float | None]]
Kind = Literal["columns", "bars", "stack", "line"]
"""Upright columns over time, lying bars by name, lying bars in parts, a line over time."""

ABSENT: Final = "—"


def section(code: str, title: str, *blocks: Block | Iterable[Block]) -> Section:
    """A part of the bulletin under its heading; what is empty is left out."""
    flat: list[Block] = []
    for each in blocks:
        flat.extend([each] if isinstance(each, dict) else each)
    return {"code": code, "title": title, "blocks": [block for block in flat if block]}


def paragraph(text: str) -> Block:
    """A paragraph of plain Chinese; nothing of an empty one."""
    return {"type": "text", "text": text} if text else {}


def table(
    title: str,
    head: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    note: str = "",
    empty: str = "",
    words: int = 1,
) -> Block:
    """A table; the first `words` columns are words, the others figures. Without rows the sentence `empty`."""
    filled = [[ABSENT if cell is None else cell for cell in row] for row in rows]
    if not filled and empty:
        return paragraph(empty)
    return {"type": "table", "title": title, "head": list(head), "rows": filled, "note": note, "words": words}


def chart(kind: Kind, title: str, unit: str, labels: Sequence[str], series: Series) -> Block:
    """A chart of one or more series over the same labels; None is a gap."""
    return {
        "type": "chart",
        "kind": kind,
        "title": title,
        "unit": unit,
        "labels": list(labels),
        "series": [{"name": name, "values": list(values)} for name, values in series.items()],
    }
