"""The addresses of the papers of several hands."""

from django.urls import path

from tenants.coordination.views import supervision_paper, support_letter

urlpatterns = [
    path("support/<uuid:part_id>/letter/", support_letter, name="support_letter"),
    path("supervision/<uuid:order_id>/paper/", supervision_paper, name="supervision_paper"),
]
