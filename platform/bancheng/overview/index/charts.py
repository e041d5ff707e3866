"""The index month by month as a chart with its table."""

from collections.abc import Sequence
from typing import Any

from bancheng.overview.index.formula import Index


def trend(history: Sequence[Index]) -> tuple[dict[str, Any], dict[str, Any]]:
    """A line with gaps where it cannot be told; in the table why."""
    option = {
        "tooltip": {"trigger": "axis"},
        "grid": {"top": 24},
        "xAxis": {"type": "category", "data": [f"{each.month:%Y-%m}" for each in history]},
        "yAxis": {"type": "value", "min": 0, "max": 100},
        "series": [
            {
                "type": "line",
                "name": "无事可办指数",
                "data": [None if each.value is None else float(each.value) for each in history],
                "connectNulls": False,
                "label": {"show": True},
            }
        ],
    }
    terms = [term.name for term in history[-1].terms] if history else []
    rows = [
        [f"{each.month:%Y-%m}", each.text, *(f"{term.part}/{term.whole}" for term in each.terms), each.why]
        for each in history
    ]
    return option, {"head": ["月份", "指数", *terms, "不可评的原因"], "rows": rows}
