"""What the reporter was told, and what they said when called back."""

from django.db import models
from uuid6 import uuid7

from bancheng.catalogue.words import Channel
from bancheng.identity.models import Staff
from bancheng.privacy.fields import EncryptedTextField
from bancheng.tenancy import TenantModel
from tenants.matters.models import Matter


class Reply(TenantModel):
    """A result reply (答复): what was done, on what basis, what is left to do, where to go if unhappy."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="replies")
    text = EncryptedTextField("答复内容")
    channel = models.CharField("方式", max_length=12, choices=Channel.choices)
    reached = EncryptedTextField("答复对象")
    at = models.DateTimeField("答复时间")
    by = models.ForeignKey(Staff, verbose_name="答复人", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "答复"
        ordering = ("-at",)

    def __str__(self) -> str:
        return f"{self.matter_id} {self.at:%Y-%m-%d}"


class Callback(TenantModel):
    """One try to call the reporter back (回访), and what they said if reached."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="callbacks")
    at = models.DateTimeField("回访时间")
    by = models.ForeignKey(Staff, verbose_name="回访人", on_delete=models.PROTECT, related_name="+")
    reached = models.BooleanField("是否联系上")
    solved = models.BooleanField("问题是否解决", null=True)
    satisfied = models.BooleanField("是否满意", null=True)
    trips_after = models.PositiveSmallIntegerField("反映后跑动次数", null=True)
    blocked_again = models.BooleanField("是否再次受阻", null=True)
    note = EncryptedTextField("回访情况")

    class Meta:
        verbose_name = "回访"
        ordering = ("-at",)

    def __str__(self) -> str:
        return f"{self.matter_id} {self.at:%Y-%m-%d}"
