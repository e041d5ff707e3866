"""A file of a matter as its own page, and the consent as a paper to sign (同意书)."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from bancheng.identity.permissions import require
from bancheng.identity.requests import actor_of
from bancheng.web.http import print_page
from tenants.casework import viewing
from tenants.casework.files import PDF
from tenants.casework.models import Giver, Purpose
from tenants.matters import presentation
from tenants.matters.selectors import matter_for

ISOLATED = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'"
"""Whatever the file is, it runs nothing and reaches nothing. Browsers refuse to draw a PDF in a sandbox, so
that is handed over to be saved."""


@never_cache
@require_GET
def evidence(request: HttpRequest, matter_id: UUID, evidence_id: UUID) -> HttpResponse:
    """The file itself, watermarked; each time it is opened is audited."""
    return shown(viewing.view(actor=actor_of(request), matter_id=matter_id, evidence_id=evidence_id))


def shown(viewed: viewing.Viewed) -> HttpResponse:
    """The answer with a file in it, for page and API."""
    way = "attachment" if viewed.media_type == PDF else "inline"
    return HttpResponse(
        viewed.content,
        content_type=viewed.media_type,
        headers={
            "Content-Disposition": f'{way}; filename="{viewed.name}"',
            "Content-Security-Policy": ISOLATED,
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )


@require_safe
def consent_paper(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """The paper to be signed, filled in as far as the case is known; names are written by hand."""
    actor = actor_of(request)
    require(actor, "matter.record_consent")
    matter = matter_for(actor, matter_id)
    context = {
        "matter": matter,
        "item": presentation.item_name(matter.item_code),
        "purposes": Purpose.labels,
        "givers": Giver.labels,
    }
    return print_page(request, "casework/papers/consent.html", context, title="同意书")
