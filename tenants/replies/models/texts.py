"""What a centre says in its replies, and how its window is reached: versions, the newest in force."""

from django.db import models
from uuid6 import uuid7

from bancheng.catalogue.words import Outcome
from bancheng.identity.models import Staff
from bancheng.tenancy import TenantModel


class ReplyText(TenantModel):
    """One version of the centre's own wording (答复口径) for an item or a scheme, and an outcome.

    `item` and `scheme` are both empty for what holds for all. The words have fields such as {事由} in them
    and hold nothing personal. Rows are only added.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.CharField("事项", max_length=10, blank=True)
    scheme = models.CharField("险种或类别", max_length=20, blank=True)
    outcome = models.CharField("办理结果", max_length=12, choices=Outcome.choices)
    version = models.PositiveIntegerField("版本")
    done = models.TextField("办理情况")
    basis = models.TextField("办理依据")
    remaining = models.TextField("还需反映人做什么")
    rating = models.TextField("如何评价")
    recourse = models.TextField("如有异议")
    set_at = models.DateTimeField("修改时间")
    set_by = models.ForeignKey(Staff, verbose_name="修改人", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "答复口径"
        ordering = ("item", "scheme", "outcome", "-version")
        constraints = (
            models.UniqueConstraint(
                fields=("item", "scheme", "outcome", "version"), name="reply_text_version_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.item or self.scheme or '通用'} {self.outcome} {self.version}"


class WindowCard(TenantModel):
    """How the window is reached (窗口联系方式), for replies and the reporter's page. Rows are only added."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    telephone = models.CharField("窗口电话", max_length=30)
    address = models.CharField("窗口地址", max_length=100, blank=True)
    hours = models.CharField("办公时间", max_length=60, blank=True)
    set_at = models.DateTimeField("修改时间")
    set_by = models.ForeignKey(Staff, verbose_name="修改人", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "窗口联系方式"
        ordering = ("-set_at", "-id")

    def __str__(self) -> str:
        return self.telephone
