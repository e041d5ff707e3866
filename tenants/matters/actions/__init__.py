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
from tenants.matters.actions.ladder import notify_city, remind
from tenants.matters.actions.limits import set_limits
from tenants.matters.actions.merging import merge
from tenants.matters.actions.restricting import restrict

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
    "merge",
    "notify_city",
    "progress",
    "record_consultation",
    "register",
    "regrade",
    "remind",
    "reopen",
    "rereckon",
    "resolve",
    "restrict",
    "reverse_decline",
    "set_limits",
    "sign",
    "triage",
    "withdraw",
]
