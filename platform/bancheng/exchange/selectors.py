"""How the exchange is doing: figures for /readyz, the terminal and the overview. No personal data."""

from dataclasses import dataclass

from django.db.models import Exists, Min, OuterRef, QuerySet
from django.db.models.functions import Now

from bancheng.centres import health
from bancheng.exchange.models import CaseLine, Inbox, Message, Side

LAG_ALARM_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Status:
    """`lag` in seconds; `blocked` counts lines, the rest messages."""

    pending: int
    in_flight: int
    held: int
    dead: int
    blocked: int
    lag: float


def status() -> Status:
    """All figures at once."""
    return Status(
        pending=Message.objects.filter(state=Message.State.PENDING).count(),
        in_flight=in_flight(),
        held=Inbox.objects.filter(state=Inbox.State.HELD).count(),
        dead=dead_count(),
        blocked=CaseLine.objects.exclude(blocked_at=None).count(),
        lag=lag(),
    )


def lag() -> float:
    """Seconds that the oldest message which could move has waited; 0 when none waits.

    What stands on a blocked line is not counted here: it waits for a person, and `dead` says so.
    """
    blocked = CaseLine.objects.filter(
        case_id=OuterRef("case_id"),
        source=OuterRef("source"),
        target=OuterRef("target"),
        side=Side.OUT,
        blocked_at__isnull=False,
    )
    movable = Message.objects.filter(~Exists(blocked), state=Message.State.PENDING)
    waited = movable.aggregate(longest=Now() - Min("queued_at"))["longest"]
    return max(waited.total_seconds(), 0.0) if waited is not None else 0.0


def in_flight() -> int:
    """Messages leased now and not yet delivered."""
    return Message.objects.filter(state=Message.State.PENDING, leased_until__gt=Now()).count()


def check() -> health.Check:
    """For /readyz: nothing has waited too long, and nothing waits for a person."""
    waited, dead = lag(), dead_count()
    return health.Check(waited < LAG_ALARM_SECONDS and not dead, f"lag {waited:.0f} s, {dead} dead")


def dead_messages() -> QuerySet[Message]:
    """Given up while sending, oldest first."""
    return Message.objects.filter(state=Message.State.DEAD).order_by("created_at")


def dead_arrivals() -> QuerySet[Inbox]:
    """Given up after they were held, oldest first."""
    return Inbox.objects.filter(state=Inbox.State.DEAD).order_by("created_at")


def dead_count() -> int:
    """Messages that wait for somebody to replay them."""
    return dead_messages().count() + dead_arrivals().count()
