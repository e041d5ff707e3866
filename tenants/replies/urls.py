"""The addresses of replies."""

from django.urls import path

from tenants.replies.views.letter import letter

urlpatterns = [
    path("replies/<uuid:reply_id>/letter/", letter, name="reply_letter"),
]
