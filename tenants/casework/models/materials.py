"""The materials of a matter: its checklist, and what the reporter was asked to bring."""

from django.db import models
from uuid6 import uuid7

from bancheng.catalogue.words import MaterialKind, ObtainedBy
from bancheng.identity.models import Staff
from bancheng.privacy.fields import EncryptedTextField
from bancheng.tenancy import TenantModel
from bancheng.timekeeping import clock
from tenants.matters.models import Matter

NAME_AT_MOST = 60


class MaterialStatus(models.TextChoices):
    """How it stands with a material."""

    MISSING = "missing", "待补"
    RECEIVED = "received", "已收"
    FOLLOWS = "follows", "容缺后补"
    SHARED = "shared", "共享取得"
    NOT_NEEDED = "not_needed", "不适用"


IN_HAND = (MaterialStatus.RECEIVED, MaterialStatus.SHARED)
"""The material is there, so it says when, by whom and from where."""

TONES = {
    MaterialStatus.MISSING.value: "amber",
    MaterialStatus.RECEIVED.value: "green",
    MaterialStatus.FOLLOWS.value: "teal",
    MaterialStatus.SHARED.value: "green",
    MaterialStatus.NOT_NEEDED.value: "grey",
}

FROM_OUTSIDE = (ObtainedBy.SELF, ObtainedBy.EMPLOYER)
"""Somebody outside has to bring it; the rest the window gets by itself."""


class Material(TenantModel):
    """One line of a matter's checklist: copied from the item's, or added for this matter.

    The name is the line's own within the matter and holds nothing personal; it never changes.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="materials")
    position = models.PositiveSmallIntegerField("顺序")
    name = models.CharField("材料", max_length=NAME_AT_MOST)
    kind = models.CharField(
        "形式", max_length=10, choices=MaterialKind.choices, default=MaterialKind.ORIGINAL
    )
    obtained_by = models.CharField(
        "由谁取得", max_length=10, choices=ObtainedBy.choices, default=ObtainedBy.SELF
    )
    may_follow = models.BooleanField("可以容缺", default=True)
    note = models.CharField("说明", max_length=100, blank=True)
    status = models.CharField(
        "状态", max_length=10, choices=MaterialStatus.choices, default=MaterialStatus.MISSING
    )
    follow_by = models.DateField("容缺补齐期限", null=True)
    undertaking = EncryptedTextField("容缺承诺", blank=True)
    source = EncryptedTextField("来源", blank=True)
    settled_at = models.DateTimeField("取得时间", null=True)
    settled_by = models.ForeignKey(
        Staff, verbose_name="取得人", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = "材料"
        ordering = ("position",)
        constraints = (models.UniqueConstraint(fields=("matter", "name"), name="material_once"),)
        indexes = (
            models.Index(
                fields=("follow_by",), name="material_follows", condition=models.Q(status="follows")
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def tone(self) -> str:
        """The colour of its status."""
        return TONES[self.status]

    @property
    def follow_overdue(self) -> bool:
        """It may follow, and the day by which it should have has passed."""
        if self.status != MaterialStatus.FOLLOWS or self.follow_by is None:
            return False
        return self.follow_by < clock.today()


class MaterialRequest(TenantModel):
    """What the reporter was asked for (要求补正), everything at once, as the notice of that day names it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="material_requests")
    number = models.PositiveSmallIntegerField("第几次")
    asked_at = models.DateTimeField("要求补正时间")
    asked_by = models.ForeignKey(Staff, verbose_name="提出人", on_delete=models.PROTECT, related_name="+")
    answer_by = models.DateField("补正期限")
    lines = models.JSONField("所缺材料", default=list)
    words = EncryptedTextField("说明", blank=True)
    answered_at = models.DateTimeField("收到补正时间", null=True)

    class Meta:
        verbose_name = "补正通知"
        ordering = ("-number",)
        constraints = (models.UniqueConstraint(fields=("matter", "number"), name="material_request_once"),)

    def __str__(self) -> str:
        return f"{self.matter_id} {self.number}"

    @property
    def names(self) -> list[str]:
        """The materials that were asked for."""
        return [line["name"] for line in self.lines]

    @property
    def overdue(self) -> bool:
        """Still waited for after the day that the reporter was given."""
        return self.answered_at is None and self.answer_by < clock.today()
