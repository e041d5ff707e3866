"""Every indicator, in the order in which a report names them, by its code."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from bancheng.catalogue import selectors as catalogue
from bancheng.errors import NotFound
from bancheng.overview.indicators.figures import Figures
from bancheng.overview.indicators.kinds import Indicator, Ratio, Shown
from bancheng.overview.indicators.making import (
    BACKLOG,
    CONSULTATIONS,
    COVERAGE,
    GAUGES,
    PROBLEMS,
    REFERRALS,
    amount_of,
    count,
    crossing,
    found,
    gauge,
    mean_of,
    quantiles_of,
    share_of,
)
from bancheng.overview.models import SpanKind

GROUPS: Final = {
    "volume": "数量",
    "handling": "办理",
    "time": "时效",
    "road": "跨部门、跨层级、跨地区与转办",
    "reply": "答复与评价",
    "return": "重复与重办",
    "effort": "少跑腿",
    "watch": "督办与兜底",
    "improvement": "改进",
    "cause": "原因",
}
"""The parts of the list, in order."""

DAYS_OF_A_MONTH: Final = 30
"""Reporters tell in months how long it went on before."""

_WORKED = "期内办结上报的反映件，每件自受理（重办的自重办）的次一工作日至上报当日的工作日（不含等待补正），"
_WAITED = "期内办结上报的反映件，每件自登记（重办的自重办）至上报的日历日（不扣除任何等待），"
_CONTACT = "期内受理并已联系上反映人的反映件，每件自受理至首次联系的分钟，"

_LIST: tuple[Indicator, ...] = (
    amount_of("registered", "登记", "volume", "期内登记的反映件", count("registered")),
    amount_of("accepted", "受理", "volume", "期内受理的反映件", count("accepted")),
    amount_of(
        "consultations",
        "咨询",
        "volume",
        "期内答复的咨询，单独计数，不计入反映件",
        found("consultations"),
        unit="次",
        guard=CONSULTATIONS,
    ),
    share_of(
        "declined_share",
        "不予受理占比",
        "volume",
        "期内不予受理决定 ÷ 期内登记件",
        count("declined"),
        count("registered"),
    ),
    share_of(
        "withdrawn_share",
        "撤回占比",
        "volume",
        "期内反映人撤回 ÷ 期内登记件",
        count("withdrawn"),
        count("registered"),
    ),
    share_of(
        "closing",
        "办结率",
        "handling",
        "期内受理件中现已销号的 ÷ 期内受理件",
        count("accepted_closed"),
        count("accepted"),
    ),
    share_of(
        "clearing",
        "清零率",
        "handling",
        "期内销号 ÷（期初已受理未结束的 + 期内受理件）；重办后再次销号的另计",
        count("closed"),
        lambda figures: figures.open_at_start + figures.counts["accepted"],
    ),
    share_of(
        "on_time",
        "按期办结率",
        "handling",
        "办结上报时未过当时办理期限的 ÷ 期内办结上报",
        count("resolved_on_time"),
        count("resolved"),
    ),
    share_of(
        "extended_share",
        "延期率",
        "handling",
        "办结上报的件中办理期限延期过的 ÷ 期内办结上报",
        count("resolved_extended"),
        count("resolved"),
    ),
    share_of(
        "done_share",
        "办成率",
        "handling",
        "结果为“已办成”的 ÷ 期内办结上报",
        count("done"),
        count("resolved"),
    ),
    share_of(
        "returned_share",
        "部门退回率",
        "handling",
        "期内部门退回次数 ÷ 期内受理件",
        count("returned"),
        count("accepted"),
    ),
    mean_of(
        "handling_mean",
        "平均办理用时",
        "time",
        "个工作日",
        "期内办结上报的工作日之和 ÷ 期内办结上报；自受理（重办的自重办）的次一工作日起算，不含等待补正",
        count("handling_days"),
        count("resolved"),
    ),
    *quantiles_of(SpanKind.HANDLING, "handling", "办理用时", "个工作日", _WORKED),
    mean_of(
        "gross_mean",
        "群众平均等待",
        "time",
        "日",
        "期内办结上报距登记（重办的距重办）的日历日之和 ÷ 期内办结上报，不扣除任何等待",
        count("gross_days"),
        count("resolved"),
    ),
    *quantiles_of(SpanKind.GROSS, "gross", "群众等待", "日", _WAITED),
    *quantiles_of(SpanKind.CONTACT, "contact", "首次联系用时", "分钟", _CONTACT)[:1],
    share_of(
        "contact_same_day",
        "当日联系率",
        "time",
        "受理当日或此前已联系上反映人的 ÷ 期内受理件",
        count("contacted_same_day"),
        count("accepted"),
    ),
    *(
        share_of(
            f"cross_{name}",
            f"{word}占比",
            "road",
            f"期内受理件中{word}的 ÷ 期内受理件",
            crossing(name),
            count("accepted"),
        )
        for name, word in (("department", "跨部门"), ("level", "跨层级"), ("region", "跨地区"))
    ),
    share_of(
        "referred_share",
        "转出占比",
        "road",
        "期内转往其他中心或外部单位的次数 ÷ 期内受理件",
        count("referred_out"),
        count("accepted"),
    ),
    share_of(
        "referral_returned",
        "转办退回率",
        "road",
        "期内送出的转办中被退回过的 ÷ 期内送出的转办",
        found("referrals.returned"),
        found("referrals.sent"),
        guard=REFERRALS,
    ),
    share_of(
        "referral_signed",
        "转办按期签收率",
        "road",
        "期内送出的转办中在签收期限内签收的 ÷（已签收的 + 过了签收期限仍未签收的）",
        found("referrals.signed_in_time"),
        found("referrals.due"),
        guard=REFERRALS,
    ),
    share_of(
        "response",
        "响应率",
        "reply",
        "受理后至迟下一个工作日已联系上反映人的 ÷ 期内受理件",
        count("contacted_next_day"),
        count("accepted"),
    ),
    share_of(
        "solved",
        "解决率",
        "reply",
        "回访确认问题已解决的 ÷ 期内回访联系上的",
        count("solved"),
        count("called_back"),
    ),
    share_of(
        "blocked_again",
        "再次受阻占比",
        "reply",
        "回访表示再次受阻的 ÷ 期内回访联系上的",
        count("blocked_again"),
        count("called_back"),
    ),
    share_of(
        "satisfied",
        "满意率",
        "reply",
        "反映人本人评价为基本满意、满意、非常满意的 ÷ 期内反映人本人评价；工作人员代录的不算",
        count("satisfied"),
        count("rated"),
    ),
    amount_of("thanked", "锦旗感谢", "reply", "期内收到的锦旗、感谢信等", count("thanked"), unit="次"),
    share_of(
        "repeated",
        "重复率",
        "return",
        "同一人同一事项九十日内再次反映的 ÷ 期内登记件",
        count("repeated"),
        count("registered"),
    ),
    share_of(
        "reopened",
        "重办率",
        "return",
        "期内重办次数 ÷ 期内销号次数",
        count("reopened"),
        count("closed"),
    ),
    share_of(
        "backlog",
        "积案占比",
        "return",
        "问题发生早于窗口首件登记日的 ÷ 期内登记件中反映人说明了历时的；其余为窗口设立后的新问题",
        found("backlog.part"),
        found("backlog.whole"),
        guard=BACKLOG,
    ),
    mean_of(
        "trips_before",
        "反映前平均跑动",
        "effort",
        "次",
        "期内登记件反映人自述此前为此事跑动的次数之和 ÷ 期内登记件",
        count("trips_before"),
        count("registered"),
    ),
    mean_of(
        "trips_after",
        "反映后平均跑动",
        "effort",
        "次",
        "期内回访所述反映后跑动次数之和 ÷ 期内回访问到跑动次数的",
        count("trips_after"),
        count("trips_told"),
    ),
    Ratio(
        code="elapsed",
        name="反映前历时与办理历时之比",
        group="effort",
        formula="期内登记件自述此前历时的平均日数（一月按30日）÷ 期内办结上报件群众等待的平均日数",
        upper=lambda figures: (
            figures.counts["months_before"] * DAYS_OF_A_MONTH,
            figures.counts["registered"],
        ),
        lower=lambda figures: (figures.counts["gross_days"], figures.counts["resolved"]),
    ),
    amount_of(
        "no_owner",
        "无承办件",
        "watch",
        "数据截至时没有承办人的在办件，应为 0",
        gauge("no_owner"),
        guard=GAUGES,
    ),
    amount_of(
        "no_reply",
        "无答复件",
        "watch",
        "数据截至时已结束而没有答复反映人的件，应为 0",
        gauge("no_reply"),
        guard=GAUGES,
    ),
    amount_of("supervised", "督办", "watch", "期内发出的督办单", count("supervised"), unit="次"),
    amount_of("escalated", "提级", "watch", "期内提级的次数", count("escalated"), unit="次"),
    amount_of("taken_over", "包案", "watch", "期内中心主任包案的次数", count("taken_over"), unit="次"),
    share_of(
        "coverage",
        "窗口覆盖率",
        "watch",
        "窗口在用的中心 ÷ 全市名册上的中心",
        found("coverage.part"),
        found("coverage.whole"),
        guard=COVERAGE,
    ),
    share_of(
        "recurrence",
        "问题复发率",
        "improvement",
        "期内评估的问题，措施后与措施前同样日数内的同类反映件：措施后 ÷ 措施前",
        found("recurrence.part"),
        found("recurrence.whole"),
        guard=PROBLEMS,
    ),
)

REGISTRY: Final[dict[str, Indicator]] = {indicator.code: indicator for indicator in _LIST}
"""By code. The shares of causes are not among them: there are as many as the catalogue has causes."""

if len(REGISTRY) != len(_LIST) or {each.group for each in _LIST} - GROUPS.keys():
    raise RuntimeError("two indicators of one code, or one of no group")


def all_of(figures: Figures) -> list[Shown]:
    """Every indicator, then the share of each cause that occurred."""
    return [*some_of(figures, REGISTRY), *causes_of(figures)]


def some_of(figures: Figures, codes: Iterable[str]) -> list[Shown]:
    """The indicators of these codes, in that order; only what they are made of is read. Raises KeyError."""
    return [REGISTRY[code].show(figures) for code in codes]


def one_of(figures: Figures, code: str) -> Shown:
    """One indicator. Raises KeyError."""
    return REGISTRY[code].show(figures)


def causes_of(figures: Figures) -> list[Shown]:
    """The share of each principal cause in the accepted matters, most frequent first."""
    return [
        replace(_cause_share(amount).show(figures), code=f"cause_{code or 'none'}", name=_cause_name(code))
        for code, amount in figures.causes.items()
    ]


def _cause_share(amount: int) -> Indicator:
    return share_of(
        "cause",
        "主因",
        "cause",
        "期内受理件中主因为此的 ÷ 期内受理件；销号前为研判时的初步判断",
        lambda _: amount,
        count("accepted"),
    )


def _cause_name(code: str) -> str:
    if not code:
        return "尚未研判"
    try:
        return catalogue.cause(code).name
    except NotFound:
        return code
