"""The addresses of notices."""

from django.urls import path

from tenants.notices import views

urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("notices/read/", views.read_all, name="notices_read"),
    path("notices/digest/read/", views.read_digest, name="digest_read"),
    path("notices/<uuid:notice_id>/read/", views.read, name="notice_read"),
    path("notices/<uuid:notice_id>/open/", views.follow, name="notice_open"),
]
