"""The addresses of the monthly bulletins, on the municipal office's host."""

from django.urls import path

from bancheng.bulletins import views

urlpatterns = [
    path("bulletins/", views.bulletins, name="bulletins"),
    path("bulletins/ask/", views.ask, name="bulletin_ask"),
    path("bulletins/<uuid:bulletin_id>/", views.bulletin, name="bulletin"),
    path("bulletins/<uuid:bulletin_id>/progress/", views.progress, name="bulletin_progress"),
    path("bulletins/<uuid:bulletin_id>/pdf/", views.bulletin_pdf, name="bulletin_pdf"),
    path("bulletins/<uuid:bulletin_id>/xlsx/", views.bulletin_xlsx, name="bulletin_xlsx"),
    path("bulletins/<uuid:bulletin_id>/<slug:name>/", views.bulletin_act, name="bulletin_act"),
]
