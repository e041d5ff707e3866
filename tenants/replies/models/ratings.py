"""What the reporter thought of it (评价), and what the window did about a low grade (整改)."""

from django.db import models
from uuid6 import uuid7

from bancheng.identity.models import Staff
from bancheng.privacy.fields import EncryptedTextField
from bancheng.tenancy import TenantModel
from tenants.matters.models import Matter


class Grade(models.IntegerChoices):
    """The five grades of the “好差评” of government services (国办发〔2019〕51号)."""

    VERY_GOOD = 5, "非常满意"
    GOOD = 4, "满意"
    FAIR = 3, "基本满意"
    BAD = 2, "不满意"
    VERY_BAD = 1, "非常不满意"


LOW = (Grade.BAD, Grade.VERY_BAD)
"""The grades that open a rectification."""


class Via(models.TextChoices):
    """How a grade was given. All but the last by the reporter, who showed the query code."""

    CODE = "code", "查询页"
    LINK = "link", "短信链接"
    DEVICE = "device", "窗口评价器"
    STAFF = "staff", "代录"


class Rating(TenantModel):
    """One grade of one round of replies. Rows are only added.

    `round` is how often the matter had been reopened before: each reply can be rated once, and a grade that
    staff typed in stands beside the reporter's own, never in its place.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="ratings")
    round = models.PositiveSmallIntegerField("第几轮")
    grade = models.PositiveSmallIntegerField("评价", choices=Grade.choices)
    via = models.CharField("途径", max_length=8, choices=Via.choices)
    comment = EncryptedTextField("意见", null=True)
    at = models.DateTimeField("评价时间")
    by = models.ForeignKey(
        Staff, verbose_name="代录人", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = "评价"
        ordering = ("-at",)
        constraints = (
            models.UniqueConstraint(
                fields=("matter", "round"), condition=~models.Q(via=Via.STAFF.value), name="rating_once"
            ),
            models.UniqueConstraint(
                fields=("matter", "round"), condition=models.Q(via=Via.STAFF.value), name="rating_typed_once"
            ),
            models.CheckConstraint(
                condition=models.Q(via=Via.STAFF.value, by__isnull=False)
                | (~models.Q(via=Via.STAFF.value) & models.Q(by=None)),
                name="rating_by_staff_is_marked",
            ),
        )

    def __str__(self) -> str:
        return f"{self.matter_id} {self.grade}"

    @property
    def low(self) -> bool:
        return self.grade in LOW


class Rectification(TenantModel):
    """What a low grade demands (整改): due in 15 working days, closed by a report of what was put right."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="rectifications")
    rating = models.OneToOneField(Rating, on_delete=models.PROTECT, related_name="rectification")
    opened_at = models.DateTimeField("提出时间")
    due_on = models.DateField("整改期限")
    feedback = EncryptedTextField("整改情况", null=True)
    closed_at = models.DateTimeField("完成时间", null=True)
    closed_by = models.ForeignKey(
        Staff, verbose_name="反馈人", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = "整改"
        ordering = ("-opened_at",)
        indexes = (
            models.Index(fields=("due_on",), name="rectification_open", condition=models.Q(closed_at=None)),
        )

    def __str__(self) -> str:
        return f"{self.matter_id} {self.due_on}"
