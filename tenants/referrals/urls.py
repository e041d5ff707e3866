"""The addresses of referrals."""

from django.urls import path

from tenants.referrals import letter_views, views
from tenants.referrals.letters import Kind

_REMINDER = {"kind": Kind.REMINDER}

urlpatterns = [
    path("referrals/", views.referrals, name="referrals"),
    path("referrals/new/", views.new, name="referral_new"),
    path("referrals/new/preview/", views.draft_preview, name="referral_preview"),
    path("referrals/<uuid:referral_id>/", views.referral, name="referral"),
    path("referrals/<uuid:referral_id>/act/<str:name>/", views.act, name="referral_act"),
    path("referrals/<uuid:referral_id>/files/<uuid:file_id>/", views.carried_file, name="referral_file"),
    path("referrals/<uuid:referral_id>/letter/", letter_views.page, name="referral_letter"),
    path("referrals/<uuid:referral_id>/letter.pdf", letter_views.as_pdf, name="referral_letter_pdf"),
    path("referrals/<uuid:referral_id>/reminder/", letter_views.page, _REMINDER, name="referral_reminder"),
    path(
        "referrals/<uuid:referral_id>/reminder.pdf",
        letter_views.as_pdf,
        _REMINDER,
        name="referral_reminder_pdf",
    ),
]
