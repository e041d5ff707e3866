"""What an indicator is, and the one way in which each sort of indicator is said.

An indicator knows its name, its formula in plain Chinese and how it is made of `Figures`. What it says is a
`Shown`: a value that can be told, "—" of nothing, 样本不足 of fewer than FEW, or the reason why not.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from bancheng.overview import spans
from bancheng.overview.indicators.figures import Figures
from bancheng.web import words

NOT_TOLD: Final = "不能计"
"""Said where a guard holds: the conditions chosen ask for what is not known."""

_Number = Callable[[Figures], Any]
_Guard = Callable[[Figures], str]


@dataclass(frozen=True)
class Shown:
    """One indicator as it is said everywhere.

    `value` is what stands in a table, `of` what it was made of: numerator/denominator, or n=…; "" of a plain
    count. `number` is the value itself (percent of a share), None where it is not told; `part` and `whole`
    are numerator and denominator, of a quantile only n as `whole`. `why` says why nothing is told, else "".
    """

    code: str
    name: str
    group: str
    unit: str
    formula: str
    value: str
    of: str = ""
    number: Decimal | None = None
    part: int | None = None
    whole: int | None = None
    why: str = ""

    @property
    def told(self) -> bool:
        """Whether there is a value to compare with others."""
        return self.number is not None

    @property
    def text(self) -> str:
        """Value with n/N, as in a sentence: 83.23 %（139/167）, 样本不足（n=3）, —."""
        if self.value == words.TOO_FEW:
            return f"{self.value}（n={self.whole}）"
        return f"{self.value}（{self.of}）" if self.told and self.of else self.value


def _nowhere(_: Figures) -> str:
    return ""


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """What all sorts have. `guard` gives a sentence where the figure cannot be told in the scope, else ""."""

    code: str
    name: str
    group: str
    formula: str
    unit: str
    guard: _Guard = _nowhere

    def show(self, figures: Figures) -> Shown:
        """What it says of the figures."""
        if why := self.guard(figures):
            return self._shown(NOT_TOLD, why=why)
        return self._told(figures)

    def _told(self, figures: Figures) -> Shown:
        raise NotImplementedError

    def _shown(self, value: str, **more: Any) -> Shown:
        return Shown(self.code, self.name, self.group, self.unit, self.formula, value, **more)

    def _measured(self, number: Decimal, **more: Any) -> Shown:
        return self._shown(f"{number:,} {self.unit}", number=number, **more)


@dataclass(frozen=True, kw_only=True)
class Amount(Indicator):
    """So many of something."""

    amount: _Number
    unit: str = "件"

    def _told(self, figures: Figures) -> Shown:
        return self._measured(Decimal(self.amount(figures)))


@dataclass(frozen=True, kw_only=True)
class Share(Indicator):
    """So many out of so many, in percent with two decimals."""

    part: _Number
    whole: _Number
    unit: str = "%"

    def _told(self, figures: Figures) -> Shown:
        part, whole = self.part(figures), self.whole(figures)
        number = words.percent(part, whole) if whole >= words.FEW else None
        of = f"{part}/{whole}"
        return self._shown(words.rate(part, whole), of=of, number=number, part=part, whole=whole)


@dataclass(frozen=True, kw_only=True)
class Mean(Indicator):
    """A sum over how many it was summed over, with one decimal; the sum is the numerator."""

    total: _Number
    over: _Number

    def _told(self, figures: Figures) -> Shown:
        total, over = self.total(figures), self.over(figures)
        more = {"of": f"{total}/{over}", "part": total, "whole": over}
        if over < words.FEW:
            return self._shown(words.TOO_FEW if over else words.NOTHING, **more)
        return self._measured(_one_decimal(Decimal(total) / over), **more)


@dataclass(frozen=True, kw_only=True)
class Quantile(Indicator):
    """A value out of the spread of single matters: `at` of its pairs, None where there are none."""

    pairs: _Number
    at: Callable[[Any], float | None]

    def _told(self, figures: Figures) -> Shown:
        pairs = self.pairs(figures)
        n, value = spans.total(pairs), self.at(pairs)
        if value is None:
            return self._shown(words.NOTHING, of="n=0", whole=0)
        if n < words.FEW:
            return self._shown(words.TOO_FEW, of=f"n={n}", whole=n)
        return self._measured(_one_decimal(Decimal(str(value))), of=f"n={n}", whole=n)


@dataclass(frozen=True, kw_only=True)
class Ratio(Indicator):
    """One mean over another, as so many times; each mean is a sum and how many it was summed over.

    The numerators and denominators stand in `of`; n is the smaller of the two.
    """

    upper: Callable[[Figures], tuple[int, int]]
    lower: Callable[[Figures], tuple[int, int]]
    unit: str = "倍"

    def _told(self, figures: Figures) -> Shown:
        (above, n), (below, m) = self.upper(figures), self.lower(figures)
        more = {"of": f"{above}/{n} ÷ {below}/{m}", "whole": min(n, m)}
        if not (n and m and below):
            return self._shown(words.NOTHING, **more)
        if min(n, m) < words.FEW:
            return self._shown(words.TOO_FEW, **more)
        return self._measured(_one_decimal(Decimal(above) * m / (Decimal(n) * below)), **more)


def _one_decimal(number: Decimal) -> Decimal:
    rounded = number.quantize(Decimal("0.1"), ROUND_HALF_UP)
    return rounded.to_integral_value() if rounded == rounded.to_integral_value() else rounded
