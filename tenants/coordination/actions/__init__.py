"""What several hands do to a matter: one function per act, locked, atomic, told in the timeline, audited.

All of them raise NotAllowed (not this person), Conflict (not in this state, or a rule stands in the way),
NotFound (no such matter or thing in this centre) or Invalid (a field), and then have changed nothing.
"""

from tenants.coordination.actions.leaders import (
    answer_supervision,
    escalate,
    instruct,
    lift_supervision,
    supervise,
    take_over,
)
from tenants.coordination.actions.signoffs import refuse_signoff, request_signoff, sign_off

__all__ = [
    "answer_supervision",
    "escalate",
    "instruct",
    "lift_supervision",
    "refuse_signoff",
    "request_signoff",
    "sign_off",
    "supervise",
    "take_over",
]
