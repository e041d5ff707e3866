"""What indicators are put together from: the sums they take, the guards, and shorter ways to write them."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from bancheng.overview import spans
from bancheng.overview.indicators.figures import Figures
from bancheng.overview.indicators.kinds import Amount, Mean, Quantile, Share
from bancheng.overview.models import SpanKind

Number = Callable[[Figures], Any]


def count(name: str) -> Number:
    """A counter of the period."""
    return lambda figures: figures.counts[name]


def gauge(name: str) -> Number:
    """How the centres stand now."""
    return lambda figures: figures.gauges[name] if figures.gauges else 0


def _spread(kind: SpanKind) -> Number:
    return lambda figures: figures.spreads[kind] if figures.spreads else []


def crossing(name: str) -> Number:
    """Accepted matters that go beyond one department, level or region: a key of CROSS."""
    return lambda figures: figures.crossing[name]


def found(path: str) -> Number:
    """A sum of the figures, or a part of one: backlog.whole."""
    return attrgetter(path)


def _can_tell(name: str, why: str) -> Callable[[Figures], str]:
    """A guard: the sum of this name is known in the scope."""
    return lambda figures: why if getattr(figures, name) is None else ""


CONSULTATIONS = _can_tell("consultations", "咨询只按中心、事项统计，所选条件下不能计。")
SPREADS = _can_tell("spreads", "用时分布只按中心、事项统计，所选条件下不能计。")
BACKLOG = _can_tell("backlog", "积案只按中心、事项统计，所选条件下不能计。")
REFERRALS = _can_tell("referrals", "转办只按中心、事项、难度等级统计，所选条件下不能计。")
GAUGES = _can_tell("gauges", "现况只按中心统计，所选条件下不能计。")
PROBLEMS = _can_tell("recurrence", "问题只按中心、事项、根因统计，所选条件下不能计。")
COVERAGE = _can_tell("coverage", "覆盖率只对全市计算。")


# --- Shorter ways to write an indicator -------------------------------------------------------------


def amount_of(code: str, name: str, group: str, formula: str, amount: Number, **more: Any) -> Amount:
    """So many."""
    return Amount(code=code, name=name, group=group, formula=formula, amount=amount, **more)


def share_of(
    code: str, name: str, group: str, formula: str, part: Number, whole: Number, **more: Any
) -> Share:
    """So many out of so many."""
    return Share(code=code, name=name, group=group, formula=formula, part=part, whole=whole, **more)


def mean_of(code: str, name: str, group: str, unit: str, formula: str, total: Number, over: Number) -> Mean:
    """A sum over how many it was summed over."""
    return Mean(code=code, name=name, group=group, unit=unit, formula=formula, total=total, over=over)


def quantiles_of(kind: SpanKind, code: str, name: str, unit: str, what: str) -> tuple[Quantile, Quantile]:
    """Median and P90 of one sort of span."""
    given: dict[str, Any] = {"group": "time", "unit": unit, "pairs": _spread(kind), "guard": SPREADS}
    return (
        Quantile(
            code=f"{code}_median",
            name=f"{name}中位数",
            formula=f"{what}由短到长，居中的一个；居中有两个的取平均",
            at=spans.median,
            **given,
        ),
        Quantile(
            code=f"{code}_p90",
            name=f"{name}九成以内",
            formula=f"{what}由短到长，九成的件不超过的最小值（P90）",
            at=spans.percentile,
            **given,
        ),
    )
