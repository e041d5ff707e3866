"""The guards: whether it can be seen that recording is honest, and for whom not."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from bancheng.overview.index import months
from bancheng.overview.index.record import WINDOW, Record
from bancheng.web import words

LEAST: Final = 6
"""House rule: months of data without which no peak is known."""
LEAST_PEAK: Final = words.FEW
"""House rule: of fewer matters in the fullest three months there is no rate to speak of."""


@dataclass(frozen=True)
class Guard:
    """A condition under which the index may be shown; `lacking` says who fails it, and in which months."""

    code: str
    name: str
    holds: bool
    says: str
    lacking: Mapping[str, Sequence[date]] = field(default_factory=dict)

    @property
    def for_whom(self) -> list[tuple[str, str]]:
        """The centres that it fails for, with their months in words."""
        return [
            (label, "、".join(months.word(month) for month in missing))
            for label, missing in self.lacking.items()
        ]


def judged(month: date, record: Record) -> list[Guard]:
    """Every guard of the index of this month, those that hold too."""
    return [guard(month, record) for guard in _GUARDS]


def _enough(month: date, record: Record) -> Guard:
    first = min((each for each, (came, _) in record.by_month.items() if came), default=None)
    number = (month.year - first.year) * 12 + month.month - first.month if first and first <= month else 0
    peak = record.peak(month)
    if number < LEAST:
        says = f"首件登记后的整月数为 {number}，不足 {LEAST} 个月，没有可比的高点。"
    elif peak < LEAST_PEAK:
        says = f"登记件最多的三个月只有 {peak} 件，样本不足。"
    else:
        return Guard(
            "data", "数据足够", True, f"首件登记后已有 {number} 个整月的数据，最高三个月 {peak} 件。"
        )
    return Guard("data", "数据足够", False, says)


def _consultations(month: date, record: Record) -> Guard:
    lacking = record.lacking(record.consultations, months.until(month, WINDOW))
    says = (
        f"近三个月有 {len(lacking)} 个中心没有咨询记录，无法判断是否如实登记。"
        if lacking
        else "近三个月各中心每月都有咨询记录。"
    )
    return Guard("consultations", "咨询照常登记", not lacking, says, lacking)


def _zero_reports(month: date, record: Record) -> Guard:
    lacking = record.lacking({**record.registered, **record.reports}, months.until(month, WINDOW))
    says = (
        f"近三个月有 {len(lacking)} 个中心当月没有反映件而未报零报告。"
        if lacking
        else "近三个月没有反映件的中心都报了零报告。"
    )
    return Guard("zero_reports", "零报告齐全", not lacking, says, lacking)


def _elsewhere(month: date, record: Record) -> Guard:
    both = months.until(month, 2 * WINDOW)
    lacking = record.lacking(record.elsewhere, both)
    if lacking:
        says = f"近六个月有 {len(lacking)} 个中心的其他渠道投诉没有登记，无法比较。"
        return Guard("elsewhere", "其他渠道投诉未上升", False, says, lacking)
    before, now = (
        sum(
            record.elsewhere[unit.code, each]
            for unit in record.units
            for each in half
            if (unit.code, each) in record.elsewhere
        )
        for half in (both[:WINDOW], both[WINDOW:])
    )
    says = f"其他渠道投诉近三个月 {now} 件，前三个月 {before} 件"
    rising = now > before
    return Guard(
        "elsewhere", "其他渠道投诉未上升", not rising, f"{says}，上升。" if rising else f"{says}，未上升。"
    )


_GUARDS: Final[tuple[Callable[[date, Record], Guard], ...]] = (
    _enough,
    _consultations,
    _zero_reports,
    _elsewhere,
)
