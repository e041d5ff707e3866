"""What is under way between centres: the lines, the outbox and the inbox.

All of it is in the public schema, where both sides can reach it in one transaction. So headers name no
person, and bodies are sealed and leave as soon as the receiver has taken over: the constraints see to it.
Business moments (`created_at`, `received_at`…) come from `timekeeping.clock`; waiting and leases
(`queued_at`, `due_at`, `leased_until`) run on the clock of the database, the only one that all workers share.
"""

from uuid import UUID

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from uuid6 import uuid7

from bancheng.exchange.peer_models import OwnKey, Peer, PeerKey, PeerUnit, Refusal

__all__ = ["CaseLine", "Inbox", "Message", "OwnKey", "Peer", "PeerKey", "PeerUnit", "Refusal", "Side"]


class Side(models.TextChoices):
    """Whose end of a line."""

    OUT = "out", "发出方"
    IN = "in", "接收方"


class CaseLine(models.Model):
    """One direction of a case between two centres, seen from one end; its row is the lock of that end.

    `seq` is the number given out last (out) or applied last (in). Each end has its own row, so that locks are
    always taken in one order (in-line, the case itself, out-line), and a person's action never waits in a
    circle with an arriving message. A blocked line moves nothing until somebody replays what blocks it.
    """

    case_id = models.UUIDField()
    source = models.CharField(max_length=20)
    target = models.CharField(max_length=20)
    side = models.CharField(max_length=3, choices=Side)
    seq = models.PositiveIntegerField(default=0)
    blocked_at = models.DateTimeField(null=True)
    blocked_reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case_id", "source", "target", "side"], name="exchange_line_end_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.source}→{self.target} ({self.side})"


class Carried(models.Model):
    """What a message carries, on whichever side its row lies, and how often it was refused there."""

    case_id = models.UUIDField(db_index=True)
    source = models.CharField(max_length=20)
    target = models.CharField(max_length=20)
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=60)
    header = models.JSONField(default=dict)
    body = models.BinaryField(null=True)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    due_at = models.DateTimeField(db_default=Now())
    failures = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.kind} {self.source}→{self.target} #{self.seq}"


class Message(Carried):
    """The outbox: one message of one centre to another, the `seq`-th of its line.

    `attempts` counts leases and doubles them; `failures` counts refusals of the receiver and ends in `dead`.
    A worker that was killed is an attempt and not a failure, so no outage can kill a message.
    """

    class State(models.TextChoices):
        PENDING = "pending", "待送达"
        DELIVERED = "delivered", "已送达"
        DEAD = "dead", "已停办"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    queued_at = models.DateTimeField(db_default=Now())
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)
    receipt = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "target", "case_id", "seq"], name="exchange_message_seq_unique"
            ),
            models.CheckConstraint(
                condition=Q(state="delivered", body__isnull=True)
                | (~Q(state="delivered") & Q(body__isnull=False)),
                name="exchange_message_body_leaves",
            ),
        ]
        indexes = [
            models.Index(
                fields=["target", "case_id", "seq"], name="exchange_pending", condition=Q(state="pending")
            ),
            models.Index(
                fields=["target"],
                name="exchange_flying",
                condition=Q(state="pending", leased_until__isnull=False),
            ),
            models.Index(fields=["created_at"], name="exchange_dead", condition=Q(state="dead")),
        ]

    @property
    def message_id(self) -> UUID:
        return self.id


class Inbox(Carried):
    """What a centre has received; a row says that the receiver has taken over.

    `held` came before its predecessor and waits, sealed; `applied` is done, its body gone; `dead` was held
    and then refused by its handler too often.
    """

    class State(models.TextChoices):
        HELD = "held", "候序"
        APPLIED = "applied", "已办"
        DEAD = "dead", "已停办"

    message_id = models.UUIDField()
    state = models.CharField(max_length=10, choices=State, default=State.HELD)
    received_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "inbox"
        constraints = [
            models.UniqueConstraint(fields=["target", "source", "message_id"], name="exchange_inbox_once"),
            models.UniqueConstraint(
                fields=["target", "source", "case_id", "seq"], name="exchange_inbox_seq_unique"
            ),
            models.CheckConstraint(
                condition=Q(state="applied", body__isnull=True)
                | (~Q(state="applied") & Q(body__isnull=False)),
                name="exchange_inbox_body_leaves",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="exchange_held", condition=Q(state="held")),
            models.Index(fields=["message_id"], name="exchange_inbox_dead", condition=Q(state="dead")),
        ]
