"""The matters: what and why, in whose hands their time went, and who referred to whom."""

from collections.abc import Sequence
from typing import Final

from bancheng.bulletins import document
from bancheng.bulletins.comparing import Sight, named, scope_of
from bancheng.bulletins.document import Block, Section
from bancheng.overview import board, patterns
from bancheng.overview.flows import flows
from bancheng.overview.index import months
from bancheng.overview.indicators import one_of
from bancheng.overview.patterns import HANDS, Patterns
from bancheng.overview.selectors import Row
from bancheng.web.words import FEW

TOP: Final = 10
HEAT_ITEMS, HEAT_CAUSES = 10, 8
HANDS_ITEMS: Final = 6
FEW_NOTE: Final = f"不足{FEW}件的，不宜下结论。"


def patterns_of(sight: Sight) -> Section:
    """Items, causes, and where the two meet."""
    found = patterns.patterns(sight.scope)
    before = patterns.patterns(scope_of(months.back(sight.month, 1))) if sight.last else None
    if not found.items:
        return document.section("matters", "事项与主因", document.paragraph("本月没有受理反映件。"))
    return document.section(
        "matters",
        "事项与主因",
        document.paragraph(_most(found)),
        _ranked("办理最不顺的事项", "事项", found.items[:TOP], before.items if before else None),
        _ranked("主因", "主因", found.causes[:TOP], before.causes if before else None),
        _heat(found),
    )


def _most(found: Patterns) -> str:
    total = found.all.counts["accepted"]
    item, cause = found.items[0], found.causes[0]
    said = (
        f"本月受理的{total:,}件涉及{len(found.items)}个事项。最多的事项是“{item.label}”（{item.counts['accepted']}件），"
        f"最多的主因是“{cause.label}”（{cause.counts['accepted']}件）。"
    )
    (code, reason), most = max(found.cells.items(), key=lambda cell: (cell[1], cell[0]))
    if most >= FEW:
        names = {row.code: row.label for row in found.items}, {row.code: row.label for row in found.causes}
        said += f"同一事项、同一主因最多的是“{names[0][code]}”因“{names[1][reason]}”，{most}件，建议研判。"
    else:
        said += f"没有同一事项、同一主因达到{FEW}件的，本月不足以看出集中的问题。"
    return said


def _ranked(title: str, head: str, rows: Sequence[Row], before: Sequence[Row] | None) -> list[Block]:
    earlier = {row.code: row.counts["accepted"] for row in before or ()}
    return [
        document.chart(
            "bars",
            title,
            "件",
            [row.label for row in rows],
            {"受理": [row.counts["accepted"] for row in rows]},
        ),
        document.table(
            title,
            [head, "受理", "上月受理", "办结率", "按期办结率"],
            [
                [
                    row.label,
                    row.counts["accepted"],
                    None if before is None else earlier.get(row.code, 0),
                    row.closing.text,
                    row.on_time.text,
                ]
                for row in rows
            ],
            note=f"受理件由多到少，至多{TOP}行；{FEW_NOTE}",
        ),
    ]


def _heat(found: Patterns) -> Block:
    causes = found.causes[:HEAT_CAUSES]
    return document.table(
        "事项 × 主因（受理件）",
        ["事项", *(cause.label for cause in causes)],
        [
            [item.label, *(found.cells.get((item.code, cause.code), 0) for cause in causes)]
            for item in found.items[:HEAT_ITEMS]
        ],
        note=f"最多的{HEAT_ITEMS}个事项与{HEAT_CAUSES}个主因；{FEW_NOTE}",
    )


def hands_of(sight: Sight) -> Section:
    """Working days of a resolved matter in whose hands, on average; no average of fewer than FEW."""
    title = "时间在谁手上"
    found = patterns.patterns(sight.scope)
    resolved = found.all.counts["resolved"]
    if resolved < FEW:
        said = f"本月办结上报{resolved}件，样本不足，不计平均。" if resolved else "本月没有办结上报的反映件。"
        return document.section("hands", title, document.paragraph(said))
    busy = [row for row in found.items if row.counts["resolved"] >= FEW][:HANDS_ITEMS]
    spent = [patterns.hands(row) for row in (found.all, *busy)]
    days = spent[0].days
    longest = max(HANDS, key=lambda name: days[name])
    return document.section(
        "hands",
        title,
        document.paragraph(
            f"本月办结上报{resolved:,}件，平均每件用时{sum(days.values()):.1f}个工作日，"
            f"其中在{HANDS[longest]}手上最久，平均{days[longest]:.1f}个工作日。"
        ),
        document.chart(
            "stack",
            "每件平均在各方手上的工作日",
            "个工作日",
            [row.label for row in spent],
            {word: [round(row.days[name], 1) for row in spent] for name, word in HANDS.items()},
        ),
        document.table(
            "每件平均在各方手上的工作日",
            ["事项", "办结上报", *HANDS.values(), "合计"],
            [
                [
                    row.label,
                    row.resolved,
                    *(round(row.days[name], 1) for name in HANDS),
                    round(sum(row.days.values()), 1),
                ]
                for row in spent
            ],
            note="自登记（重办的自重办）至办结上报的工作时间，九小时为一个工作日。"
            f"办结上报不足{FEW}件的事项不单列。",
        ),
    )


def referrals(sight: Sight) -> Section:
    """Who referred to whom in the month, what was returned, and what is stuck now."""
    sent = sight.now.referrals
    found = flows(sight.scope) or []
    stuck = board.figures()
    returned, signed = one_of(sight.now, "referral_returned"), one_of(sight.now, "referral_signed")
    return document.section(
        "referrals",
        "转办",
        document.paragraph(
            f"本月送出转办{sent.sent if sent else 0:,}件。{named(returned)}；{named(signed)}。"
        ),
        document.table(
            "转办流向",
            ["转出", "承办", "对方类型", "转办", "在途", "已反馈", "被退回"],
            [
                [
                    flow.source_label,
                    flow.target_label,
                    board.WAYS.get(flow.way, flow.way),
                    flow.sent,
                    flow.under_way,
                    flow.answered,
                    flow.returned,
                ]
                for flow in found
            ],
            empty="本月各中心之间没有转办，也没有函转外部单位。",
            words=3,
        ),
        document.table(
            "转办在途与受阻（数据截至时）",
            ["情形", "件数"],
            [[word, stuck[name]] for name, (word, _) in board.FILTERS.items()],
            note="不限本月送出的。一件可能同时属于几种情形。",
        ),
    )
