"""无事可办指数: its formula with its weights, and its history month by month.

100 × [0.35 (1 − inflow of three months ÷ peak) + 0.25 problems made routine ÷ identified
+ 0.20 (1 − recurrence) + 0.20 (1 − repeats)]. Fewer matters count, never more; and they count only while it
can be seen that recording is honest (`guards`). History is told by what is known today: a problem that was
opened again is no longer one that was made routine.
"""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

from bancheng.overview.index import guards, months
from bancheng.overview.index.guards import Guard
from bancheng.overview.index.record import Record
from bancheng.overview.models import ProblemCard, ProblemState

NOT_SHOWN: Final = "不可评"

WEIGHTS: Final = {
    "inflow": Fraction(35, 100),
    "routine": Fraction(25, 100),
    "recurrence": Fraction(20, 100),
    "repeats": Fraction(20, 100),
}
FORMULA: Final = (
    "100 × [0.35 ×（1 − 近三个月登记件 ÷ 历史最高的连续三个月登记件）+ 0.25 × 已转常态的问题 ÷ 已立项的问题"
    " + 0.20 ×（1 − 复发率）+ 0.20 ×（1 − 重复率）]"
)


@dataclass(frozen=True)
class Term:
    """One part of the sum. `share` is its part ÷ whole as the formula takes it, between 0 and 1."""

    code: str
    name: str
    part: int
    whole: int
    share: Fraction
    falling: bool
    """Whether it is the better the smaller: the formula takes 1 − share."""
    meaning: str

    @property
    def weight(self) -> Fraction:
        return WEIGHTS[self.code]

    @property
    def points(self) -> Decimal:
        """What it adds to the index, of 100 × weight."""
        taken = 1 - self.share if self.falling else self.share
        return _decimal(100 * self.weight * taken, "0.1")

    @property
    def most(self) -> int:
        """What it could add."""
        return int(100 * self.weight)

    @property
    def text(self) -> str:
        """With its numbers put in: 0.35 ×（1 − 12/40）."""
        weight, numbers = f"{float(self.weight):.2f}", f"{self.part}/{self.whole}"
        return f"{weight} ×（1 − {numbers}）" if self.falling else f"{weight} × {numbers}"


@dataclass(frozen=True)
class Index:
    """The index of a month: `value` is None while a guard fails."""

    month: date
    centre: str
    terms: list[Term]
    guards: list[Guard]

    @property
    def label(self) -> str:
        return months.word(self.month)

    @property
    def failing(self) -> list[Guard]:
        return [guard for guard in self.guards if not guard.holds]

    @property
    def value(self) -> Decimal | None:
        """Between 0 and 100, with one decimal."""
        if self.failing:
            return None
        whole = sum(
            (term.weight * (1 - term.share if term.falling else term.share) for term in self.terms),
            Fraction(0),
        )
        return _decimal(100 * whole, "0.1")

    @property
    def text(self) -> str:
        return NOT_SHOWN if self.value is None else str(self.value)

    @property
    def why(self) -> str:
        """Why it is not shown, in one line; "" where it is."""
        return "".join(guard.says for guard in self.failing)

    @property
    def formula(self) -> str:
        """The formula with its numbers put in."""
        return f"100 × [{' + '.join(term.text for term in self.terms)}]"


def of(month: date, centre: str = "") -> Index:
    """The index of one month that is over, of a centre or of the city. At most eight queries."""
    return _index(month, Record(month, month, centre), _problems(centre))


def latest(centre: str = "") -> Index:
    """The index of the newest month that is over."""
    return of(months.last_over(), centre)


def history(centre: str = "", number: int = months.SHOWN) -> list[Index]:
    """Month by month up to the newest that is over, the oldest first; no more queries than for one."""
    until = months.last_over()
    record, problems = Record(months.back(until, number - 1), until, centre), _problems(centre)
    return [_index(month, record, problems) for month in months.until(until, number)]


# --- The sum -----------------------------------------------------------------------------------------


def _problems(centre: str) -> list[ProblemCard]:
    found = ProblemCard.objects.filter(opened_on__isnull=False).exclude(state=ProblemState.DISMISSED)
    return list(found.filter(centre=centre) if centre else found)


def _index(month: date, record: Record, problems: list[ProblemCard]) -> Index:
    inflow, repeats = _of_matters(month, record)
    routine, recurrence = _of_problems(month, problems)
    return Index(month, record.centre, [inflow, routine, recurrence, repeats], guards.judged(month, record))


def _of_matters(month: date, record: Record) -> tuple[Term, Term]:
    came, again = record.came(month)
    peak = record.peak(month)
    inflow = Term(
        "inflow",
        "来件",
        came,
        peak,
        _share(came, peak, nothing=1),
        falling=True,
        meaning="近三个月登记件 ÷ 至当月为止登记件最多的连续三个月",
    )
    repeats = Term(
        "repeats",
        "重复",
        again,
        came,
        _share(again, came, nothing=0),
        falling=True,
        meaning="近三个月登记件中同一人同一事项九十日内再次反映的 ÷ 近三个月登记件；没有登记件的视为没有重复",
    )
    return inflow, repeats


def _of_problems(month: date, problems: list[ProblemCard]) -> tuple[Term, Term]:
    end = months.last_day(month)
    opened = [card for card in problems if card.opened_on and card.opened_on <= end]
    number = sum(card.routine_on is not None and card.routine_on <= end for card in opened)
    watched = [card for card in opened if card.verdict_on and card.verdict_on <= end]
    before, after = (sum(getattr(card, name) or 0 for card in watched) for name in ("before", "after"))
    routine = Term(
        "routine",
        "转常态",
        number,
        len(opened),
        _share(number, len(opened), nothing=0),
        falling=False,
        meaning="至当月末已转常态的问题 ÷ 已立项的问题；没有立项的，此项不得分",
    )
    recurrence = Term(
        "recurrence",
        "复发",
        after,
        before,
        _share(after, before, nothing=1),
        falling=True,
        meaning="至当月末评估过的问题，措施后 ÷ 措施前同样日数内的件数，最高按 1 计；没有评估过的不得分",
    )
    return routine, recurrence


def _share(part: int, whole: int, *, nothing: int) -> Fraction:
    return min(Fraction(part, whole), Fraction(1)) if whole else Fraction(nothing)


def _decimal(number: Fraction, places: str) -> Decimal:
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return exact.quantize(Decimal(places), ROUND_HALF_UP)
