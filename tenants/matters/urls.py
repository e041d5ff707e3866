"""The addresses of the counter and of a matter."""

from django.urls import path

from tenants.matters.views import consultations, intake, limits, matter, papers, persons

urlpatterns = [
    path("intake/", intake.intake, name="intake"),
    path("intake/help/", intake.intake_help, name="intake_help"),
    path("matters/<uuid:matter_id>/", matter.matter, name="matter"),
    path("matters/<uuid:matter_id>/tab/<str:tab>/", matter.tab, name="matter_tab"),
    path("matters/<uuid:matter_id>/act/<str:name>/", matter.act, name="act"),
    path("matters/<uuid:matter_id>/unmask/", persons.unmask, name="unmask"),
    path("matters/<uuid:matter_id>/receipt/", papers.receipt, name="receipt"),
    path("settings/limits/", limits.limits, name="limits"),
    path("consultations/", consultations.consultations, name="consultations"),
    path("consultations/new/", consultations.record, name="consultation_new"),
    path("consultations/count/", consultations.count, name="consultation_count"),
    path("consultations/<uuid:consultation_id>/", consultations.consultation, name="consultation"),
]
