"""The timeline: what was done to a matter, by whom and when. It only grows."""

from django.db import models
from django.db.models.functions import Cast
from uuid6 import uuid7

from bancheng.privacy.fields import EncryptedTextField
from bancheng.tenancy import TenantModel
from bancheng.timekeeping.holders import Holder
from tenants.matters.models.matter import Matter
from tenants.matters.states import State


class CurrentTransaction(models.Func):
    """The id of the writing transaction, as a number: what the statistics' watermark compares.

    A sequence would not do: a lower number may be committed after a higher one was read.
    """

    function = "pg_current_xact_id"
    output_field = models.TextField()
    template = "(%(function)s()::text)"


class Event(TenantModel):
    """One step of a matter. Rows are only added (triggers refuse the rest), each hashed over the last."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField("序号")
    at = models.DateTimeField("时间")
    act = models.CharField("动作", max_length=30)
    from_state = models.CharField(max_length=20, choices=State.choices)
    to_state = models.CharField(max_length=20, choices=State.choices)
    holder = models.CharField("此后在谁手上", max_length=14, choices=Holder.choices, blank=True)
    holder_label = models.CharField(max_length=60, blank=True)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField("办理人", max_length=60)
    note = EncryptedTextField("内容")
    data = models.JSONField(default=dict)
    xact = models.BigIntegerField(
        db_default=Cast(CurrentTransaction(), models.BigIntegerField()), editable=False, db_index=True
    )
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = "办理记录"
        ordering = ("seq",)
        constraints = (models.UniqueConstraint(fields=("matter", "seq"), name="event_in_order"),)
        indexes = (models.Index(fields=("-at",), name="event_newest"),)

    def __str__(self) -> str:
        return f"{self.matter_id} {self.seq} {self.act}"
