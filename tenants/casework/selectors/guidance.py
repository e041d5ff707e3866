"""What is read of guidance: contacts, policies, reckonings, visits, parameters."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef

from bancheng.errors import NotFound
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import require
from bancheng.tenancy import TenantQuerySet
from tenants.casework.models import Liaison, PolicyExplanation, Reckoning, ReckoningParameters, Visit
from tenants.matters.models import Matter
from tenants.matters.selectors import matter_for
from tenants.matters.states import OPEN


def liaisons(matter: Matter) -> Sequence[Liaison]:
    """Contacts with units for this matter, newest first; one query."""
    return list(Liaison.objects.filter(matter=matter).select_related("by"))


def liaisons_due(today: date) -> Sequence[Liaison]:
    """Agreed contacts of open matters whose day has come, unless the same unit was contacted since.

    Soonest first; one query. It reads only matters with an agreed contact whose day has come.
    """
    agreed = Liaison.objects.filter(next_on__lte=today, matter__state__in=OPEN).values("matter")
    rows = Liaison.objects.filter(matter__in=agreed).select_related("matter", "by").order_by("at", "id")
    last = {(row.matter_id, row.unit): row for row in rows}
    due = [(row.next_on, row) for row in last.values() if row.next_on and row.next_on <= today]
    return [row for _, row in sorted(due, key=lambda pair: pair[0])]


def policies(matter: Matter) -> Sequence[PolicyExplanation]:
    """Policies explained, newest first; one query."""
    return list(PolicyExplanation.objects.filter(matter=matter).select_related("by"))


def reckonings(matter: Matter) -> Sequence[Reckoning]:
    """Reckonings, newest first, each knowing whether it is signed for; two queries."""
    return list(_reckonings().filter(matter=matter))


def reckoning_for(actor: Actor, reckoning_id: UUID) -> Reckoning:
    """One reckoning of a matter that this person may see. Raises NotFound, and as `matter_for`."""
    row = _reckonings().filter(pk=reckoning_id).first()
    if row is None:
        raise NotFound("没有这份测算单。")
    row.matter = matter_for(actor, row.matter_id)
    return row


def visits(matter: Matter) -> Sequence[Visit]:
    """Visits, newest first, with who went; three queries."""
    return list(Visit.objects.filter(matter=matter).select_related("by").prefetch_related("visitors__staff"))


def parameters(actor: Actor) -> TenantQuerySet[ReckoningParameters]:
    """Every version that was entered, newest year first; `in_force`: nothing newer took its place.

    For whoever may reckon by them. Raises NotAllowed.
    """
    require(actor, "matter.reckon")
    newer = ReckoningParameters.objects.filter(
        province=OuterRef("province"), year=OuterRef("year"), version__gt=OuterRef("version")
    )
    return ReckoningParameters.objects.annotate(in_force=~Exists(newer)).select_related("entered_by")


def parameters_in_force() -> Sequence[ReckoningParameters]:
    """The newest version of each province and year, newest year first; one query."""
    rows = ReckoningParameters.objects.order_by("-year", "province", "-version")
    return list(rows.distinct("year", "province"))


def _reckonings() -> TenantQuerySet[Reckoning]:
    return Reckoning.objects.select_related("by", "parameters").prefetch_related("explanations")
