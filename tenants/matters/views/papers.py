"""The receipt that the reporter takes home (受理回执), and the name that papers for the reporter bear."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bancheng.centres.scope import current_centre
from bancheng.identity.permissions import require
from bancheng.identity.requests import actor_of
from bancheng.privacy.unmask import unmask
from bancheng.web.http import print_page
from tenants.matters import presentation, selectors
from tenants.matters.models import Matter

MASKED_CODE = "******"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def receipt(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """Opened, a preview with name and query code masked; posted, the paper itself, and audited."""
    actor = actor_of(request)
    require(actor, "matter.register")
    matter = selectors.matter_for(actor, matter_id)
    title = "受理回执" if matter.accepted_at else "登记回执"
    context = {
        "matter": matter,
        "name": name_on_paper(request, matter, title),
        "code": matter.query_code if request.method == "POST" else MASKED_CODE,
        "item": presentation.item_name(matter.item_code),
        "centre": current_centre(),
    }
    return print_page(request, "matters/papers/receipt.html", context, title=title)


def name_on_paper(request: HttpRequest, matter: Matter, title: str) -> str:
    """The reporter's name on a paper of this title: masked to look at; posted, in clear and audited.

    Raises NotAllowed for whoever may not see names in clear.
    """
    if request.method != "POST":
        return str(matter.reporter.masked_name)
    clear = unmask(actor=actor_of(request), subject=matter.reporter, fields=["name"], reason=f"打印{title}")
    return str(clear["name"])
