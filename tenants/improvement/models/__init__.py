"""The centre's register of problems, and the drafts of its precedents."""

from tenants.improvement.models.drafts import DraftState, PrecedentDraft
from tenants.improvement.models.problems import Measure, Problem, ProblemEvent, Study, Watch
from tenants.improvement.models.thresholds import Threshold

__all__ = [
    "DraftState",
    "Measure",
    "PrecedentDraft",
    "Problem",
    "ProblemEvent",
    "Study",
    "Threshold",
    "Watch",
]
