"""What leaders say and demand: instructions (批示) and supervision orders (督办单) with their feedback."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from uuid6 import uuid7

from bancheng.identity.models import Staff
from bancheng.privacy.fields import EncryptedTextField
from bancheng.tenancy import TenantModel
from tenants.matters.models import Matter


class Whom(models.TextChoices):
    """To whom an instruction goes."""

    WINDOW = "window", "窗口负责人"
    DEPARTMENT = "department", "主办部门"
    SUPPORTING = "supporting", "协办部门"


class Instruction(TenantModel):
    """A leader's instruction (批示)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="instructions")
    at = models.DateTimeField("批示时间")
    by = models.ForeignKey(Staff, verbose_name="批示人", on_delete=models.PROTECT, related_name="+")
    to = ArrayField(models.CharField(max_length=12, choices=Whom.choices), verbose_name="批给")
    text = EncryptedTextField("批示内容")

    class Meta:
        verbose_name = "批示"
        ordering = ("-at",)

    def __str__(self) -> str:
        return f"{self.matter_id} {self.at:%Y-%m-%d}"

    @property
    def to_labels(self) -> list[str]:
        return [str(Whom(code).label) for code in self.to]


class SupervisionOrder(TenantModel):
    """A supervision order (督办单). At most one of a matter is open; nobody in `issued_by`: the system."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="supervision_orders")
    number = models.CharField("文号", max_length=40, unique=True)
    demand = EncryptedTextField("督办要求")
    due_on = models.DateField("反馈期限")
    issued_at = models.DateTimeField("督办时间")
    issued_by = models.ForeignKey(
        Staff, verbose_name="督办人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    lifted_at = models.DateTimeField("解除时间", null=True)
    lifted_by = models.ForeignKey(
        Staff, verbose_name="解除人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    result = EncryptedTextField("督办结果", null=True)

    class Meta:
        verbose_name = "督办单"
        ordering = ("-issued_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("matter",), condition=models.Q(lifted_at=None), name="supervision_one_open"
            ),
        )

    def __str__(self) -> str:
        return self.number


class SupervisionAnswer(TenantModel):
    """What the department reported on an order (督办反馈)."""

    order = models.ForeignKey(SupervisionOrder, on_delete=models.PROTECT, related_name="answers")
    at = models.DateTimeField("反馈时间")
    by = models.ForeignKey(Staff, verbose_name="反馈人", on_delete=models.PROTECT, related_name="+")
    text = EncryptedTextField("反馈内容")

    class Meta:
        verbose_name = "督办反馈"
        ordering = ("at",)

    def __str__(self) -> str:
        return f"{self.order_id} {self.at:%Y-%m-%d}"
