"""The audit trail of one schema: who did what to what, when and why."""

from django.db import models
from uuid6 import uuid7

from bancheng.privacy.fields import EncryptedTextField
from bancheng.tenancy import TenantModel


class AuditEntry(TenantModel):
    """One act. Only `bancheng.privacy.audit.record` writes here; the table only grows (see its migration)."""

    id = models.UUIDField("标识", primary_key=True, default=uuid7, editable=False)
    seq = models.BigIntegerField("序号", unique=True)
    at = models.DateTimeField("时间", db_index=True)
    actor_id = models.UUIDField("操作人标识", null=True)
    actor_label = models.CharField("操作人", max_length=100)
    act = models.CharField("操作", max_length=64)
    subject_type = models.CharField("对象类型", max_length=64)
    subject_id = models.CharField("对象标识", max_length=64)
    # A reason is free text, and people write names into it.
    reason = EncryptedTextField("理由")
    data = models.JSONField("细目", default=dict)
    previous_hash = models.CharField("前一条校验值", max_length=64)
    hash = models.CharField("校验值", max_length=64)

    class Meta:
        verbose_name = "审计记录"
        verbose_name_plural = "审计记录"
        ordering = ["-seq"]
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="audit_subject"),
            models.Index(fields=["act", "-seq"], name="audit_act"),
            models.Index(fields=["actor_id", "-seq"], name="audit_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.act} {self.subject_type} {self.subject_id}"
