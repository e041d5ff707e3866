"""What is done to problems: one function per act, all keyword-only."""

from tenants.improvement.actions.measures import end_measure, make_routine, set_measure, try_out
from tenants.improvement.actions.opening import dismiss, open_problem, propose, reopen, start
from tenants.improvement.actions.reminding import remind
from tenants.improvement.actions.studying import study
from tenants.improvement.actions.thresholds import set_threshold
from tenants.improvement.actions.watching import watch_due

__all__ = [
    "dismiss",
    "end_measure",
    "make_routine",
    "open_problem",
    "propose",
    "remind",
    "reopen",
    "set_measure",
    "set_threshold",
    "start",
    "study",
    "try_out",
    "watch_due",
]
