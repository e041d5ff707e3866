"""Messages to telephones that wait to be sent: written with what they tell of, sent after the commit."""

from django.db import models
from uuid6 import uuid7

from bancheng.tenancy import TenantModel
from tenants.replies.models.replies import Reply


class SmsState(models.TextChoices):
    """Where a message stands."""

    WAITING = "waiting", "待发送"
    SENT = "sent", "已发送"
    FAILED = "failed", "发送失败"


class Sms(TenantModel):
    """One message that tells of a reply. The telephone is the reporter's, read when it is sent.

    `id` is the gateway's key: a message offered twice under one key is sent once.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reply = models.OneToOneField(Reply, on_delete=models.PROTECT, related_name="sms")
    state = models.CharField("状态", max_length=10, choices=SmsState.choices, default=SmsState.WAITING)
    tries = models.PositiveSmallIntegerField("已试次数", default=0)
    due_at = models.DateTimeField("下次发送时间")
    sent_at = models.DateTimeField("发送时间", null=True)

    class Meta:
        verbose_name = "短信"
        ordering = ("due_at", "id")
        indexes = (
            models.Index(
                fields=("due_at",), name="sms_waiting", condition=models.Q(state=SmsState.WAITING.value)
            ),
        )

    def __str__(self) -> str:
        return f"{self.reply_id} {self.state}"
