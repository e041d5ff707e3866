"""What several hands do to a matter: one function per act, locked, atomic, told in the timeline, audited.

All of them raise NotAllowed (not this person), Conflict (not in this state, or a rule stands in the way),
NotFound (no such matter or thing in this centre) or Invalid (a field), and then have changed nothing.
"""

from tenants.coordination.actions.assigning import assign, reassign, return_to_window
from tenants.coordination.actions.joint import (
    answer_support,
    ask_support,
    record_outside_answer,
    sign_support,
)
from tenants.coordination.actions.leaders import (
    answer_supervision,
    escalate,
    instruct,
    lift_supervision,
    supervise,
    take_over,
)
from tenants.coordination.actions.meetings import (
    Decided,
    call_meeting,
    carry_out_decision,
    record_minutes,
)
from tenants.coordination.actions.prerequisites import record_prerequisite, settle_prerequisite
from tenants.coordination.actions.signoffs import refuse_signoff, request_signoff, sign_off

__all__ = [
    "Decided",
    "answer_supervision",
    "answer_support",
    "ask_support",
    "assign",
    "call_meeting",
    "carry_out_decision",
    "escalate",
    "instruct",
    "lift_supervision",
    "reassign",
    "record_minutes",
    "record_outside_answer",
    "record_prerequisite",
    "refuse_signoff",
    "request_signoff",
    "return_to_window",
    "settle_prerequisite",
    "sign_off",
    "sign_support",
    "supervise",
    "take_over",
]
