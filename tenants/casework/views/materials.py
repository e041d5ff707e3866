"""The papers of materials: what is needed, told all at once (一次性告知书), and what lacks (补正通知书)."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bancheng.catalogue.words import MaterialKind
from bancheng.errors import Conflict, NotFound
from bancheng.identity.permissions import require
from bancheng.identity.requests import actor_of
from bancheng.web.http import print_page
from tenants.casework.models import MaterialRequest, MaterialStatus
from tenants.casework.selectors import materials as selectors
from tenants.matters import presentation
from tenants.matters.selectors import matter_for
from tenants.matters.views.papers import name_on_paper


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def all_at_once(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """Opened, a preview with the name masked; posted, the paper itself, and audited."""
    actor = actor_of(request)
    require(actor, "person.unmask")
    matter = matter_for(actor, matter_id)
    materials = [m for m in selectors.stored(matter) if m.status != MaterialStatus.NOT_NEEDED]
    if not materials:
        raise Conflict("此件还没有核对材料，核对后再打印一次性告知书。", code="unchecked")
    context = {
        "matter": matter,
        "name": name_on_paper(request, matter, "一次性告知书"),
        "item": presentation.item_name(matter.item_code),
        "materials": materials,
        "completeness": selectors.completeness(materials),
    }
    return print_page(request, "casework/papers/all_at_once.html", context, title="一次性告知书")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def correction(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Opened, a preview with the name masked; posted, the notice as it was given, and audited."""
    actor = actor_of(request)
    require(actor, "person.unmask")
    asked = MaterialRequest.objects.filter(pk=request_id).first()
    if asked is None:
        raise NotFound("没有这份补正通知。")
    matter = matter_for(actor, asked.matter_id)
    context = {
        "asked": asked,
        "matter": matter,
        "name": name_on_paper(request, matter, "补正通知书"),
        "lines": [line | {"kind": MaterialKind(line["kind"]).label} for line in asked.lines],
        "paragraphs": [line.strip() for line in asked.words.splitlines() if line.strip()],
    }
    return print_page(request, "casework/papers/correction.html", context, title="补正通知书")
