"""The months of a problem of the city as a chart with the measure marked on it, and as a table."""

from typing import Any

from bancheng.overview.city.selectors import Detail, month_word


def months(detail: Detail) -> tuple[dict[str, Any], dict[str, Any]]:
    """The option and the table; the bar of the month in which the measure began carries its name."""
    labels = [month_word(first) for first, _ in detail.months]
    counts = [came for _, came in detail.months]
    series: dict[str, Any] = {"type": "bar", "name": "新登记", "data": counts, "barMaxWidth": 28}
    began = month_word(detail.problem.from_on) if detail.problem.from_on else ""
    if began in labels:
        series["markLine"] = {
            "symbol": "none",
            "label": {"formatter": detail.measure_label, "position": "end"},
            "lineStyle": {"color": "#8a6bb8", "type": "solid"},
            "data": [{"xAxis": began}],
        }
    option = {
        "tooltip": {"trigger": "axis"},
        "grid": {"top": 32},
        "xAxis": {"type": "category", "data": labels},
        "yAxis": {"type": "value", "name": "件", "minInterval": 1},
        "series": [series],
    }
    rows: list[list[Any]] = [
        [label, came, detail.measure_label if label == began else ""]
        for label, came in zip(labels, counts, strict=True)
    ]
    return option, {"head": ["月份", "新登记", "措施起始"], "rows": [*rows, ["合计", sum(counts), ""]]}
