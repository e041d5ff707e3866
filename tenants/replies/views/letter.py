"""The reply as a letter (答复书)."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bancheng.catalogue.words import Outcome
from bancheng.errors import NotFound
from bancheng.identity.permissions import require
from bancheng.identity.requests import actor_of
from bancheng.web.http import print_page
from tenants.matters import selectors
from tenants.matters.views.papers import name_on_paper
from tenants.replies.models import Reply


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: HttpRequest, reply_id: UUID) -> HttpResponse:
    """Opened, a preview with the name masked; posted, the letter itself, and audited."""
    actor = actor_of(request)
    require(actor, "matter.reply")
    reply = Reply.objects.filter(pk=reply_id).first()
    if reply is None:
        raise NotFound("没有这份答复。")
    matter = selectors.matter_for(actor, reply.matter_id)
    context = {
        "reply": reply,
        "matter": matter,
        "name": name_on_paper(request, matter, "答复书"),
        "outcome": Outcome(matter.outcome).label if matter.outcome else "",
        "paragraphs": [line.strip() for line in reply.text.splitlines() if line.strip()],
    }
    return print_page(request, "replies/papers/reply.html", context, title="答复书")
