"""Locks on referrals. Always the referral first, then its matter: one order, no circle."""

from uuid import UUID

from bancheng.errors import NotFound
from tenants.referrals.models import Referral


def locked_referral(referral_id: UUID) -> Referral:
    """The referral, locked until commit. Raises NotFound."""
    try:
        return Referral.objects.select_for_update(of=("self",)).get(pk=referral_id)
    except Referral.DoesNotExist:
        raise NotFound("没有这件转办。") from None
