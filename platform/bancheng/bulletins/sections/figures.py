"""The figures: the month in words, the main indicators, the centres by the registry, all indicators."""

from typing import Final

from bancheng.bulletins import document
from bancheng.bulletins.comparing import Sight, named
from bancheng.bulletins.document import Block, Section
from bancheng.overview import selectors, trend
from bancheng.overview.index import months
from bancheng.overview.indicators import GROUPS, Figures, Shown, all_of, some_of
from bancheng.overview.scope import Scope

MAIN: Final = (
    "registered",
    "accepted",
    "consultations",
    "closing",
    "clearing",
    "on_time",
    "handling_median",
    "contact_median",
    "response",
    "solved",
    "satisfied",
    "repeated",
    "trips_before",
    "trips_after",
    "coverage",
)
STANDING: Final = frozenset({"no_owner", "no_reply"})
"""What is told of the present, not of the month: it stands in the section of that."""
MONTHS: Final = 12


def summary(sight: Sight) -> Section:
    """The month in a few sentences, and the twelve months up to it as a chart."""
    return document.section(
        "summary",
        "综述",
        document.paragraph(_came(sight)),
        document.paragraph(_went(sight)),
        document.paragraph(_effort(sight)),
        _trend(sight),
    )


def _came(sight: Sight) -> str:
    registered, moved = sight.count("registered")
    accepted, _ = sight.count("accepted")
    closed, closed_moved = sight.count("closed")
    asked = sight.now.consultations or 0
    month = f"{sight.month.month}月"
    if not registered and not asked:
        return f"{month}，全市没有登记反映件，也没有咨询记录；{_compared(moved, closed_moved, closed)}。"
    return (
        f"{month}，全市登记反映件{registered:,}件{_after(moved)}；受理{accepted:,}件；"
        f"销号{closed:,}件{_after(closed_moved)}。另答复咨询{asked:,}次，不计入反映件。"
    )


def _compared(moved: str, closed_moved: str, closed: int) -> str:
    return f"登记{moved or '没有可比的月份'}，销号{closed:,}件{_after(closed_moved)}"


def _went(sight: Sight) -> str:
    said = [sight.share(code) for code in ("closing", "on_time", "response", "solved", "satisfied")]
    return "；".join(said) + "。"


def _effort(sight: Sight) -> str:
    before, after, median, gross = some_of(
        sight.now, ("trips_before", "trips_after", "handling_median", "gross_median")
    )
    return f"少跑腿方面，{named(before)}，{named(after)}。时效方面，{named(median)}，{named(gross)}。"


def _after(moved: str) -> str:
    return f"，{moved}" if moved else ""


def _trend(sight: Sight) -> list[Block]:
    found = trend.months(Scope(months.back(sight.month, MONTHS - 1), months.last_day(sight.month)))
    labels = [month.label for month in found]
    return [
        document.chart(
            "columns",
            "近十二个月登记与销号",
            "件",
            labels,
            {
                "登记": [month.registered for month in found],
                "销号": [month.closed for month in found],
            },
        ),
        document.table(
            "近十二个月",
            ["月份", "登记", "受理", "销号", "咨询"],
            [
                [month.label, month.registered, month.accepted, month.closed, month.consultations]
                for month in found
            ],
            note="登记、受理、销号按发生日计入当月；咨询单独计数。",
        ),
    ]


def headline(sight: Sight) -> Section:
    """The main indicators beside the two months they are compared with."""
    return document.section(
        "headline",
        "主要指标",
        _indicators("主要指标", sight, some_of(sight.now, MAIN)),
        document.paragraph(
            "分母不足5的比率记“样本不足”，分母为0的记“—”；所有比率均附分子/分母。件数少的比率波动大，不宜据此下结论。"
        ),
    )


def _indicators(title: str, sight: Sight, shown: list[Shown]) -> Block:
    return document.table(
        title,
        ["指标", "本月", "分子/分母", "上月", "上年同月"],
        [
            [
                each.name,
                each.value,
                each.of,
                _before(sight.last, each.code),
                _before(sight.year_ago, each.code),
            ]
            for each in shown
        ],
    )


def _before(figures: Figures | None, code: str) -> str:
    return document.ABSENT if figures is None else some_of(figures, [code])[0].value


def centres(sight: Sight) -> Section:
    """Every centre in the order of the registry: figures side by side, no ranking."""
    rows = selectors.centres(sight.scope)
    return document.section(
        "centres",
        "各中心情况",
        document.table(
            "各中心情况（按名册次序）",
            ["中心", "登记", "受理", "销号", "咨询", "办结率", "按期办结率", "满意率"],
            [
                [
                    row.label,
                    row.counts["registered"],
                    row.counts["accepted"],
                    row.counts["closed"],
                    row.consultations,
                    row.closing.text,
                    row.on_time.text,
                    row.satisfied.text,
                ]
                for row in [*rows, selectors.total(sight.scope, rows)]
            ],
            note="各地人口与业务量不同，本表按名册次序，不作排名。转来的件在承办中心另行编号，登记数中含转入的件。",
        ),
    )


def annex(sight: Sight) -> Section:
    """Every indicator with its formula, and the share of each cause."""
    shown = [each for each in all_of(sight.now) if each.code not in STANDING]
    return document.section(
        "annex",
        "附：全部指标与口径",
        (
            document.table(
                label,
                ["指标", "数值", "分子/分母", "口径"],
                [
                    [each.name, each.value, each.of, each.formula + (f" {each.why}" if each.why else "")]
                    for each in shown
                    if each.group == group
                ],
                words=4,
            )
            for group, label in GROUPS.items()
            if any(each.group == group for each in shown)
        ),
    )
