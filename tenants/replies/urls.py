"""The addresses of replies, of what follows them, and of the reporter's own page."""

from django.urls import path

from tenants.replies.views import after, device, letter, settings, track

urlpatterns = [
    path("replies/<uuid:reply_id>/letter/", letter.letter, name="reply_letter"),
    path("replies/texts/", settings.overview, name="reply_texts"),
    path("replies/texts/wording/", settings.wording, name="reply_text"),
    path("replies/after/", after.after, name="after"),
    path("matters/<uuid:matter_id>/rating/", device.rate_here, name="rate_here"),
    path("rated/", device.rated, name="rated"),
    path("track/", track.enter, name="track"),
    path("track/matter/", track.matter, name="track_matter"),
    path("track/matter/<slug:name>/", track.act, name="track_act"),
    path("track/leave/", track.leave, name="track_leave"),
]
