"""The addresses of casework."""

from django.urls import path

from tenants.casework.views import guidance

urlpatterns = [
    path("reckonings/<uuid:reckoning_id>/paper/", guidance.reckoning_paper, name="reckoning_paper"),
    path("settings/reckoning/", guidance.parameters, name="reckoning_parameters"),
]
