"""Referrals (转办): sent and received, to a centre by envelope or to an office without a system by letter."""

from django.db import models
from uuid6 import uuid7

from bancheng.catalogue.words import Outcome
from bancheng.identity.models import Staff
from bancheng.privacy.fields import EncryptedJSONField, EncryptedTextField
from bancheng.tenancy import TenantModel
from tenants.matters.models import Matter


class Direction(models.TextChoices):
    """On which side of the referral this centre is."""

    SENT = "sent", "转出"
    RECEIVED = "received", "转入"


class Counterpart(models.TextChoices):
    """How the other side is reached."""

    CENTRE = "centre", "本系统中心"
    LETTER = "letter", "函件单位"


class State(models.TextChoices):
    """Where a referral stands, the same on both sides."""

    DRAFT = "draft", "待送出"
    SENT = "sent", "已送出"
    SIGNED = "signed", "已签收"
    ANSWERED = "answered", "已反馈"
    CONFIRMED = "confirmed", "已确认"
    RETURNED = "returned", "已退回"


AWAITED = (State.SENT, State.SIGNED)
"""The states in which it is for the other side to move."""

UNDER_WAY = (State.SENT, State.SIGNED, State.ANSWERED)
"""The states in which one of the two sides still has something to do."""


class Referral(TenantModel):
    """One referral as this side sees it. Both sides' rows share an id, the exchange's case."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    direction = models.CharField("方向", max_length=10, choices=Direction.choices)
    counterpart = models.CharField("对方类型", max_length=10, choices=Counterpart.choices)
    unit_code = models.CharField("对方单位代码", max_length=20)
    unit_name = models.CharField("对方单位", max_length=60)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.DRAFT)
    number = models.CharField("转办文号", max_length=40, blank=True)
    matter = models.ForeignKey(
        Matter, verbose_name="反映件", on_delete=models.PROTECT, related_name="referrals", null=True
    )
    unit_matter_number = models.CharField("对方编号", max_length=40, blank=True)
    subject = models.CharField("事由", max_length=80)
    item_code = models.CharField("事项", max_length=10)
    reason = EncryptedTextField("转办理由")
    requested = EncryptedTextField("请对方办理的事项")
    digest = EncryptedJSONField("随转内容", null=True)
    contact_person = EncryptedTextField("对方联系人", null=True)
    contact_phone = EncryptedTextField("对方联系电话", null=True)
    drafted_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField("起草时间")
    sent_at = models.DateTimeField("送出时间", null=True)
    sign_due_on = models.DateField("签收期限", null=True)
    signed_at = models.DateTimeField("签收时间", null=True)
    answered_at = models.DateTimeField("反馈时间", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)
    answer = EncryptedTextField("反馈内容", null=True)
    answer_outcome = models.CharField("反馈结果", max_length=12, choices=Outcome.choices, blank=True)
    return_reason = EncryptedTextField("退回理由", null=True)

    class Meta:
        verbose_name = "转办"
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("matter",),
                condition=models.Q(direction="sent", state__in=("draft", "sent", "signed", "answered")),
                name="referral_one_under_way",
            ),
        )
        indexes = (models.Index(fields=("direction", "state"), name="referral_side_state"),)

    def __str__(self) -> str:
        return self.number or str(self.id)

    @property
    def by_letter(self) -> bool:
        return self.counterpart == Counterpart.LETTER


class ContactLog(TenantModel):
    """One call, visit or letter to an office without a system: whom we reached and what they said."""

    class Way(models.TextChoices):
        CALL = "call", "电话"
        VISIT = "visit", "上门"
        LETTER = "letter", "信函"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="contacts")
    at = models.DateTimeField("时间")
    way = models.CharField("方式", max_length=10, choices=Way.choices)
    person = EncryptedTextField("对方人员")
    content = EncryptedTextField("沟通内容")
    signed_for = models.BooleanField("对方已签收", default=False)
    by = models.ForeignKey(Staff, verbose_name="联系人", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "联系记录"
        ordering = ("at",)

    def __str__(self) -> str:
        return f"{self.referral_id} {self.at:%Y-%m-%d}"
