"""The addresses of drafts of precedents, and of what is said of a precedent beside a matter."""

from django.urls import path

from tenants.improvement.drafting import views

urlpatterns = [
    path("precedent-drafts/", views.drafts, name="precedent_drafts"),
    path("precedent-drafts/<uuid:draft_id>/", views.draft, name="precedent_draft"),
    path("precedent-drafts/<uuid:draft_id>/<slug:name>/", views.act, name="precedent_draft_act"),
    path("matters/<uuid:matter_id>/precedent/", views.new, name="precedent_new"),
    path(
        "matters/<uuid:matter_id>/precedents/<uuid:precedent>/helped/", views.helped, name="precedent_helped"
    ),
]
