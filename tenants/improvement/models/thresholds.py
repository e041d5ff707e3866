"""From how many matters on a centre wants to look at a pattern: versions, the newest in force."""

from django.db import models
from uuid6 import uuid7

from bancheng.identity.models import Staff
from bancheng.tenancy import TenantModel


class Threshold(TenantModel):
    """From `count` matters in `days` on, an item × cause is proposed as a problem (立项阈值).

    `item` and `cause` are empty for what holds for all. `count` None takes an exception back: the next
    general one holds again. Rows are only added, the newest of an item and cause is in force.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.CharField("事项", max_length=10, blank=True)
    cause = models.CharField("根因", max_length=8, blank=True)
    count = models.PositiveSmallIntegerField("件数", null=True)
    days = models.PositiveSmallIntegerField("统计天数", null=True)
    set_at = models.DateTimeField("修改时间")
    set_by = models.ForeignKey(Staff, verbose_name="修改人", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "立项阈值"
        ordering = ("-set_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(count=None, days=None) | models.Q(count__gte=2, days__range=(7, 365)),
                name="threshold_sound",
            ),
            models.CheckConstraint(
                condition=~models.Q(item="", cause="") | models.Q(count__isnull=False),
                name="threshold_general_stays",
            ),
        )

    def __str__(self) -> str:
        return f"{self.item} {self.cause} {self.count}/{self.days}"
