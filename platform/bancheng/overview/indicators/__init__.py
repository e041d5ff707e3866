"""The indicators of the overview, said alike on pages, in exports and by the API.

`Figures(scope)` are the sums that indicators are made of, `REGISTRY` the indicators by their codes.
`all_of(figures)` says them all, `some_of(figures, codes)` those of the codes given.
"""

from bancheng.overview.indicators.figures import Figures
from bancheng.overview.indicators.kinds import Indicator, Shown
from bancheng.overview.indicators.registry import GROUPS, REGISTRY, all_of, one_of, some_of

__all__ = ["GROUPS", "REGISTRY", "Figures", "Indicator", "Shown", "all_of", "one_of", "some_of"]
