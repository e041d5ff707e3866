"""What a window keeps: people, matters, their timelines, consultations, numbers."""

from tenants.matters.models.consultation import Consultation, ConsultationTally
from tenants.matters.models.limits import LevelLimit
from tenants.matters.models.matter import Escalation, Matter, MatterCause, PriorAttempt
from tenants.matters.models.numbering import NumberSeries
from tenants.matters.models.people import Reporter
from tenants.matters.models.timeline import Event

__all__ = [
    "Consultation",
    "ConsultationTally",
    "Escalation",
    "Event",
    "LevelLimit",
    "Matter",
    "MatterCause",
    "NumberSeries",
    "PriorAttempt",
    "Reporter",
]
