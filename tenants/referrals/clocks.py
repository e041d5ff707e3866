"""The clocks of a referral in one place: signing, silence, material. Days are working days (house rules)."""

from datetime import date, datetime
from typing import Final

from django.db.models import Max

from bancheng.timekeeping import clock, due
from bancheng.timekeeping.calendar import current as current_calendar
from tenants.referrals.models import Referral

SIGN_WITHIN_DAYS: Final = 1
"""From sending to signing."""
SILENT_DAYS: Final = 5
"""Without a word from the other side, after which it is chased."""
CHASES_BEFORE_ESCALATION: Final = 2
"""Chases that were not heard, after which the next silence goes to the coordinator."""
MATERIAL_WITHIN_DAYS: Final = 3
"""Proposed to whoever asks for material; he or she may set another day."""


def sign_due_on(sent_at: datetime) -> date:
    """The day by whose close the other side is to sign for it."""
    return due.due(sent_at, SIGN_WITHIN_DAYS, current_calendar()).date


def material_due_on() -> date:
    """The day that is proposed for material asked for now."""
    return due.due(clock.now(), MATERIAL_WITHIN_DAYS, current_calendar()).date


def last_heard(referral: Referral, called_at: datetime | None = None) -> datetime:
    """When the other side last moved or was last spoken with; `called_at` is the newest entry of the log."""
    moments = (referral.sent_at, referral.signed_at, referral.heard_at, called_at)
    return max((at for at in moments if at is not None), default=referral.created_at)


def last_called(referral: Referral) -> datetime | None:
    """The newest entry of the contact log; one query."""
    called: datetime | None = referral.contacts.aggregate(at=Max("at"))["at"]
    return called


def silent_until(heard: datetime, chased_at: datetime | None) -> date:
    """The day at whose close the silence since the last word or chase is long enough to chase (again)."""
    since = max(at for at in (heard, chased_at) if at is not None)
    return current_calendar().add(clock.local(since).date(), SILENT_DAYS)
