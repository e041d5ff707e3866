"""What people do to matters: one function per act, locked, atomic, written to the timeline, audited.

All of them raise NotAllowed (not this person), Conflict (not in this state, or a rule stands in the way),
NotFound (no such matter in this centre) or Invalid (a field), and then have changed nothing.
"""

from tenants.matters.actions.clock import extend, extend_again, regrade, rereckon
from tenants.matters.actions.consulting import count_consultations, record_consultation
from tenants.matters.actions.ending import close, reopen, withdraw
from tenants.matters.actions.flow import (
    accept,
    contact,
    decline,
    progress,
    resolve,
    reverse_decline,
    sign,
    triage,
)
from tenants.matters.actions.intake import Attempt, ReporterDetails, Story, amend, register

__all__ = [
    "Attempt",
    "ReporterDetails",
    "Story",
    "accept",
    "amend",
    "close",
    "contact",
    "count_consultations",
    "decline",
    "extend",
    "extend_again",
    "progress",
    "record_consultation",
    "register",
    "regrade",
    "reopen",
    "rereckon",
    "resolve",
    "reverse_decline",
    "sign",
    "triage",
    "withdraw",
]
