"""The addresses of casework."""

from django.urls import path

from tenants.casework.views import evidence, guidance, materials

urlpatterns = [
    path(
        "matters/<uuid:matter_id>/evidence/<uuid:evidence_id>/",
        evidence.evidence,
        name="evidence",
    ),
    path("matters/<uuid:matter_id>/consent/paper/", evidence.consent_paper, name="consent_paper"),
    path("matters/<uuid:matter_id>/materials/notice/", materials.all_at_once, name="materials_notice"),
    path("material-requests/<uuid:request_id>/notice/", materials.correction, name="material_request_notice"),
    path("reckonings/<uuid:reckoning_id>/paper/", guidance.reckoning_paper, name="reckoning_paper"),
    path("settings/reckoning/", guidance.parameters, name="reckoning_parameters"),
]
