"""What casework keeps: materials, consents and evidence, guidance."""

from tenants.casework.models.guidance import (
    Liaison,
    LiaisonKind,
    LiaisonWay,
    PolicyExplanation,
    Reckoning,
    ReckoningParameters,
    Visit,
    VisitKind,
    Visitor,
)

__all__ = [
    "Liaison",
    "LiaisonKind",
    "LiaisonWay",
    "PolicyExplanation",
    "Reckoning",
    "ReckoningParameters",
    "Visit",
    "VisitKind",
    "Visitor",
]
