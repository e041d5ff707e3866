"""Locks on referrals. Always the referral first, then its matter: one order, no circle."""

from uuid import UUID

from bancheng.errors import NotFound
from bancheng.exchange.registry import Envelope
from tenants.referrals.models import Referral


def locked_referral(referral_id: UUID) -> Referral:
    """The referral, locked until commit. Raises NotFound."""
    try:
        return Referral.objects.select_for_update(of=("self",)).get(pk=referral_id)
    except Referral.DoesNotExist:
        raise NotFound("没有这件转办。") from None


def referral_of(envelope: Envelope) -> Referral:
    """The referral that an envelope is about, locked until commit.

    Raises NotFound, and PermissionError where the sender is not its other side.
    """
    referral = locked_referral(envelope.case_id)
    if referral.unit_code != envelope.source:
        raise PermissionError(f"{envelope.source} is not the other side of this referral")
    return referral
