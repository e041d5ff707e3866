"""Prerequisites between offices (前置条件): who wants which paper from whom before it acts."""

from django.db import models
from uuid6 import uuid7

from bancheng.identity.models import Staff
from bancheng.privacy.fields import EncryptedTextField
from bancheng.tenancy import TenantModel
from tenants.coordination.models.meetings import Meeting
from tenants.matters.models import Matter


class Prerequisite(TenantModel):
    """The office `wanting` acts only with a paper from the office `giving`; both by code and name.

    A code is a department's, an outside office's, or the name itself of an office that has none.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="prerequisites")
    wanting_code = models.CharField(max_length=60)
    wanting = models.CharField("要材料的单位", max_length=60)
    giving_code = models.CharField(max_length=60)
    giving = models.CharField("出材料的单位", max_length=60)
    paper = EncryptedTextField("要什么材料")
    basis = EncryptedTextField("所据规定")
    recorded_at = models.DateTimeField("记录时间")
    recorded_by = models.ForeignKey(Staff, verbose_name="记录人", on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField("解决时间", null=True)
    settled_by = models.ForeignKey(
        Staff, verbose_name="确认人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    how = EncryptedTextField("如何解决", null=True)
    meeting = models.ForeignKey(
        Meeting, verbose_name="由会商决定", on_delete=models.PROTECT, null=True, related_name="settled"
    )

    class Meta:
        verbose_name = "前置条件"
        ordering = ("recorded_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("matter", "wanting_code", "giving_code"),
                condition=models.Q(settled_at=None),
                name="prerequisite_one_open",
            ),
        )

    def __str__(self) -> str:
        return f"{self.matter_id} {self.wanting}→{self.giving}"

    @property
    def edge(self) -> tuple[str, str]:
        return self.wanting_code, self.giving_code
