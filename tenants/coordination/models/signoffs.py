"""Signatures (签批): who answered for a special case or a negative reply, in which capacity."""

from django.db import models
from uuid6 import uuid7

from bancheng.identity.models import Staff
from bancheng.privacy.fields import EncryptedTextField
from bancheng.tenancy import TenantModel
from tenants.matters.models import Matter


class Purpose(models.TextChoices):
    """What a signature is asked for, and so who has to give it."""

    SPECIAL = "special", "特事特办"
    NEGATIVE = "negative", "否定答复"


class SignOff(TenantModel):
    """A request for signatures, with its basis and risk. At most one of a matter is open."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="sign_offs")
    purpose = models.CharField("事由", max_length=10, choices=Purpose.choices)
    basis = EncryptedTextField("依据")
    risk = EncryptedTextField("风险提示")
    precedent = EncryptedTextField("已查先例情况", null=True)
    asked_at = models.DateTimeField("提请时间")
    asked_by = models.ForeignKey(Staff, verbose_name="提请人", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField("签批完成时间", null=True)
    approved = models.BooleanField("是否同意", null=True)

    class Meta:
        verbose_name = "签批"
        ordering = ("-asked_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("matter",), condition=models.Q(ended_at__isnull=True), name="sign_off_one_open"
            ),
        )

    def __str__(self) -> str:
        return f"{self.matter_id} {self.purpose}"


class Signature(TenantModel):
    """One person's decision on a request."""

    sign_off = models.ForeignKey(SignOff, on_delete=models.PROTECT, related_name="signatures")
    signer = models.ForeignKey(Staff, verbose_name="签批人", on_delete=models.PROTECT, related_name="+")
    role = models.CharField("以何身份", max_length=20)
    at = models.DateTimeField("时间")
    approved = models.BooleanField("同意")
    opinion = EncryptedTextField("意见")

    class Meta:
        verbose_name = "签名"
        ordering = ("at",)
        constraints = (
            models.UniqueConstraint(fields=("sign_off", "signer"), name="signature_one_each"),
            models.UniqueConstraint(
                fields=("sign_off", "role"), condition=models.Q(approved=True), name="signature_role_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.sign_off_id} {self.role}"
