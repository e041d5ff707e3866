"""Locks on referrals. One order, no circle: the referral that the matter came by, the one it went on by, then
the matter itself.
"""

from collections.abc import Sequence
from uuid import UUID

from bancheng.errors import NotFound
from bancheng.exchange.registry import Envelope, locks_cases
from tenants.matters.models import Matter
from tenants.referrals.models import Direction, Referral


def locked_referral(referral_id: UUID) -> Referral:
    """The referral, locked until commit; before it, in a chain, the one that its matter came by.

    What happens to the one may have to be told along the other. Raises NotFound.
    """
    locks = Referral.objects.select_for_update(of=("self",))
    sent = Referral.objects.filter(pk=referral_id, direction=Direction.SENT)
    origin = sent.values_list("matter__origin_referral", flat=True).first()
    if origin is not None:
        locks.filter(pk=origin).first()
    try:
        return locks.get(pk=referral_id)
    except Referral.DoesNotExist:
        raise NotFound("没有这件转办。") from None


@locks_cases
def lock_those_of(envelopes: Sequence[Envelope]) -> None:
    """The referrals of a batch and those that their matters came by, then the matters, each by age."""
    kinds = {envelope.kind for envelope in envelopes if envelope.kind.startswith("referral.")}
    if not kinds - {"referral.sent"}:
        return  # nothing of these cases is here yet
    cases = {envelope.case_id for envelope in envelopes}
    origins = Referral.objects.filter(pk__in=cases, direction=Direction.SENT)
    cases.update(filter(None, origins.values_list("matter__origin_referral", flat=True)))
    rows = Referral.objects.select_for_update(of=("self",)).filter(pk__in=cases).order_by("pk")
    matters = set(filter(None, rows.values_list("matter_id", flat=True)))
    list(Matter.objects.select_for_update().filter(pk__in=matters).order_by("pk").values_list("pk"))


def lock_all_of(matter_id: UUID) -> None:
    """All referrals of a matter, locked until commit: for whoever locks the matter next, then acts on one."""
    rows = Referral.objects.select_for_update(of=("self",)).filter(matter=matter_id)
    list(rows.order_by("direction", "pk").values_list("pk", flat=True))  # "received" comes before "sent"


def referral_of(envelope: Envelope) -> Referral:
    """The referral that an envelope is about, locked until commit.

    Raises NotFound, and PermissionError where the sender is not its other side.
    """
    referral = locked_referral(envelope.case_id)
    if referral.unit_code != envelope.source:
        raise PermissionError(f"{envelope.source} is not the other side of this referral")
    return referral
