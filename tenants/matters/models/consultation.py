"""Consultations (咨询): those written down, and the daily count of all."""

from django.db import models
from uuid6 import uuid7

from bancheng.catalogue.words import Channel, ReporterKind
from bancheng.identity.models import Staff
from bancheng.privacy import masks
from bancheng.privacy.fields import EncryptedTextField
from bancheng.tenancy import TenantModel


class Consultation(TenantModel):
    """A question asked at the counter. It becomes a matter without a word being typed again."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField("咨询时间")
    channel = models.CharField("来源", max_length=12, choices=Channel.choices)
    item_code = models.CharField("事项", max_length=10)
    subject = models.CharField("事由", max_length=80)
    question = EncryptedTextField("咨询内容", null=True)
    answer = EncryptedTextField("答复内容", null=True)
    reporter_kind = models.CharField(max_length=12, choices=ReporterKind.choices, default=ReporterKind.PERSON)
    name = EncryptedTextField("姓名或名称", null=True)
    phone = EncryptedTextField("联系电话", null=True)
    clerk = models.ForeignKey(Staff, verbose_name="接待人", on_delete=models.PROTECT, null=True)
    matter_id = models.UUIDField("已转为反映件", null=True)

    class Meta:
        verbose_name = "咨询"
        ordering = ("-at", "-id")
        indexes = (models.Index(fields=("-at", "-id"), name="consultation_newest"),)

    def __str__(self) -> str:
        return self.subject

    @property
    def masked_name(self) -> str:
        if not self.name:
            return ""
        return masks.mask_name(self.name) if self.reporter_kind == ReporterKind.PERSON else self.name


class ConsultationTally(TenantModel):
    """How many consultations there were in a day, written down singly or only counted."""

    day = models.DateField("日期")
    item_code = models.CharField("事项", max_length=10)
    channel = models.CharField("来源", max_length=12, choices=Channel.choices)
    count = models.PositiveIntegerField("件数", default=0)
    xact = models.BigIntegerField("最近写入", default=0, db_index=True)

    class Meta:
        verbose_name = "咨询日计数"
        constraints = (
            models.UniqueConstraint(fields=("day", "item_code", "channel"), name="tally_once_a_day"),
        )

    def __str__(self) -> str:
        return f"{self.day} {self.item_code} {self.channel}"
