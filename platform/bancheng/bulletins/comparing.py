"""A month beside the month before and the same month of the year before, in cautious words."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

from bancheng.overview.index import months
from bancheng.overview.indicators import Figures, Shown, one_of
from bancheng.overview.models import CityDay
from bancheng.overview.scope import Scope
from bancheng.web.words import FEW

SMALL: Final = 30
"""House rule: of fewer cases than these a change of a share is told with a warning; under FEW not at all."""


def scope_of(month: date) -> Scope:
    """The whole city in this month."""
    return Scope(since=month, until=months.last_day(month))


@dataclass(frozen=True)
class Sight:
    """The figures of the city in `month`, and of the two months it is compared with where there are any."""

    month: date

    @property
    def scope(self) -> Scope:
        return scope_of(self.month)

    @cached_property
    def now(self) -> Figures:
        return Figures(self.scope)

    @cached_property
    def last(self) -> Figures | None:
        """The month before; None where nothing was counted in it."""
        return _counted(months.back(self.month, 1))

    @cached_property
    def year_ago(self) -> Figures | None:
        """The same month of the year before; None where nothing was counted in it."""
        return _counted(months.back(self.month, 12))

    def count(self, name: str, *, of: str = "counts") -> tuple[int, str]:
        """A counter of the month, and in words how it compares."""
        now = _count(self.now, name)
        told = [
            amount_moved(now, _count(before, name), than)
            for before, than in self._others
            if before is not None
        ]
        return now, "，".join(told)

    def share(self, code: str) -> str:
        """An indicator in a sentence: 办结率83.23 %（139/167），比上月高1.20个百分点."""
        now = one_of(self.now, code)
        told = [
            share_moved(now, one_of(before, code), than)
            for before, than in self._others
            if before is not None
        ]
        return "，".join([named(now), *(each for each in told if each)])

    @property
    def _others(self) -> tuple[tuple[Figures | None, str], ...]:
        return (self.last, "上月"), (self.year_ago, "上年同月")


def named(shown: Shown) -> str:
    """The indicator with its value: 办结率83.23 %（139/167）, 满意率：样本不足（n=3）."""
    return f"{shown.name}{shown.text}" if shown.told else f"{shown.name}：{shown.text}"


def amount_moved(now: int, before: int, than: str) -> str:
    """比上月增加5件; of a handful said to mean nothing."""
    if now == before:
        return f"与{than}持平"
    way = "增加" if now > before else "减少"
    few = "（件数少，不说明变化）" if max(now, before) < FEW else ""
    return f"比{than}{way}{abs(now - before):,}件{few}"


def share_moved(now: Shown, before: Shown, than: str) -> str:
    """比上月高1.20个百分点; nothing where one of the two cannot be told, a warning where there are few."""
    if now.number is None or before.number is None:
        return ""
    small = min(now.whole or 0, before.whole or 0) < SMALL
    moved = now.number - before.number
    if not moved:
        return f"与{than}持平"
    said = f"比{than}{'高' if moved > 0 else '低'}{abs(moved)}个百分点"
    return f"{said}（件数少，仅供参考）" if small else said


def _counted(month: date) -> Figures | None:
    scope = scope_of(month)
    known = CityDay.objects.filter(day__gte=scope.since, day__lte=scope.until).exists()
    return Figures(scope) if known else None


def _count(figures: Figures, name: str) -> int:
    if name == "consultations":
        return figures.consultations or 0
    return figures.counts[name]
