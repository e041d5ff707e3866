"""What comes after: thanks (锦旗、感谢), and looking back at a case that should have been quicker (复盘)."""

from django.db import models
from uuid6 import uuid7

from bancheng.identity.models import Staff
from bancheng.privacy.fields import EncryptedTextField
from bancheng.tenancy import TenantModel
from bancheng.timekeeping.holders import Holder
from tenants.matters.models import Matter


class ThanksKind(models.TextChoices):
    """In what form thanks came."""

    BANNER = "banner", "锦旗"
    LETTER = "letter", "感谢信"
    SPOKEN = "spoken", "口头感谢"
    OTHER = "other", "其他"


class Thanks(TenantModel):
    """Thanks that the window received for a matter."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="thanks")
    kind = models.CharField("形式", max_length=8, choices=ThanksKind.choices)
    on = models.DateField("日期")
    count = models.PositiveSmallIntegerField("数量（件）", default=1)
    words = EncryptedTextField("内容", null=True)
    at = models.DateTimeField("登记时间")
    by = models.ForeignKey(Staff, verbose_name="登记人", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "锦旗感谢"
        ordering = ("-on", "-at")

    def __str__(self) -> str:
        return f"{self.matter_id} {self.kind}"


class Retrospective(TenantModel):
    """What was learnt from a slow case: with whom the time was lost, why, and what to do about it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="retrospectives")
    round = models.PositiveSmallIntegerField("第几轮")
    lost_with = models.CharField("时间主要耗在谁手上", max_length=14, choices=Holder.choices)
    why = EncryptedTextField("原因")
    quicker = EncryptedTextField("怎样可以更快")
    measure = EncryptedTextField("建议措施")
    at = models.DateTimeField("复盘时间")
    by = models.ForeignKey(Staff, verbose_name="复盘人", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "复盘"
        ordering = ("-at",)
        constraints = (
            models.UniqueConstraint(fields=("matter", "round"), name="retrospective_once_a_round"),
        )

    def __str__(self) -> str:
        return f"{self.matter_id} {self.at:%Y-%m-%d}"
