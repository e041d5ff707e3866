"""How a centre stands now. Every query looks at what is open or missing, never at all that ever was."""

from django.db.models import Count, Q

from bancheng.timekeeping import clock
from bancheng.timekeeping.due import closing
from tenants.matters import selectors
from tenants.matters.models import Matter
from tenants.matters.states import OPEN, RUNNING, State
from tenants.referrals.models import UNDER_WAY, Counterpart, Direction, Referral


def gauges() -> dict[str, int]:
    """How the centre that is served stands now, by the names of `overview.models.GAUGES`. Five queries."""
    return (
        _matters()
        | _referrals()
        | {
            "no_owner": selectors.without_owner().count(),
            "no_reply": selectors.without_reply().count(),
            "city_notices": _open().filter(ladder_steps__step="notify_city").values("pk").distinct().count(),
        }
    )


def _open() -> "selectors.Matters":
    return Matter.objects.filter(state__in=OPEN)


def _matters() -> dict[str, int]:
    closes = clock.now() > closing(clock.today())
    late = Q(due_on__lte=clock.today()) if closes else Q(due_on__lt=clock.today())
    return _open().aggregate(
        open=Count("pk"),
        supervised=Count("pk", filter=Q(supervised=True)),
        taken_over=Count("pk", filter=Q(case_leader__isnull=False)),
        overdue=Count("pk", filter=late & Q(state__in=RUNNING) & ~Q(state=State.AWAITING_MATERIAL)),
    )


def _referrals() -> dict[str, int]:
    sent, letter = Q(direction=Direction.SENT), Q(counterpart=Counterpart.LETTER)
    return Referral.objects.filter(direction__in=Direction.values, state__in=UNDER_WAY).aggregate(
        referrals_to_centres=Count("pk", filter=sent & ~letter),
        referrals_by_letter=Count("pk", filter=sent & letter),
        referrals_received=Count("pk", filter=Q(direction=Direction.RECEIVED)),
    )
