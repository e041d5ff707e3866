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


def liaisons(matter: Matter) -> TenantQuerySet[Liaison]:
    """Contacts with units for this matter, newest first."""
    return Liaison.objects.filter(matter=matter).select_related("by")


def liaisons_due(today: date) -> TenantQuerySet[Liaison]:
    """Agreed contacts of open matters whose day has come, and after which nobody wrote one down."""
    later = Liaison.objects.filter(matter=OuterRef("matter"), at__gt=OuterRef("at"))
    return (
        Liaison.objects.filter(~Exists(later), next_on__lte=today, matter__state__in=OPEN)
        .select_related("matter", "by")
        .order_by("next_on")
    )


def policies(matter: Matter) -> TenantQuerySet[PolicyExplanation]:
    """Policies explained, newest first."""
    return PolicyExplanation.objects.filter(matter=matter).select_related("by")


def reckonings(matter: Matter) -> TenantQuerySet[Reckoning]:
    """Reckonings, newest first; `signed`: explained, and signed for."""
    return _with_signature().filter(matter=matter)


def visits(matter: Matter) -> TenantQuerySet[Visit]:
    """Visits, newest first, with who went."""
    return Visit.objects.filter(matter=matter).select_related("by").prefetch_related("visitors__staff")


def parameters(actor: Actor) -> TenantQuerySet[ReckoningParameters]:
    """Every version that was entered, newest year first; `in_force`: nothing newer took its place.

    For whoever may reckon by them. Raises NotAllowed.
    """
    require(actor, "matter.reckon")
    return _with_standing().select_related("entered_by")


def parameters_in_force() -> Sequence[ReckoningParameters]:
    """The newest version of each province and year, newest year first."""
    return list(_with_standing().filter(in_force=True))


def reckoning_for(actor: Actor, reckoning_id: UUID) -> Reckoning:
    """One reckoning of a matter that this person may see. Raises NotFound, and as `matter_for`."""
    row = _with_signature().filter(pk=reckoning_id).first()
    if row is None:
        raise NotFound("没有这份测算单。")
    row.matter = matter_for(actor, row.matter_id)
    return row


# --- Helpers -----------------------------------------------------------------------------------------


def _with_signature() -> TenantQuerySet[Reckoning]:
    """All reckonings with `signed`, which stands in what was explained later."""
    explained = PolicyExplanation.objects.filter(reckoning=OuterRef("pk"), signed=True)
    return Reckoning.objects.annotate(signed=Exists(explained)).select_related("by", "parameters")


def _with_standing() -> TenantQuerySet[ReckoningParameters]:
    newer = ReckoningParameters.objects.filter(
        province=OuterRef("province"), year=OuterRef("year"), version__gt=OuterRef("version")
    )
    return ReckoningParameters.objects.annotate(in_force=~Exists(newer))
