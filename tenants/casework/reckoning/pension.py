"""How much the monthly pension is.

Source: 《国务院关于完善企业职工基本养老保险制度的决定》（国发〔2005〕38号）第六条 and its annex, the table of
payout months (个人账户养老金计发月数表). The base, the coefficient of the transitional part and, where it
differs, the table are a province's own: they are parameters here, nothing of it is built in. Money is in yuan
a month; every part is rounded to the fen, half up (house rule), and the whole is the sum of the rounded
parts. Years are months ÷ 12, not rounded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from django.db import models

FEN = Decimal("0.01")
_TENTH = Decimal("0.1")
_ANNEX = """
    233 230 226 223 220 216 212 208 204 199 195 190 185 180 175 170
    164 158 152 145 139 132 125 117 109 101 93 84 75 65 56
"""
PAYOUT_MONTHS: Mapping[int, Decimal] = {
    age: Decimal(months) for age, months in enumerate(_ANNEX.split(), start=40)
}
"""国发〔2005〕38号, annex: by the completed age at retirement, 40 to 70."""
YOUNGEST, OLDEST = 40, 70


class PayoutRule(models.TextChoices):
    """What a province does with an age between two of the table, such as 60岁4个月."""

    WHOLE = "whole", "按整岁"
    MONTHLY = "monthly", "按月插值"


@dataclass(frozen=True)
class Terms:
    """A province's parameters of one year."""

    name: str
    """As the sheet names them: province, year, version."""
    year: int
    base: Decimal
    """养老金计发基数, yuan a month."""
    coefficient: Decimal
    """Of the transitional part, in percent for each deemed year."""
    payout_rule: PayoutRule = PayoutRule.WHOLE
    payout_months: Mapping[int, Decimal] = field(default_factory=dict)
    """Where the province departs from the annex; by age."""


@dataclass(frozen=True)
class Record:
    """What somebody has paid in: months actual and deemed (视同), average index, balance of the account."""

    actual_months: int
    deemed_months: int
    index: Decimal
    balance: Decimal

    @property
    def months(self) -> int:
        """All of them: deemed ones count like actual ones (国发〔2005〕38号第六条)."""
        return self.actual_months + self.deemed_months


def basic(terms: Terms, record: Record) -> Decimal:
    """基础养老金: (base + indexed wage) ÷ 2 × years × 1 %."""
    return _fen((terms.base + indexed_wage(terms, record)) / 2 * record.months / 12 / 100)


def account(terms: Terms, record: Record, age: int) -> Decimal:
    """个人账户养老金: balance ÷ months of payout at `age` (in months)."""
    return _fen(record.balance / payout_months(terms, age))


def transitional(terms: Terms, record: Record) -> Decimal:
    """过渡性养老金: indexed wage × deemed years × the province's coefficient; for those with deemed years."""
    return _fen(indexed_wage(terms, record) * record.deemed_months / 12 * terms.coefficient / 100)


def indexed_wage(terms: Terms, record: Record) -> Decimal:
    """本人指数化月平均缴费工资: base × average index. Not rounded by itself."""
    return terms.base * record.index


def payout_months(terms: Terms, age: int) -> Decimal:
    """Months of payout at an age in months: the annex, the province's own entries before it.

    Between two ages that of the completed year, or by the month in between to one decimal, as the province
    does it. Below 40 and above 70 those of 40 and of 70.
    """
    table = {**PAYOUT_MONTHS, **terms.payout_months}
    years, rest = divmod(min(max(age, YOUNGEST * 12), OLDEST * 12), 12)
    months = table[years]
    if not rest or terms.payout_rule == PayoutRule.WHOLE:
        return months
    between = months - (months - table[years + 1]) * rest / 12
    return between.quantize(_TENTH, ROUND_HALF_UP)


def _fen(yuan: Decimal) -> Decimal:
    return yuan.quantize(FEN, ROUND_HALF_UP)
