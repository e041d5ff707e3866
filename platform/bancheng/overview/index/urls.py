"""The addresses of the index, of zero reports and of complaints elsewhere, on the municipal office's host."""

from django.urls import path

from bancheng.overview.index import views

urlpatterns = [
    path("index/", views.index, name="index"),
    path("zero-reports/", views.zero_reports, name="zero_reports"),
    path("elsewhere/", views.complaints, name="elsewhere"),
]
