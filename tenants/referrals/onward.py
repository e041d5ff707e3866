"""Chains (county → city → province): home hears where its case has gone on to, and that it came back."""

from datetime import datetime

from bancheng.centres.scope import current_centre
from tenants.matters.models import Matter
from tenants.referrals import board, envelopes
from tenants.referrals.models import Direction, Referral, State

AT_WORK = (State.SIGNED, State.ASKED)
"""The states in which a referral that came in is being handled here."""


def tell(matter: Matter, unit: str, since: datetime) -> None:
    """Our matter, if it came by referral, has gone on to `unit`, or is with us again (""): home is told.

    Call it with the referrals of the chain locked (`locks`) and the matter written down.
    """
    if matter.origin_referral is None:
        return
    came = Referral.objects.filter(pk=matter.origin_referral, direction=Direction.RECEIVED).first()
    if came is None or came.state not in AT_WORK or came.onward_unit == unit:
        return
    came.onward_unit, came.onward_since = unit, since if unit else None
    came.save(update_fields=["onward_unit", "onward_since"])
    board.show(came)
    envelopes.post_onward(came, unit=unit, since=since, source=current_centre().code)
