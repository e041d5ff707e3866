"""The reckoning sheet (退休测算单): the three answers of a retirement, each with formula and figures.

When one may retire, whether the contributions suffice, how much it would be. An estimate, and it says so.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from tenants.casework.reckoning import pension
from tenants.casework.reckoning.ages import (
    BEGINS,
    RULES,
    Category,
    Retirement,
    least_contribution,
    retirement,
)
from tenants.casework.reckoning.months import Month, age, length
from tenants.casework.reckoning.pension import Record, Terms

DISCLAIMER = "测算仅供参考，不作为待遇核定的依据；以退休时社会保险经办机构核定的为准。"
WORKING_AGE_MONTHS = 16 * 12
"""《劳动法》第十五条: nobody is employed, and so nobody contributes, before sixteen."""


class Unreckonable(ValueError):
    """The figures do not go together: `field` is the one to look at, `sentence` says what to do."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field, self.sentence = field, sentence


@dataclass(frozen=True)
class Inputs:
    """What is known of the person. The record counts up to the planned month."""

    born: Month
    category: Category
    record: Record
    planned: Month
    prolonged: bool = False
    """Goes on contributing beyond the statutory age because too little is in (办法第二条)."""


@dataclass(frozen=True)
class Line:
    """One step: what it is, by which rule, with which figures, and what comes of it."""

    label: str
    result: str
    rule: str = ""
    worked: str = ""


@dataclass(frozen=True)
class Group:
    """The lines that answer one of the questions."""

    title: str
    lines: list[Line]


@dataclass(frozen=True)
class Sheet:
    """What is shown, printed and kept. `total` in yuan a month; `short`: months still to be contributed."""

    statutory: str
    planned: str
    short: int
    total: Decimal
    groups: list[Group]
    notes: list[str]

    def as_json(self) -> dict[str, Any]:
        """The same as plain values, as they are kept and shown."""
        return {**asdict(self), "total": yuan(self.total)}


def reckon(inputs: Inputs, terms: Terms) -> Sheet:
    """The sheet for these inputs by these terms. Raises Unreckonable, as `check`."""
    check(inputs)
    when = retirement(inputs.born, inputs.category)
    needed = least_contribution(_year_that_counts(inputs, when))
    short = max(needed - inputs.record.months, 0)
    parts = _parts(inputs, terms)
    total = sum((part for part, _ in parts), Decimal(0))
    return Sheet(
        statutory=str(when.statutory),
        planned=str(inputs.planned),
        short=short,
        total=total,
        groups=[
            Group("退休时间", list(_when(inputs, when))),
            Group("缴费年限", list(_years(inputs, when, needed, short))),
            Group("养老金测算", [*(line for _, line in parts), _total(parts, total)]),
        ],
        notes=list(_notes(inputs, terms, when, needed, short)),
    )


def yuan(amount: Decimal) -> str:
    """12,345.60元."""
    return f"{amount:,.2f}元"


# --- What does not go together -----------------------------------------------------------------------


def check(inputs: Inputs) -> None:
    """Raise Unreckonable for figures that do not go together, whatever the terms."""
    planned, record = inputs.planned, inputs.record
    when = retirement(inputs.born, inputs.category)
    needed = least_contribution(_year_that_counts(inputs, when))
    if planned < when.earliest:
        raise Unreckonable("planned", _too_early(when))
    if inputs.prolonged and planned <= when.statutory:
        raise Unreckonable(
            "planned", f"延长缴费的，计划退休年月应晚于法定退休时间{when.statutory}；不延长的请取消该选项。"
        )
    if planned > when.latest and not inputs.prolonged:
        raise Unreckonable("planned", _too_late(when))
    if record.months == 0:
        raise Unreckonable("actual_months", "实际和视同缴费月数都是0，无从测算，请核对缴费记录。")
    possible = planned - inputs.born - WORKING_AGE_MONTHS
    if record.actual_months > possible:
        raise Unreckonable(
            "actual_months", f"从满16周岁到计划退休只有{possible}个月，实际缴费月数不能比它多，请核对。"
        )
    if planned < when.statutory and record.months < needed:
        raise Unreckonable(
            "planned",
            f"弹性提前退休须先达到最低缴费年限{length(needed)}，还差{needed - record.months}个月；"
            f"请按法定退休时间{when.statutory}或更晚测算。",
        )


def _too_early(when: Retirement) -> str:
    if when.earliest == when.statutory:
        return f"法定退休时间是{when.statutory}，不能早于它退休，请修改计划退休年月。"
    return (
        f"最早可在{when.earliest}退休（弹性提前最多3年，且不早于原法定退休年龄），请填写这个月或更晚的年月。"
    )


def _too_late(when: Retirement) -> str:
    return (
        f"最晚可延迟到{when.latest}退休，请填写这个月或更早的年月；"
        "因缴费年限不足继续缴费的，请勾选“延长缴费”。"
    )


# --- The lines ---------------------------------------------------------------------------------------


def _when(inputs: Inputs, when: Retirement) -> Iterator[Line]:
    rule = RULES[inputs.category]
    yield Line("出生年月", str(inputs.born))
    yield Line(f"原法定退休年龄（{rule.former}周岁）", str(when.former))
    if when.delay:
        yield Line(
            "延迟月数",
            f"{when.delay}个月",
            f"自2025年1月起每{rule.step}个月延迟1个月，逐步延迟至{rule.final}周岁",
            f"2025年1月至{when.former}共{when.former - BEGINS}个月，÷{rule.step}取整＋1",
        )
    else:
        yield Line("延迟月数", "0个月", "2025年1月前达到原法定退休年龄的，不延迟")
    yield Line("法定退休年龄", age(when.age))
    yield Line(
        "法定退休时间", str(when.statutory), worked=f"{when.former}＋{when.delay}个月" if when.delay else ""
    )
    if when.latest > when.statutory:
        yield Line(
            "弹性退休的范围",
            f"{when.earliest}至{when.latest}",
            "自愿提前最多3年且不早于原法定退休年龄；与单位协商一致，延迟最多3年",
        )
    yield Line("计划退休时间", str(inputs.planned), worked=_choice(inputs, when))


def _choice(inputs: Inputs, when: Retirement) -> str:
    apart = inputs.planned - when.statutory
    at = f"{age(inputs.planned - inputs.born)}，"
    if apart == 0:
        return f"{at}按法定退休时间"
    if apart < 0:
        return f"{at}弹性提前{-apart}个月"
    return f"{at}延长缴费{apart}个月" if inputs.prolonged else f"{at}弹性延迟{apart}个月"


def _years(inputs: Inputs, when: Retirement, needed: int, short: int) -> Iterator[Line]:
    record, year = inputs.record, _year_that_counts(inputs, when)
    yield Line(
        "缴费年限",
        f"{length(record.months)}（{record.months}个月）",
        "实际缴费年限＋视同缴费年限",
        f"{record.actual_months}个月＋{record.deemed_months}个月",
    )
    yield Line(
        "最低缴费年限",
        f"{length(needed)}（{needed}个月）",
        f"{year}年适用；2029年及以前为15年，自2030年起每年提高6个月，2039年起为20年",
    )
    yield Line(
        "是否达到",
        f"还差{short}个月" if short else "已达到",
        worked=f"{needed}个月－{record.months}个月" if short else "",
    )


def _parts(inputs: Inputs, terms: Terms) -> list[tuple[Decimal, Line]]:
    record = inputs.record
    reached = inputs.planned - inputs.born
    wage = pension.indexed_wage(terms, record)
    basic, account = pension.basic(terms, record), pension.account(terms, record, reached)
    parts = [
        (
            basic,
            Line(
                "基础养老金",
                yuan(basic),
                "（计发基数＋计发基数×平均缴费指数）÷2×缴费年限×1%",
                f"（{terms.base:,.2f}＋{wage:,.2f}）÷2×{record.months}÷12×1%",
            ),
        ),
        (
            account,
            Line(
                "个人账户养老金",
                yuan(account),
                "个人账户储存额÷计发月数",
                f"{record.balance:,.2f}÷{pension.payout_months(terms, reached)}"
                f"（{age(reached)}，{terms.payout_rule.label}）",
            ),
        ),
    ]
    if record.deemed_months:
        extra = pension.transitional(terms, record)
        line = Line(
            "过渡性养老金",
            yuan(extra),
            "计发基数×平均缴费指数×视同缴费年限×过渡系数",
            f"{wage:,.2f}×{record.deemed_months}÷12×{terms.coefficient.normalize():f}%",
        )
        parts.append((extra, line))
    return parts


def _total(parts: list[tuple[Decimal, Line]], total: Decimal) -> Line:
    return Line("合计（每月）", yuan(total), "", "＋".join(f"{part:,.2f}" for part, _ in parts))


def _notes(inputs: Inputs, terms: Terms, when: Retirement, needed: int, short: int) -> Iterator[str]:
    yield DISCLAIMER
    if short:
        yield (
            f"按{_year_that_counts(inputs, when)}年的最低缴费年限{length(needed)}，还差{short}个月，"
            "不能按月领取；可按规定延长缴费或者一次性缴费，补足后按月领取，届时数额另行测算。"
        )
    later = inputs.planned.year > terms.year
    yield f"参数：{terms.name}。" + (f"{inputs.planned.year}年的参数公布后数额会有变化。" if later else "")
    yield "每一项四舍五入到分再相加；缴费年限按月数除以12计算。"


def _year_that_counts(inputs: Inputs, when: Retirement) -> int:
    """House rule: the year that sets the least contribution is the statutory one, or an earlier choice.

    Whoever goes on working or contributing beyond the statutory month is not asked for more by it.
    """
    return min(inputs.planned, when.statutory).year
