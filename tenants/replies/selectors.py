"""What is read of what follows a reply: open rectifications, slow cases, messages that failed."""

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import TruncDate

from bancheng.identity.actors import Actor
from bancheng.tenancy import TenantQuerySet
from bancheng.timekeeping import clock
from tenants.matters import selectors as matters
from tenants.matters.models import Matter
from tenants.matters.states import State
from tenants.replies.models import Rectification, Retrospective, Sms, SmsState

SLOW_MONTHS_BEFORE = 6
SLOW_TRIPS_BEFORE = 5
"""From so many months or trips before it came to us on, a case should have been quicker (house rule)."""


def overdue_rectifications() -> TenantQuerySet[Rectification]:
    """Open, and their day has passed; oldest first, whoever asks."""
    return _open_rectifications().filter(due_on__lt=clock.today())


def rectifications(actor: Actor) -> TenantQuerySet[Rectification]:
    """The open ones of matters that this person may see, soonest due first."""
    return _open_rectifications().filter(matter__in=matters.visible_to(actor).values("pk"))


def retrospects_due(actor: Actor) -> TenantQuerySet[Matter]:
    """Closed and slow, and nobody has looked back at this round yet; newest first."""
    looked_back = Retrospective.objects.filter(matter=OuterRef("pk"), round=OuterRef("reopened"))
    closed = matters.visible_to(actor).filter(~Exists(looked_back), state=State.CLOSED)
    closed = closed.annotate(resolved_on=TruncDate("resolved_at", tzinfo=clock.SHANGHAI)).filter(_SLOW)
    return closed.order_by("-ended_at")


def proposals(actor: Actor) -> TenantQuerySet[Retrospective]:
    """What was learnt from matters that this person may see, with the measure proposed; newest first."""
    rows: TenantQuerySet[Retrospective] = Retrospective.objects.filter(
        matter__in=matters.visible_to(actor).values("pk")
    )
    return rows.select_related("matter").order_by("-at", "-id")


def why_slow(matter: Matter) -> list[str]:
    """The reasons for which a case is looked back at; empty where it was not slow."""
    late = matter.due_on and matter.resolved_at and clock.local(matter.resolved_at).date() > matter.due_on
    reasons = (
        (late, "超期办结"),
        (matter.reopened, f"重办{matter.reopened}次"),
        (matter.months_before >= SLOW_MONTHS_BEFORE, f"此前历时{matter.months_before}个月"),
        (matter.trips_before >= SLOW_TRIPS_BEFORE, f"此前跑动{matter.trips_before}趟"),
    )
    return [word for holds, word in reasons if holds]


def failed_messages(actor: Actor) -> TenantQuerySet[Sms]:
    """Messages that were given up; newest first."""
    failed: TenantQuerySet[Sms] = Sms.objects.filter(
        state=SmsState.FAILED, reply__matter__in=matters.visible_to(actor).values("pk")
    )
    return failed.select_related("reply__matter").order_by("-due_at")


def _open_rectifications() -> TenantQuerySet[Rectification]:
    rows: TenantQuerySet[Rectification] = Rectification.objects.filter(closed_at=None)
    return rows.select_related("matter", "rating").order_by("due_on", "opened_at")


_SLOW = (
    Q(due_on__isnull=False, resolved_on__gt=F("due_on"))
    | Q(reopened__gt=0)
    | Q(months_before__gte=SLOW_MONTHS_BEFORE)
    | Q(trips_before__gte=SLOW_TRIPS_BEFORE)
)
