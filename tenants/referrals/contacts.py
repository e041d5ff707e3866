"""When an office without a system is to be asked again: the newest entry of its contact log names the day."""

from django.db.models import OuterRef, Subquery

from bancheng.tenancy import TenantQuerySet
from bancheng.timekeeping import clock
from tenants.referrals.models import AWAITED, ContactLog, Counterpart, Direction, Referral


def to_call() -> TenantQuerySet[Referral]:
    """Letters whose day of the next contact (`next_on`) has come, while it is for the other side to move.

    A later contact takes the place of an earlier one, also where it names no day.
    """
    newest = ContactLog.objects.filter(referral=OuterRef("pk")).order_by("-at", "-id").values("next_on")[:1]
    awaited: TenantQuerySet[Referral] = Referral.objects.filter(
        direction=Direction.SENT,
        counterpart=Counterpart.LETTER,
        state__in=AWAITED,
        contacts__next_on__lte=clock.today(),
    )
    return awaited.distinct().annotate(next_on=Subquery(newest)).filter(next_on__lte=clock.today())
