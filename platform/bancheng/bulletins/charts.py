"""The charts of a bulletin as ECharts options, out of the data that its tables and PDF are drawn from."""

from collections.abc import Mapping
from typing import Any

_SIDEWAYS = frozenset({"bars", "stack"})


def option(chart: Mapping[str, Any]) -> dict[str, Any]:
    """What ECharts draws; lying bars have the first on top."""
    lying = chart["kind"] in _SIDEWAYS
    labels = list(reversed(chart["labels"])) if lying else chart["labels"]
    value = {"type": "value", "minInterval": 0 if chart["kind"] in ("stack", "line") else 1}
    if chart["kind"] == "line":
        value |= {"min": 0, "max": 100}
    category: dict[str, Any] = {"type": "category", "data": labels}
    if lying:
        category["axisLabel"] = {"width": 148, "overflow": "truncate"}
    several = len(chart["series"]) > 1
    return {
        "tooltip": {"trigger": "axis"},
        **({"legend": {}} if several else {}),
        "grid": {"top": 36 if several else 12, "right": 32},
        "xAxis": value if lying else category,
        "yAxis": category if lying else value,
        "series": [_series(chart["kind"], each, lying) for each in chart["series"]],
    }


def height(chart: Mapping[str, Any]) -> int:
    """Room for it in pixels: the same for every lying bar."""
    if chart["kind"] in _SIDEWAYS:
        return 60 + 26 * len(chart["labels"])
    return 260


def _series(kind: str, each: Mapping[str, Any], lying: bool) -> dict[str, Any]:
    values = list(reversed(each["values"])) if lying else each["values"]
    drawn: dict[str, Any] = {
        "type": "line" if kind == "line" else "bar",
        "name": each["name"],
        "data": values,
    }
    if kind == "stack":
        drawn |= {"stack": "all", "barMaxWidth": 18}
    elif kind == "bars":
        drawn |= {"label": {"show": True, "position": "right"}, "barMaxWidth": 18}
    elif kind == "line":
        drawn |= {"connectNulls": False, "label": {"show": True}}
    return drawn
