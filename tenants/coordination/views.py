"""The papers of several hands: the letter that asks for support (协办函), the supervision order (督办单)."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bancheng.centres.scope import current_centre
from bancheng.errors import NotFound
from bancheng.identity.requests import actor_of
from bancheng.web.http import print_page
from tenants.coordination import papers
from tenants.coordination.models import JointPart, SupervisionOrder
from tenants.matters import presentation, selectors


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def support_letter(request: HttpRequest, part_id: UUID) -> HttpResponse:
    """Opened, a preview with the person masked; posted, the letter itself, and audited."""
    actor = actor_of(request)
    part = JointPart.objects.filter(pk=part_id, department=None).select_related("asked_by").first()
    if part is None:
        raise NotFound("没有这份协办函。")
    matter = selectors.matter_for(actor, part.matter_id)
    person = papers.masked(matter.reporter)
    if request.method == "POST":
        person = papers.print_letter(part, matter.reporter, actor=actor)
    context = {
        "part": part,
        "matter": matter,
        "person": person,
        "item": presentation.item_name(matter.item_code),
        "centre": current_centre(),
    }
    return print_page(
        request, "coordination/papers/support.html", context, title="协办函", copies=papers.LETTER_COPIES
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def supervision_paper(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """The order, for whoever may see the matter; posted, its printing is audited. The person stays masked."""
    actor = actor_of(request)
    order = SupervisionOrder.objects.filter(pk=order_id).select_related("issued_by").first()
    if order is None:
        raise NotFound("没有这份督办单。")
    matter = selectors.matter_for(actor, order.matter_id)
    if request.method == "POST":
        papers.print_order(order, actor=actor)
    context = {
        "order": order,
        "matter": matter,
        "item": presentation.item_name(matter.item_code),
        "light": selectors.light_of(matter),
        "centre": current_centre(),
    }
    return print_page(
        request, "coordination/papers/supervision.html", context, title="督办单", copies=papers.ORDER_COPIES
    )
