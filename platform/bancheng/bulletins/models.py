"""Monthly bulletins (月报) of the municipal office: made by a task, reviewed by another person, issued."""

from django.db import models
from uuid6 import uuid7

from bancheng.identity.models import Staff
from bancheng.tenancy import TenantModel


class BulletinState(models.TextChoices):
    """Where a bulletin stands."""

    MAKING = "making", "生成中"
    FAILED = "failed", "生成失败"
    DRAFT = "draft", "待审核"
    REVIEWED = "reviewed", "已审核"
    ISSUED = "issued", "已印发"


class Bulletin(TenantModel):
    """The bulletin of one month: `document` holds all its text, tables and charts as data, once it is made.

    An issued one never changes, whatever the figures do later: a trigger refuses it. `done` of `steps` is its
    progress while it is made; `touched_at` the last sign of life of that, `tries` how many workers began.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    month = models.DateField("月份")
    edition = models.PositiveSmallIntegerField("第几稿", default=1)
    number = models.CharField("文号", max_length=40, blank=True)
    state = models.CharField(
        "状态", max_length=10, choices=BulletinState.choices, default=BulletinState.MAKING
    )
    steps = models.PositiveSmallIntegerField("总步数", default=0)
    done = models.PositiveSmallIntegerField("已完成步数", default=0)
    doing = models.CharField("正在进行", max_length=60, blank=True)
    tries = models.PositiveSmallIntegerField("已尝试次数", default=0)
    touched_at = models.DateTimeField("最近进展", null=True)
    failure = models.CharField("失败原因", max_length=200, blank=True)
    document = models.JSONField("内容", default=dict)
    comment = models.TextField("编者按", blank=True)
    asked_at = models.DateTimeField("发起时间")
    asked_by = models.ForeignKey(Staff, verbose_name="发起人", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField("生成时间", null=True)
    reviewed_at = models.DateTimeField("审核时间", null=True)
    reviewed_by = models.ForeignKey(
        Staff, verbose_name="审核人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    issued_at = models.DateTimeField("印发时间", null=True)
    issued_by = models.ForeignKey(
        Staff, verbose_name="印发人", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = "月报"
        ordering = ("-month", "-edition")
        constraints = (
            models.UniqueConstraint(fields=("month", "edition"), name="bulletin_once"),
            models.UniqueConstraint(
                fields=("number",), condition=~models.Q(number=""), name="bulletin_number_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.edition}"
