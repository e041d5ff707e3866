"""The parts of casework on a matter's page."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from tenants.casework.models import (
    Alternative,
    Consent,
    Evidence,
    Liaison,
    Material,
    MaterialRequest,
    PolicyExplanation,
    Reckoning,
    Visit,
)
from tenants.casework.selectors import evidence, guidance, materials
from tenants.casework.selectors.materials import Completeness
from tenants.matters.models import Matter
from tenants.matters.panels import Part, register

# --- Materials ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Overview:
    """The checklist and what was asked for; before the first check, what the item needs."""

    matter_id: UUID
    checked: bool
    materials: Sequence[Material]
    completeness: Completeness
    requests: Sequence[MaterialRequest]


def overview(matter: Matter) -> Sequence[Overview]:
    """One, or none of a matter that ended unchecked; two queries."""
    lines = materials.lines(matter)
    checked = any(not line._state.adding for line in lines)
    told = Overview(matter.pk, checked, lines, materials.completeness(lines), materials.requests(matter))
    return [told] if lines else []


register(
    Part(
        "materials",
        "materials",
        "材料清单",
        "casework/parts/materials.html",
        overview,
        counted=Material,
        acts=frozenset({"ask_material", "receive_material"}),
    )
)

# --- Consents and evidence ---------------------------------------------------------------------------

register(
    Part(
        "consents",
        "evidence",
        "同意",
        "casework/parts/consents.html",
        evidence.consents,
        counted=Consent,
        acts=frozenset({"withdraw_consent", "add_evidence"}),
    )
)
register(
    Part(
        "alternatives",
        "evidence",
        "替代方式",
        "casework/parts/alternatives.html",
        evidence.alternatives,
        counted=Alternative,
        acts=frozenset({"offer_alternative"}),
    )
)
register(
    Part(
        "evidence",
        "evidence",
        "佐证",
        "casework/parts/evidence.html",
        evidence.evidence,
        counted=Evidence,
    )
)

# --- Guidance ----------------------------------------------------------------------------------------

register(
    Part(
        "liaisons",
        "guidance",
        "对接单位",
        "casework/parts/liaison.html",
        guidance.liaisons,
        counted=Liaison,
        acts=frozenset({"log_liaison"}),
    )
)
register(
    Part(
        "reckonings",
        "guidance",
        "退休测算",
        "casework/parts/reckonings.html",
        guidance.reckonings,
        counted=Reckoning,
    )
)
register(
    Part(
        "policies",
        "guidance",
        "讲明政策",
        "casework/parts/policies.html",
        guidance.policies,
        counted=PolicyExplanation,
    )
)
register(
    Part(
        "visits",
        "guidance",
        "走访慰问",
        "casework/parts/visits.html",
        guidance.visits,
        counted=Visit,
    )
)
