"""The charts of the overview: for each an ECharts option, and the same figures as a table."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from django.utils.html import format_html

from bancheng.overview.board import WAYS
from bancheng.overview.flows import Flow
from bancheng.overview.marks import Marked
from bancheng.overview.patterns import HANDS, Hands, Patterns
from bancheng.overview.scope import Scope
from bancheng.overview.selectors import Row
from bancheng.overview.trend import Month
from bancheng.web.words import FEW, NOTHING, TOO_FEW

Chart = tuple[dict[str, Any], dict[str, Any]]
HEAT_STEPS = 4
FLOWS: Final = 24
"""More lines than these in one picture cannot be told apart; the table has them all."""

_COLOURS: Final = {
    "window": "#1d5fae",
    "department": "#0f8f8b",
    "centre": "#8a6bb8",
    "outside": "#c98a00",
    "reporter": "#98a3af",
}


def trend(months: Sequence[Month], marked: Sequence[Marked] = ()) -> Chart:
    """Matters registered and closed as bars, consultations as a line; measures as upright lines."""
    told = all(month.consultations is not None for month in months)
    signs: dict[str, str] = defaultdict(str)
    for each in marked:
        signs[f"{each.mark.from_on:%Y-%m}"] += each.sign
    raised = {"nameGap": 30} if signs else {}  # above the signs
    option = {
        "tooltip": {"trigger": "axis"},
        "legend": {},
        "grid": {"top": 76 if signs else 48},
        "xAxis": {"type": "category", "data": [month.label for month in months]},
        "yAxis": [
            {"type": "value", "name": "反映件（件）", "minInterval": 1, "nameTextStyle": {"align": "left"}}
            | raised,
            *([_CONSULTED_AXIS | raised] if told else []),
        ],
        "series": [
            {
                "type": "bar",
                "name": "登记",
                "data": [month.registered for month in months],
                "markLine": _upright(signs),
            },
            {"type": "bar", "name": "销号", "data": [month.closed for month in months], "color": "#0f8f8b"},
            *([_consulted(months)] if told else []),
        ],
    }
    rows: list[list[str | int]] = [
        [
            m.label,
            m.registered,
            m.accepted,
            m.closed,
            *([m.consultations or 0] if told else []),
            signs[m.label],
        ]
        for m in months
    ]
    sums = [
        sum(month.registered for month in months),
        sum(month.accepted for month in months),
        sum(month.closed for month in months),
        *([sum(month.consultations or 0 for month in months)] if told else []),
    ]
    head = ["月份", "登记", "受理", "销号", *(["咨询"] if told else []), "措施"]
    return option, {"head": head, "rows": [*rows, ["合计", *sums, ""]]}


_CONSULTED_AXIS: Final[dict[str, Any]] = {
    "type": "value",
    "name": "咨询（件）",
    "minInterval": 1,
    "nameTextStyle": {"align": "right"},
    "splitLine": {"show": False},
}


def _consulted(months: Sequence[Month]) -> dict[str, Any]:
    return {
        "type": "line",
        "name": "咨询",
        "yAxisIndex": 1,
        "data": [month.consultations for month in months],
        "color": "#8a6bb8",
    }


def _upright(signs: dict[str, str]) -> dict[str, Any]:
    return {
        "symbol": "none",
        "lineStyle": {"color": "#b3261e", "type": "dashed", "width": 1.5},
        "label": {"color": "#b3261e", "fontSize": 14},
        "data": [{"xAxis": month, "label": {"formatter": sign}} for month, sign in signs.items()],
    }


def ranking(rows: Sequence[Row], head: str, link: Callable[[Scope], str]) -> Chart:
    """Accepted matters as lying bars, the first on top; the table has the rates as well. Both lead on."""
    upwards = list(reversed(rows))
    option = {
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}},
        "grid": {"top": 4, "right": 40},
        "xAxis": {"type": "value", "minInterval": 1},
        "yAxis": {
            "type": "category",
            "data": [row.label for row in upwards],
            "axisLabel": {"width": 132, "overflow": "truncate"},
        },
        "series": [
            {
                "type": "bar",
                "name": "受理",
                "data": [{"value": row.counts["accepted"], "url": link(row.scope)} for row in upwards],
                "label": {"show": True, "position": "right"},
                "barMaxWidth": 18,
            }
        ],
    }
    table = [
        [
            format_html('<a href="{}">{}</a>', link(row.scope), row.label),
            row.counts["accepted"],
            row.closing.text,
            row.on_time.text,
        ]
        for row in rows
    ]
    return option, {"head": [head, "受理", "办结率", "按期办结率"], "rows": table}


def height(rows: Sequence[Any]) -> int:
    """Room for lying bars: the same for every bar."""
    return 48 + 26 * len(rows)


def hands(rows: Sequence[Hands]) -> Chart:
    """How many working days a matter was in whose hands, on average; the first line on top."""
    upwards = list(reversed(rows))
    option = {
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}},
        "legend": {"type": "scroll", "left": 0},
        "grid": {"top": 32, "right": 24},
        "xAxis": {"type": "value", "name": "", "axisLabel": {"formatter": "{value} 天"}},
        "yAxis": {
            "type": "category",
            "data": [row.label for row in upwards],
            "axisLabel": {"width": 132, "overflow": "truncate"},
        },
        "series": [
            {
                "type": "bar",
                "stack": "hands",
                "name": word,
                "color": _COLOURS[name],
                "barMaxWidth": 18,
                "data": [round(row.days.get(name, 0), 1) for row in upwards],
            }
            for name, word in HANDS.items()
        ],
    }
    table = [
        [
            row.label,
            row.resolved,
            *(f"{row.days[name]:.1f}" if row.days else NOTHING for name in HANDS),
            f"{sum(row.days.values()):.1f}" if row.days else TOO_FEW if row.resolved else NOTHING,
        ]
        for row in rows
    ]
    return option, {"head": ["", "办结上报", *HANDS.values(), "合计"], "rows": table}


def flows(found: Sequence[Flow]) -> Chart:
    """Who refers to whom, from left to right; each unit stands on the side on which it acts, or on both."""
    drawn = found[:FLOWS]
    sides = [(flow.source_label + _FROM, 0) for flow in drawn] + [
        (flow.target_label + _TO, 1) for flow in drawn
    ]
    option = {
        "tooltip": {},
        "series": [
            {
                "type": "sankey",
                "left": 4,
                "right": 4,
                "top": 8,
                "bottom": 8,
                "nodeGap": 10,
                "nodeWidth": 12,
                "draggable": False,
                "emphasis": {"focus": "adjacency"},
                "lineStyle": {"color": "source", "opacity": 0.35},
                "label": {"color": "#1c2733"},
                "data": [
                    {"name": name, "depth": depth, "label": {"position": ("right", "left")[depth]}}
                    for name, depth in dict.fromkeys(sides)
                ],
                "links": _links(drawn),
            }
        ],
    }
    table = [
        [
            f"{flow.source_label} → {flow.target_label}",
            WAYS.get(flow.way, flow.way),
            flow.sent,
            flow.under_way,
            flow.answered,
            flow.returned,
        ]
        for flow in found
    ]
    sums = [
        sum(getattr(flow, name) for flow in found) for name in ("sent", "under_way", "answered", "returned")
    ]
    head = ["转出 → 承办", "对方类型", "转办", "在途", "已反馈", "被退回"]
    return option, {"head": head, "rows": [*table, ["合计", "", *sums]]}


_FROM: Final = "（转出）"
_TO: Final = "（承办）"


def _links(drawn: Sequence[Flow]) -> list[dict[str, Any]]:
    """One for each pair: the same unit may have been reached in more than one way."""
    pairs: dict[tuple[str, str], int] = defaultdict(int)
    for flow in drawn:
        pairs[flow.source_label + _FROM, flow.target_label + _TO] += flow.sent
    return [{"source": source, "target": target, "value": sent} for (source, target), sent in pairs.items()]


def flows_height(found: Sequence[Flow]) -> int:
    """Room for the side on which more units stand."""
    drawn = found[:FLOWS]
    units = max(len({flow.source for flow in drawn}), len({flow.target for flow in drawn}), 3)
    return 24 + 30 * units


def heat(patterns: Patterns, *, items: int, reasons: int, link: Callable[[Scope], str]) -> dict[str, Any]:
    """Item × cause as a table: the most frequent of either; a cell has count, shade and link."""
    columns, lines = patterns.causes[:reasons], patterns.items[:items]
    most = max((patterns.cells.get((i.code, c.code), 0) for i in lines for c in columns), default=0)
    most = max(most, FEW)  # a handful is no hot spot
    return {
        "columns": [column.label for column in columns],
        "rows": [
            {
                "label": line.label,
                "cells": [
                    {
                        "count": count,
                        "shade": shade(count, most),
                        "url": link(replace(line.scope, cause=column.scope.cause)),
                    }
                    for column in columns
                    for count in [patterns.cells.get((line.code, column.code), 0)]
                ],
            }
            for line in lines
        ],
    }


def shade(count: int, most: int) -> int:
    """From 0 for nothing to HEAT_STEPS for the most."""
    return -(-count * HEAT_STEPS // most)
