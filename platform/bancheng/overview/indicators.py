"""The figures of the overview in words: each with numerator, denominator and its formula in plain Chinese."""

from dataclasses import dataclass

from bancheng.overview.selectors import CentreRow, Rate
from bancheng.web.words import FEW


@dataclass(frozen=True)
class Indicator:
    """One figure. `of` is what it was divided from; "" where nothing was."""

    name: str
    value: str
    of: str
    formula: str


def all_of(row: CentreRow) -> list[Indicator]:
    """Every indicator of a row, in the order in which a report names them."""
    count = row.counts
    return [
        _share("办结率", row.closing, "期内受理件中现已销号的 ÷ 期内受理件"),
        _share("按期办结率", row.on_time, "办结上报时未过办理期限的 ÷ 期内办结上报"),
        _mean(
            "平均办理用时",
            count["handling_days"],
            count["resolved"],
            "期内办结上报的工作日之和 ÷ 期内办结上报；自受理（重办的自重办）的次一工作日起算",
        ),
        _share(
            "当日联系率",
            Rate(count["contacted_same_day"], count["accepted"]),
            "受理当日或此前已联系上反映人的 ÷ 期内受理件",
        ),
        _share("办成率", Rate(count["done"], count["resolved"]), "结果为“已办成”的 ÷ 期内办结上报"),
        _share("不予受理占比", Rate(count["declined"], count["registered"]), "期内不予受理决定 ÷ 期内登记件"),
        _share("部门退回率", Rate(count["returned"], count["accepted"]), "期内部门退回次数 ÷ 期内受理件"),
        _share("重办率", Rate(count["reopened"], count["closed"]), "期内重办次数 ÷ 期内销号次数"),
        _share("撤回占比", Rate(count["withdrawn"], count["registered"]), "期内反映人撤回 ÷ 期内登记件"),
        _share(
            "转出占比",
            Rate(count["referred_out"], count["accepted"]),
            "期内转往其他中心或外部单位的次数 ÷ 期内受理件",
        ),
    ]


def _share(name: str, rate: Rate, formula: str) -> Indicator:
    return Indicator(name, rate.text, rate.fraction, formula)


def _mean(name: str, amount: int, count: int, formula: str) -> Indicator:
    if count == 0:
        return Indicator(name, "—", f"{amount}/{count}", formula)
    value = f"{amount / count:.1f} 个工作日" if count >= FEW else "样本不足"
    return Indicator(name, value, f"{amount}/{count}", formula)
