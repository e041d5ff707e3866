"""The charts of the overview: for each an ECharts option, and the same figures as a table."""

from collections.abc import Sequence
from typing import Any

from bancheng.overview.selectors import Causes, Month, Row
from bancheng.web.words import FEW

Chart = tuple[dict[str, Any], dict[str, Any]]
HEAT_STEPS = 4


def trend(months: Sequence[Month]) -> Chart:
    """Matters registered and closed as bars, consultations as a line on an axis of their own."""
    option = {
        "tooltip": {"trigger": "axis"},
        "legend": {},
        "grid": {"top": 48},
        "xAxis": {"type": "category", "data": [month.label for month in months]},
        "yAxis": [
            {"type": "value", "name": "反映件（件）", "minInterval": 1, "nameTextStyle": {"align": "left"}},
            {
                "type": "value",
                "name": "咨询（件）",
                "minInterval": 1,
                "nameTextStyle": {"align": "right"},
                "splitLine": {"show": False},
            },
        ],
        "series": [
            {"type": "bar", "name": "登记", "data": [month.registered for month in months]},
            {"type": "bar", "name": "销号", "data": [month.closed for month in months], "color": "#0f8f8b"},
            {
                "type": "line",
                "name": "咨询",
                "yAxisIndex": 1,
                "data": [month.consultations for month in months],
                "color": "#8a6bb8",
            },
        ],
    }
    rows: list[list[str | int]] = [[m.label, m.registered, m.closed, m.consultations] for m in months]
    sums = [
        sum(month.registered for month in months),
        sum(month.closed for month in months),
        sum(month.consultations for month in months),
    ]
    return option, {"head": ["月份", "登记", "销号", "咨询"], "rows": [*rows, ["合计", *sums]]}


def ranking(rows: Sequence[Row], head: str) -> Chart:
    """Accepted matters as lying bars, the first on top; the table has the rates as well."""
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
                "data": [row.counts["accepted"] for row in upwards],
                "label": {"show": True, "position": "right"},
                "barMaxWidth": 18,
            }
        ],
    }
    table = [
        [
            row.label,
            row.counts["accepted"],
            f"{row.closing.text}（{row.closing.fraction}）",
            f"{row.on_time.text}（{row.on_time.fraction}）",
        ]
        for row in rows
    ]
    return option, {"head": [head, "受理", "办结率", "按期办结率"], "rows": table}


def height(rows: Sequence[Row]) -> int:
    """Room for a ranking: the same for every bar."""
    return 48 + 26 * len(rows)


def heat(causes: Causes, *, items: int, reasons: int) -> dict[str, Any]:
    """Item × cause as a table: the most frequent of either, each cell a count and a shade from 0 to 4."""
    columns, lines = causes.causes[:reasons], causes.items[:items]
    counts = [[causes.cells.get((line.code, column.code), 0) for column in columns] for line in lines]
    most = max((count for each in counts for count in each), default=0)
    most = max(most, FEW)  # a handful is no hot spot
    return {
        "columns": [column.label for column in columns],
        "rows": [
            {"label": line.label, "cells": [{"count": c, "shade": _shade(c, most)} for c in each]}
            for line, each in zip(lines, counts, strict=True)
        ],
    }


def _shade(count: int, most: int) -> int:
    return -(-count * HEAT_STEPS // most)
