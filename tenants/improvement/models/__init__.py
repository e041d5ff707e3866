"""The centre's register of problems, and the drafts of its precedents."""

from tenants.improvement.models.drafts import DraftState, PrecedentDraft
from tenants.improvement.models.problems import Measure, Problem, Study, Watch

__all__ = ["DraftState", "Measure", "PrecedentDraft", "Problem", "Study", "Watch"]
