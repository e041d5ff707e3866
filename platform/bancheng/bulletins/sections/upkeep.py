"""What must be nothing, and how far the figures can be relied on: owners, replies, zero reports, age."""

from bancheng.bulletins import document
from bancheng.bulletins.comparing import Sight
from bancheng.bulletins.document import Block, Section
from bancheng.overview import selectors
from bancheng.overview.index import months, zero
from bancheng.overview.selectors import CentreRow, Freshness
from bancheng.web.words import minute


def upkeep(sight: Sight) -> Section:
    """件件有着落、事事有回音, zero reports of the month, and the centres whose figures are old."""
    rows = selectors.centres(sight.scope)
    total = selectors.total(sight.scope, rows)
    fresh, summary = selectors.freshness(sight.scope), zero.summary(sight.month)
    return document.section(
        "upkeep",
        "兜底与数据时效",
        document.paragraph(_nothing_lost(total)),
        document.paragraph(_zero_reports(summary)),
        document.paragraph(_behind(fresh)),
        _standing([*rows, total]),
    )


def _nothing_lost(total: CentreRow) -> str:
    figure = total.figure
    good = (
        "件件有着落、事事有回音。" if not figure.no_owner and not figure.no_reply else "应为0，请逐一落实。"
    )
    return (
        f"数据截至时，全市在办{figure.open:,}件，超期{figure.overdue:,}件；"
        f"无承办{figure.no_owner}件，无答复{figure.no_reply}件，{good}"
    )


def _zero_reports(summary: zero.Summary) -> str:
    word = months.word(summary.month)
    said = f"零报告：{word}有反映件的中心{summary.busy}个；没有反映件而已报零报告的{len(summary.filed)}个"
    said += f"（{'、'.join(summary.filed)}）" if summary.filed else ""
    owed = f"；应报未报的{len(summary.owed)}个"
    return said + owed + (f"：{'、'.join(summary.owed)}。" if summary.owed else "。")


def _behind(fresh: Freshness) -> str:
    if not fresh.behind:
        return f"数据时效：{fresh.centres}个中心的数据均已更新。"
    told = "、".join(f"{name}（{minute(at) if at else '尚未汇总'}）" for name, at in fresh.behind)
    return f"数据时效：{len(fresh.behind)}个中心的数据没有更新到最近：{told}。本期数字据其最后一次汇总。"


def _standing(rows: list[CentreRow]) -> Block:
    return document.table(
        "各中心现况（数据截至时）",
        ["中心", "在办", "超期", "无承办", "无答复", "转出在办", "转入在办", "数据截至"],
        [
            [
                row.label + ("（已停用）" if row.suspended else ""),
                row.figure.open,
                row.figure.overdue,
                row.figure.no_owner,
                row.figure.no_reply,
                row.referrals_out,
                row.figure.referrals_received,
                minute(row.figure.summarised_at) if row.figure.summarised_at else None,
            ]
            for row in rows
        ],
        note="现况不是月末数，是生成本期月报时的数。",
    )
