"""What several hands do to one matter: signatures, joint handling, meetings, leaders, prerequisites."""

from tenants.coordination.models.joint import JointPart
from tenants.coordination.models.leaders import (
    Instruction,
    SupervisionAnswer,
    SupervisionOrder,
    Whom,
)
from tenants.coordination.models.meetings import Decision, Meeting
from tenants.coordination.models.prerequisites import Prerequisite
from tenants.coordination.models.signoffs import Purpose, Signature, SignOff

__all__ = [
    "Decision",
    "Instruction",
    "JointPart",
    "Meeting",
    "Prerequisite",
    "Purpose",
    "SignOff",
    "Signature",
    "SupervisionAnswer",
    "SupervisionOrder",
    "Whom",
]
