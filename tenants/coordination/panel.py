"""The signatures of a matter, as its page shows them."""

from collections.abc import Sequence

from bancheng.identity.roles import Role
from tenants.coordination import selectors
from tenants.coordination.models import SignOff
from tenants.matters.models import Matter
from tenants.matters.panels import Part, register


class SignOffRow:
    """A request with its signatures and those that are still waited for."""

    def __init__(self, request: SignOff) -> None:
        self.request = request
        self.signatures = [(Role(s.role).label, s) for s in request.signatures.all()]
        waiting = selectors.missing(request) if request.ended_at is None else []
        self.waiting = [role.label for role in waiting]


def sign_offs(matter: Matter) -> Sequence[SignOffRow]:
    """Newest first; three queries, however many there are."""
    return [SignOffRow(request) for request in selectors.of_matter(matter)]


register(
    Part(
        "sign_offs",
        "coordination",
        "签批",
        "coordination/parts/sign_offs.html",
        sign_offs,
        counted=SignOff,
        acts=frozenset({"sign_off", "refuse_signoff"}),
        obstacle=selectors.why_not_to_sign,
    )
)
