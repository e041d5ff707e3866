"""The addresses of referrals."""

from django.urls import path

from tenants.referrals import views

urlpatterns = [
    path("referrals/", views.referrals, name="referrals"),
    path("referrals/new/", views.new, name="referral_new"),
    path("referrals/<uuid:referral_id>/", views.referral, name="referral"),
    path("referrals/<uuid:referral_id>/act/<str:name>/", views.act, name="referral_act"),
    path("referrals/<uuid:referral_id>/letter/", views.letter, name="referral_letter"),
]
