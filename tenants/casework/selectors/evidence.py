"""What is read of consents, of what was offered before a photo, and of evidence."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from bancheng.errors import NotFound
from bancheng.identity.models import Staff
from bancheng.tenancy import TenantQuerySet
from tenants.casework.models import BEFORE_A_PHOTO, Alternative, Consent, Evidence, Purpose, Way
from tenants.matters.models import Matter


def consents(matter: Matter) -> Sequence[Consent]:
    """Consents of the matter, newest first, with their withdrawal if there is one."""
    return list(Consent.objects.filter(matter=matter).select_related("by", "second", "withdrawal__by"))


def covering(matter: Matter, purpose: Purpose, on: date) -> Consent | None:
    """The newest consent for the purpose that is not withdrawn and within its dates on that day."""
    return (
        Consent.objects.filter(
            matter=matter, purpose=purpose, withdrawal=None, valid_from__lte=on, valid_until__gte=on
        )
        .order_by("-at")
        .first()
    )


def standing_consents(matter: Matter) -> TenantQuerySet[Consent]:
    """Those that could be withdrawn, newest first."""
    return Consent.objects.filter(matter=matter, withdrawal=None)


def alternatives(matter: Matter) -> Sequence[Alternative]:
    """What was offered, newest first."""
    return list(Alternative.objects.filter(matter=matter).select_related("by"))


def not_offered(matter: Matter) -> list[Way]:
    """The ways that have to be offered and answered before a photo, and were not."""
    offered = set(Alternative.objects.filter(matter=matter).values_list("way", flat=True))
    return [way for way in BEFORE_A_PHOTO if way not in offered]


def evidence(matter: Matter) -> Sequence[Evidence]:
    """The files of the matter, newest first, without their content."""
    return list(Evidence.objects.filter(matter=matter).select_related("by"))


def evidence_of(matter: Matter, evidence_id: UUID) -> Evidence:
    """One file of this matter, without its content. Raises NotFound."""
    found = Evidence.objects.filter(matter=matter, pk=evidence_id).first()
    if found is None:
        raise NotFound("没有这份佐证。")
    return found


def to_destroy(today: date) -> Sequence[UUID]:
    """The matters with evidence whose day has come and whose content is still there."""
    due = Evidence.objects.filter(destroy_on__lte=today, destroyed_at=None)
    return list(due.order_by("matter_id").values_list("matter_id", flat=True).distinct())


def colleagues(actor_id: UUID | None) -> TenantQuerySet[Staff]:
    """Who else works here, for what takes two people."""
    people: TenantQuerySet[Staff] = Staff.objects.filter(is_active=True).order_by("name")
    return people.exclude(pk=actor_id) if actor_id else people
