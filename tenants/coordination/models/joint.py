"""Joint handling (协办): what each supporting department or outside office is asked, and its answer."""

from django.db import models
from uuid6 import uuid7

from bancheng.identity.models import Department, Staff
from bancheng.privacy.fields import EncryptedTextField
from bancheng.tenancy import TenantModel
from bancheng.timekeeping import clock
from bancheng.timekeeping.due import closing
from tenants.matters.models import Matter


class JointPart(TenantModel):
    """One office's part of a matter, with a clock and an answer of its own.

    `key` stands in `Matter.unanswered` while the part is open: a department's code, or for an outside office
    the serial of its letter. At most one part of an office is open on a matter.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="joint_parts")
    key = models.CharField("未答复时的标记", max_length=20)
    department = models.ForeignKey(
        Department, verbose_name="协办部门", on_delete=models.PROTECT, null=True, related_name="+"
    )
    office = models.CharField("协办单位", max_length=60)
    number = models.CharField("协办函文号", max_length=40, blank=True)
    question = EncryptedTextField("请协办的事项", null=True)
    asked_at = models.DateTimeField("提请时间")
    asked_by = models.ForeignKey(Staff, verbose_name="提请人", on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField("答复期限")
    signed_at = models.DateTimeField("签收时间", null=True)
    signed_by = models.ForeignKey(
        Staff, verbose_name="签收人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField("答复时间", null=True)
    answered_by = models.ForeignKey(
        Staff, verbose_name="答复或登记人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    answer = EncryptedTextField("协办答复", null=True)
    basis = EncryptedTextField("依据", null=True)
    cancelled_at = models.DateTimeField("不再协办", null=True)

    class Meta:
        verbose_name = "协办"
        ordering = ("asked_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("matter", "key"),
                condition=models.Q(answered_at=None, cancelled_at=None),
                name="joint_part_one_open",
            ),
        )
        indexes = (
            models.Index(
                fields=("due_on",),
                condition=models.Q(answered_at=None, cancelled_at=None),
                name="joint_part_open_due",
            ),
        )

    def __str__(self) -> str:
        return f"{self.matter_id} {self.office}"

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.cancelled_at is None

    @property
    def is_overdue(self) -> bool:
        """From close of business of its day on."""
        return self.is_open and clock.now() > closing(self.due_on)
