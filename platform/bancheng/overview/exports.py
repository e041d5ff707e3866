"""The overview as a spreadsheet: what the page shows, numbers as numbers, n and N beside each rate."""

from collections.abc import Iterator

from bancheng.overview import flows, index, marks, patterns, problems, selectors, trend
from bancheng.overview.board import WAYS
from bancheng.overview.index import months, zero
from bancheng.overview.indicators import GROUPS, Figures, Shown, all_of, some_of
from bancheng.overview.models import COUNTERS
from bancheng.overview.patterns import HANDS
from bancheng.overview.scope import Scope
from bancheng.timekeeping import clock
from bancheng.web.sheets import Percent, Sheet, Value

OF_CENTRES = ("closing", "on_time", "contact_same_day", "response", "solved", "satisfied", "repeated")
"""The rates that stand beside each centre's counts, by the codes of their indicators."""
_COUNTED = (
    "registered",
    "accepted",
    "closed",
    "declined",
    "referred_out",
    "supervised",
    "escalated",
    "thanked",
)
_NO_LEAGUE = "按名册次序。各地人口与业务量不同，本表不作排名。"

Cell = Value | Percent


def sheets(scope: Scope, narrowings: list[tuple[str, str]]) -> list[Sheet]:
    """Every table of the page; `narrowings` are the conditions in words, as the page says them.

    The number of queries does not depend on how many centres there are.
    """
    found = patterns.patterns(scope)
    causes = {row.code: row.counts["accepted"] for row in found.causes}
    figures = Figures(scope, causes=causes, crossing=found.crossing)
    return [
        _about(scope, narrowings),
        _indicators(figures),
        _centres(scope),
        _months(scope),
        _heat(found),
        *(_ranking(name, rows) for name, rows in (("事项", found.items), ("主因", found.causes))),
        _hands(found),
        *_flows(scope),
        _measures(scope),
        _problems(scope),
        *_honest(scope),
        _counters(),
    ]


def shown(each: Shown) -> list[Cell]:
    """Value, numerator and denominator of an indicator in three cells: a number, or why there is none."""
    if each.number is None:
        return [each.value, each.part, each.whole]
    number = Percent(each.number) if each.unit == "%" else each.number
    return [number, each.part, each.whole]


# --- The sheets --------------------------------------------------------------------------------------


def _about(scope: Scope, narrowings: list[tuple[str, str]]) -> Sheet:
    fresh = selectors.freshness(scope)
    rows: list[list[Cell]] = [
        ["范围", selectors.place(scope)],
        ["起始日期", scope.since],
        ["截止日期", scope.until],
    ]
    rows += [[label, value] for label, value in narrowings]
    rows += [
        ["导出时间", clock.now()],
        ["有数据的中心", f"{fresh.counted}/{fresh.centres}"],
        ["数据截至", fresh.at],
    ]
    rows += [[f"{label}数据未及时更新", at or "尚未汇总"] for label, at in fresh.behind]
    return Sheet(
        "说明",
        f"{selectors.place(scope)}统计",
        ["项", "内容"],
        rows,
        ["只含件数和比率，不含案情与个人信息。", "分母不足5的比率写“样本不足”，分母为0的写“—”。"],
    )


def _indicators(figures: Figures) -> Sheet:
    rows = [
        [GROUPS[each.group], each.name, *shown(each), each.unit, each.text, each.formula, each.why]
        for each in all_of(figures)
    ]
    head = [
        "类别",
        "指标",
        "数值",
        "分子",
        "分母或样本数",
        "单位",
        "数值（分子/分母）",
        "口径",
        "不能计的原因",
    ]
    return Sheet("指标", "指标与口径", head, rows)


def _centres(scope: Scope) -> Sheet:
    rows = selectors.centres(scope)
    everything = [*rows, selectors.total(scope, rows)] if len(rows) > 1 else rows
    rates = some_of(Figures(scope, counts=selectors.NOTHING), OF_CENTRES)
    head = ["中心", *(selectors.counter_word(name) for name in _COUNTED), "咨询"]
    for rate in rates:
        head += [rate.name, f"{rate.name}分子", f"{rate.name}分母"]
    head += ["在办", "超期", "无承办", "无答复", "转出在办", "转入在办", "数据截至"]
    lines: list[list[Cell]] = []
    for row in everything:
        line: list[Cell] = [row.label, *(row.counts[name] for name in _COUNTED), row.consultations]
        for rate in some_of(row.figures, OF_CENTRES):
            line += shown(rate)
        now = row.figure
        line += [now.open, now.overdue, now.no_owner, now.no_reply, row.referrals_out, now.referrals_received]
        lines.append([*line, now.summarised_at])
    return Sheet("各中心", "各中心", head, lines, [_NO_LEAGUE])


def _months(scope: Scope) -> Sheet:
    rows: list[list[Cell]] = [
        [month.label, month.registered, month.accepted, month.closed, month.consultations]
        for month in trend.months(scope)
    ]
    return Sheet(
        "逐月", "逐月趋势", ["月份", "登记", "受理", "销号", "咨询"], rows, ["首尾两月只含所选期间内的日子。"]
    )


def _heat(found: patterns.Patterns) -> Sheet:
    rows: list[list[Cell]] = [
        [line.label, *(found.cells.get((line.code, column.code), 0) for column in found.causes)]
        for line in found.items
    ]
    head = ["事项", *(column.label for column in found.causes)]
    return Sheet("事项与主因", "受理件，事项与主因", head, rows)


def _ranking(name: str, found: list[selectors.Row]) -> Sheet:
    rows: list[list[Cell]] = [
        [row.label, row.counts["accepted"], *shown(row.closing), *shown(row.on_time)] for row in found
    ]
    head = [name, "受理", "办结率", "办结率分子", "办结率分母"]
    return Sheet(name, f"受理件，按{name}", [*head, "按期办结率", "按期办结率分子", "按期办结率分母"], rows)


def _hands(found: patterns.Patterns) -> Sheet:
    spent = [patterns.hands(row) for row in (found.all, *found.resolved)]
    rows: list[list[Cell]] = [
        [each.label, each.resolved, *(round(each.days[name], 2) for name in HANDS)]
        for each in spent
        if each.days
    ]
    head = ["事项", "办结上报", *(f"{word}（工作日）" for word in HANDS.values())]
    return Sheet("时间在谁手上", "每件平均在各方手上的工作日", head, rows)


def _flows(scope: Scope) -> Iterator[Sheet]:
    found = flows.flows(scope)
    if found is not None:
        rows: list[list[Cell]] = [
            [
                each.source_label,
                each.target_label,
                WAYS[each.way],
                each.sent,
                each.under_way,
                each.answered,
                each.returned,
            ]
            for each in found
        ]
        head = ["转出单位", "承办单位", "对方类型", "送出", "在途", "已反馈", "已退回"]
        yield Sheet("转办流向", "期内送出的转办", head, rows)


def _measures(scope: Scope) -> Sheet:
    rows: list[list[Cell]] = [
        [
            each.mark.from_on,
            each.centre,
            each.mark.get_kind_display(),
            each.item,
            each.cause,
            each.mark.ended_on,
        ]
        for each in marks.marked(scope)
    ]
    head = ["起始日期", "中心", "措施", "事项", "主因", "停止日期"]
    return Sheet("措施", "期内起始的措施", head, rows, [f"最近的至多{len(marks.SIGNS)}项。"])


def _problems(scope: Scope) -> Sheet:
    rows: list[list[Cell]] = [
        [
            each.centre,
            each.card.number,
            each.item,
            each.cause,
            each.card.get_state_display(),
            each.card.opened_on,
            each.card.routine_on,
            each.card.before,
            each.card.after,
            each.card.get_verdict_display(),
        ]
        for each in problems.problems(scope).lines
    ]
    head = ["中心", "编号", "事项", "根因", "状态", "立项日期", "转常态日期", "措施前", "措施后", "成效"]
    return Sheet("问题", "问题台账", head, rows, [f"先列正在解决的，至多{problems.SHOWN}个。"])


def _honest(scope: Scope) -> Iterator[Sheet]:
    """The index month by month and the zero reports, which are only told of a centre or the city."""
    if scope.narrowed.keys() - {"centre"}:
        return
    history = index.history(scope.centre)
    rows: list[list[Cell]] = []
    for each in reversed(history):
        terms: list[Cell] = []
        for term in each.terms:
            terms += [term.part, term.whole]
        rows.append([each.label, each.value if each.value is not None else each.text, *terms, each.why])
    head = ["月份", "无事可办指数"]
    for term in history[-1].terms:
        head += [f"{term.name}分子", f"{term.name}分母"]
    yield Sheet("无事可办指数", "无事可办指数", [*head, "不可评的原因"], rows, [index.formula.FORMULA])
    wanted = months.until(months.last_over())
    lines: list[list[Cell]] = [
        [line.unit.label, *(cell.registered or cell.text for cell in line.cells)]
        for line in zero.grid(wanted, scope.centre)
    ]
    yield Sheet(
        "零报告",
        "各月登记的反映件，没有的为零报告情况",
        ["中心", *(f"{month:%Y-%m}" for month in wanted)],
        lines,
    )


def _counters() -> Sheet:
    rows = [[selectors.counter_word(name), meaning] for name, meaning in COUNTERS.items()]
    return Sheet("计数口径", "计数口径", ["计数", "口径"], rows)
