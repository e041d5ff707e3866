"""How the exchange is doing: figures for /readyz, the terminal and the overview. No personal data."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Avg, Count, Exists, Min, OuterRef, Q, QuerySet
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


@dataclass(frozen=True, slots=True)
class Counterpart:
    """What is on its way to one target; `lag` in seconds, the rest messages."""

    target: str
    pending: int
    in_flight: int
    held: int
    dead: int
    lag: float

    @property
    def waited(self) -> timedelta:
        return timedelta(seconds=self.lag)


def counterparts() -> list[Counterpart]:
    """Every target for which something waits or was given up, the longest wait first."""
    pending = Q(state=Message.State.PENDING)
    sent: Any = (
        Message.objects.exclude(state=Message.State.DELIVERED)
        .values("target")
        .annotate(
            pending=Count("pk", filter=pending),
            in_flight=Count("pk", filter=pending & Q(leased_until__gt=Now())),
            dead=Count("pk", filter=Q(state=Message.State.DEAD)),
            wait=Now() - Min("queued_at", filter=pending),
        )
    )
    come: Any = (
        Inbox.objects.exclude(state=Inbox.State.APPLIED)
        .values("target")
        .annotate(
            held=Count("pk", filter=Q(state=Inbox.State.HELD)),
            dead=Count("pk", filter=Q(state=Inbox.State.DEAD)),
        )
    )
    going, waiting = ({row["target"]: row for row in rows} for rows in (sent, come))
    found = []
    for target in going.keys() | waiting.keys():
        out, into = going.get(target, {}), waiting.get(target, {})
        wait = out.get("wait")
        found.append(
            Counterpart(
                target=target,
                pending=out.get("pending", 0),
                in_flight=out.get("in_flight", 0),
                held=into.get("held", 0),
                dead=out.get("dead", 0) + into.get("dead", 0),
                lag=max(wait.total_seconds(), 0.0) if wait else 0.0,
            )
        )
    return sorted(found, key=lambda row: (-row.lag, row.target))


def leases_per_delivery() -> float:
    """How often a delivered message was leased, on average: 1 without trouble, 0 when there is none."""
    delivered = Message.objects.filter(state=Message.State.DELIVERED)
    return delivered.aggregate(mean=Avg("attempts", default=0.0))["mean"] or 0.0


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
