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
from tenants.casework.models.materials import (
    FROM_OUTSIDE,
    IN_HAND,
    Material,
    MaterialRequest,
    MaterialStatus,
)

__all__ = [
    "FROM_OUTSIDE",
    "IN_HAND",
    "Liaison",
    "LiaisonKind",
    "LiaisonWay",
    "Material",
    "MaterialRequest",
    "MaterialStatus",
    "PolicyExplanation",
    "Reckoning",
    "ReckoningParameters",
    "Visit",
    "VisitKind",
    "Visitor",
]
