"""The addresses of the workbook, the search and the audit trail; the workbench is the front page."""

from django.urls import path

from tenants.workbook import views, zero_views

urlpatterns = [
    path("workbook/", views.workbook, name="workbook"),
    path("search/", views.search, name="search"),
    path("audit/", views.audit, name="audit"),
    path("audit/verify/", views.verify, name="audit_verify"),
    path("zero-reports/", zero_views.zero_reports, name="zero_reports"),
]
