"""The parts of casework on a matter's page."""

from tenants.casework.models import Liaison, PolicyExplanation, Reckoning, Visit
from tenants.casework.selectors import guidance
from tenants.matters.panels import Part, register

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
