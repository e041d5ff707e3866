"""Meetings on a matter (会商): called, held, with minutes and decisions that somebody has to carry out."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from uuid6 import uuid7

from bancheng.identity.models import Staff
from bancheng.privacy.fields import EncryptedTextField
from bancheng.tenancy import TenantModel
from tenants.matters.models import Matter


class Meeting(TenantModel):
    """A meeting and, once it was held, its minutes (会商纪要)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="meetings")
    at = models.DateTimeField("会商时间")
    place = models.CharField("会商地点", max_length=60)
    departments = ArrayField(models.CharField(max_length=10), verbose_name="参加部门", default=list)
    offices = models.CharField("其他参加单位", max_length=120, blank=True)
    question = EncryptedTextField("会商议题")
    called_at = models.DateTimeField("召集时间")
    called_by = models.ForeignKey(Staff, verbose_name="召集人", on_delete=models.PROTECT, related_name="+")
    attended = EncryptedTextField("到会人员", null=True)
    minutes = EncryptedTextField("会商纪要", null=True)
    recorded_at = models.DateTimeField("纪要时间", null=True)
    recorded_by = models.ForeignKey(
        Staff, verbose_name="记录人", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = "会商"
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.matter_id} {self.at:%Y-%m-%d}"


class Decision(TenantModel):
    """What a meeting decided: what is done, by whom, until when."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="decisions")
    position = models.PositiveSmallIntegerField()
    what = EncryptedTextField("办什么")
    who = EncryptedTextField("谁来办")
    until = models.DateField("完成期限", null=True)
    done_at = models.DateTimeField("落实时间", null=True)
    done_by = models.ForeignKey(
        Staff, verbose_name="确认人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    result = EncryptedTextField("落实情况", null=True)

    class Meta:
        verbose_name = "会商决定"
        ordering = ("meeting", "position")

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.position}"
