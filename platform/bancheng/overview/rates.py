"""Whether something comes less often than before: the ratio of two counts, its exact interval, a verdict.

Both counts are taken to be Poisson over known lengths of time. Given their sum, the later one is binomial;
the interval is that of Clopper and Pearson, so it holds for small numbers as well (conditional exact test
of two Poisson rates, Przyborowski and Wilenski 1940).
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, fsum, inf, lgamma, log, log1p
from typing import Final

from bancheng.overview.models import Verdict

CONFIDENCE: Final = 0.95
STAYED: Final = 0.8
"""House rule: with eight tenths of what it was, or more, nothing has become less."""
ENOUGH: Final = 10
"""House rule: from so many matters before, a ratio over STAYED is said to be one and not chance."""


@dataclass(frozen=True)
class Recurrence:
    """How often something came back: `after` against `before`, over the same length of time.

    `ratio` lies between `low` and `high` with 95 % confidence. All three are None where nothing was before:
    there is nothing to compare with. `high` is infinite only there, so a database may keep all three.
    """

    before: int
    after: int
    ratio: float | None
    low: float | None
    high: float | None

    @property
    def text(self) -> str:
        """措施前12件，措施后2件，复发比0.17（0.02—0.75）; of nothing there is no ratio."""
        counts = f"措施前{self.before}件，措施后{self.after}件"
        if self.ratio is None or self.low is None or self.high is None:
            return f"{counts}，措施前没有件，无从比较"
        return f"{counts}，复发比{self.ratio:.2f}（{self.low:.2f}—{self.high:.2f}）"

    @property
    def verdict(self) -> Verdict:
        """明显减少 if the whole interval lies below 1, 没有减少 or 样本不足 by the house rules above."""
        if self.ratio is None or self.low is None or self.high is None:
            return Verdict.UNCLEAR
        if self.high < 1:
            return Verdict.WORKED
        if self.low > STAYED or (self.before >= ENOUGH and self.ratio >= STAYED):
            return Verdict.RETURNED
        return Verdict.UNCLEAR


def recurrence(before: int, after: int, *, days_before: float = 1, days_after: float = 1) -> Recurrence:
    """Compare two counts; with lengths given, the rates per day. Raises ValueError for negative ones."""
    if before < 0 or after < 0 or days_before <= 0 or days_after <= 0:
        raise ValueError("counts are not negative, and lengths of time are positive")
    if before == 0:
        return Recurrence(before, after, None, None, None)
    low, high = interval(after, before + after)
    stretch = days_before / days_after
    return Recurrence(
        before,
        after,
        ratio=after / before * stretch,
        low=_odds(low) * stretch,
        high=_odds(high) * stretch,
    )


def interval(successes: int, trials: int) -> tuple[float, float]:
    """The exact interval of a share (Clopper–Pearson). Raises ValueError unless 0 ≤ k ≤ n and n > 0."""
    if not 0 <= successes <= trials or trials == 0:
        raise ValueError("so many of so many there cannot be")
    tail = (1 - CONFIDENCE) / 2
    low = _root(lambda p: _at_most(trials - successes, trials, 1 - p) - tail) if successes else 0.0
    high = _root(lambda p: tail - _at_most(successes, trials, p)) if successes < trials else 1.0
    return low, high


def _at_most(successes: int, trials: int, share: float) -> float:
    """P(X ≤ k) of a binomial X; the terms by logarithms, so that many trials do no harm."""
    if share <= 0:
        return 1.0
    if share >= 1:
        return float(successes >= trials)
    win, lose = log(share), log1p(-share)
    whole = lgamma(trials + 1)
    return fsum(
        exp(whole - lgamma(k + 1) - lgamma(trials - k + 1) + k * win + (trials - k) * lose)
        for k in range(successes + 1)
    )


def _root(rising: Callable[[float], float]) -> float:
    """Where a rising function crosses 0 between 0 and 1, by halving, to the last bits."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if rising(middle) < 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _odds(share: float) -> float:
    return share / (1 - share) if share < 1 else inf
