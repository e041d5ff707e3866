"""The signatures of a matter, as its page shows them."""

from collections.abc import Sequence

from bancheng.identity.roles import Role
from tenants.coordination.actions import SIGNERS
from tenants.coordination.models import SignOff
from tenants.matters.models import Matter
from tenants.matters.panels import Panel, register


class SignOffRow:
    """A request with its signatures and those that are still waited for."""

    def __init__(self, request: SignOff) -> None:
        self.request = request
        self.signatures = [(Role(s.role).label, s) for s in request.signatures.all()]
        given = {s.role for s in request.signatures.all()}
        wanted = SIGNERS[request.purpose] if request.ended_at is None else ()
        self.waiting = [role.label for role in wanted if role not in given]


def sign_offs(matter: Matter) -> Sequence[SignOffRow]:
    """Newest first; three queries, however many there are."""
    requests = SignOff.objects.filter(matter=matter).select_related("asked_by")
    return [SignOffRow(request) for request in requests.prefetch_related("signatures__signer")]


register(
    Panel(
        "coordination",
        "签批",
        "coordination/panel.html",
        sign_offs,
        acts=frozenset({"sign_off", "refuse_signoff"}),
    )
)
