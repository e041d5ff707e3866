"""Referrals (转办), sent and received: by envelope to a centre here or elsewhere, else by letter."""

from typing import ClassVar

from django.db import models
from uuid6 import uuid7

from bancheng.catalogue.words import Outcome
from bancheng.identity.models import Staff
from bancheng.privacy.fields import EncryptedBytesField, EncryptedJSONField, EncryptedTextField
from bancheng.tenancy import TenantModel
from bancheng.timekeeping import clock
from tenants.casework.models import Category, Evidence, Giver, Method, Purpose
from tenants.matters.models import Matter


class Direction(models.TextChoices):
    """On which side of the referral this centre is."""

    SENT = "sent", "转出"
    RECEIVED = "received", "转入"


class Counterpart(models.TextChoices):
    """How the other side is reached."""

    CENTRE = "centre", "本系统中心"
    PEER = "peer", "外系统单位"
    LETTER = "letter", "函件单位"


class State(models.TextChoices):
    """Where a referral stands, the same on both sides."""

    DRAFT = "draft", "待送出"
    SENT = "sent", "已送出"
    SIGNED = "signed", "已签收"
    ASKED = "asked", "要求补正"
    RECALLING = "recalling", "撤回中"
    ANSWERED = "answered", "已反馈"
    CONFIRMED = "confirmed", "已确认"
    RETURNED = "returned", "已退回"
    RECALLED = "recalled", "已撤回"
    REDIRECTED = "redirected", "已改派"


AWAITED = (State.SENT, State.SIGNED, State.RECALLING)
"""The states in which it is for the other side to move."""

UNDER_WAY = (State.SENT, State.SIGNED, State.ASKED, State.RECALLING, State.ANSWERED)
"""The states in which one of the two sides still has something to do."""


class Ground(models.TextChoices):
    """On what ground a referral is given back; as a code it may stand on the coordinator's board."""

    TERRITORY = "territory", "属地不符"
    LEVEL = "level", "层级权限不符"
    DUTY = "duty", "不属本单位职责"
    MATERIAL = "material", "材料不足"
    DUPLICATE = "duplicate", "同一事项已在办"
    OTHER = "other", "其他"


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
    first_number = models.CharField("首接编号", max_length=40, blank=True)
    """The number that the reporter was given at the first centre; the same along a chain."""
    sensitive = models.BooleanField("敏感件", default=False)
    told_at = models.DateTimeField("告知反映人时间", null=True)
    """When the reporter had been told that the information goes to this unit (个人信息保护法第二十三条)."""
    round = models.PositiveSmallIntegerField("第几次转此单位", default=1)
    drafted_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+", null=True)
    approved_by = models.ForeignKey(
        Staff, verbose_name="审核人", on_delete=models.PROTECT, related_name="+", null=True
    )
    created_at = models.DateTimeField("起草时间")
    sent_at = models.DateTimeField("送出时间", null=True)
    sign_due_on = models.DateField("签收期限", null=True)
    signed_at = models.DateTimeField("签收时间", null=True)
    handle_due_on = models.DateField("对方办理期限", null=True)
    answered_at = models.DateTimeField("反馈时间", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)
    answer = EncryptedTextField("反馈内容", null=True)
    answer_outcome = models.CharField("反馈结果", max_length=12, choices=Outcome.choices, blank=True)
    answer_scan = models.ForeignKey(
        Evidence, verbose_name="复函扫描件", on_delete=models.PROTECT, related_name="+", null=True
    )
    answer_number = models.CharField("复函文号", max_length=60, blank=True, default="")
    answer_dated = models.DateField("复函日期", null=True)
    answer_unscanned = EncryptedTextField("没有扫描件的原因", null=True)
    copy_to = models.CharField("抄送", max_length=200, blank=True, default="")
    """Who else got a copy of the letter, as the registry said when it was sent."""
    return_reason = EncryptedTextField("退回理由", null=True)
    return_ground = models.CharField("退回依据类别", max_length=12, choices=Ground.choices, blank=True)
    suggested_unit = models.CharField("建议承办单位代码", max_length=20, blank=True)
    recall_reason = EncryptedTextField("撤回理由", null=True)
    chases = models.PositiveSmallIntegerField("催办次数", default=0)
    chased_at = models.DateTimeField("最近催办", null=True)
    chases_unheard = models.PositiveSmallIntegerField("未获回音的催办次数", default=0)
    heard_at = models.DateTimeField("对方最近回音", null=True)
    escalated_at = models.DateTimeField("提请协调时间", null=True)
    appeal = EncryptedTextField("提请指定的理由", null=True)
    appealed_at = models.DateTimeField("提请指定时间", null=True)
    designation = EncryptedTextField("指定承办的理由", null=True)
    designated_at = models.DateTimeField("指定承办时间", null=True)
    onward_unit = models.CharField("再转单位", max_length=60, blank=True)
    onward_since = models.DateTimeField("再转时间", null=True)

    class Meta:
        verbose_name = "转办"
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("matter",),
                condition=models.Q(
                    direction="sent",
                    state__in=("draft", "sent", "signed", "asked", "recalling", "answered"),
                ),
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
    """One call, visit or letter to an office without a system: whom we reached and what they said.

    A call that nobody answered is logged too: it shows that we tried.
    """

    class Way(models.TextChoices):
        CALL = "call", "电话"
        VISIT = "visit", "上门"
        LETTER = "letter", "信函"
        FAX = "fax", "传真"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="contacts")
    at = models.DateTimeField("时间")
    way = models.CharField("方式", max_length=10, choices=Way.choices)
    reached = models.BooleanField("联系上", default=True)
    person = EncryptedTextField("对方人员", blank=True)
    content = EncryptedTextField("沟通内容")
    signed_for = models.BooleanField("对方已签收", default=False)
    next_on = models.DateField("下次联系日期", null=True)
    by = models.ForeignKey(Staff, verbose_name="联系人", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "联系记录"
        ordering = ("at",)

    def __str__(self) -> str:
        return f"{self.referral_id} {self.at:%Y-%m-%d}"


# --- What is asked for, and what travels along -------------------------------------------------------


class MaterialAsk(TenantModel):
    """What the other side asked for on the way (要求补正), and what was given (补正); one open at a time.

    Both sides' rows share an id.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="asks")
    at = models.DateTimeField("要求时间")
    items = EncryptedTextField("要求补正的内容")
    due_on = models.DateField("补正期限")
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+", null=True)
    given_at = models.DateTimeField("补正时间", null=True)
    given = EncryptedTextField("补正说明", null=True)
    given_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        verbose_name = "转办补正"
        ordering = ("at",)
        constraints = (
            models.UniqueConstraint(
                fields=("referral",), condition=models.Q(given_at=None), name="referral_one_ask_open"
            ),
        )

    def __str__(self) -> str:
        return f"{self.referral_id} {self.at:%Y-%m-%d}"


class CarriedConsent(TenantModel):
    """A consent that travels with a referral, as its centre recorded it; both sides' rows share an id."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="consents")
    source = models.UUIDField("原同意")
    recorded_at = models.DateTimeField("记录时间")
    purpose = models.CharField("用途", max_length=10, choices=Purpose.choices)
    scope = EncryptedTextField("范围")
    giver = models.CharField("同意人身份", max_length=10, choices=Giver.choices)
    name = EncryptedTextField("同意人姓名")
    relation = EncryptedTextField("关系证明", blank=True)
    method = models.CharField("方式", max_length=8, choices=Method.choices)
    valid_from = models.DateField("有效期自")
    valid_until = models.DateField("有效期至")
    withdrawn_at = models.DateTimeField("撤回时间", null=True)

    class Meta:
        verbose_name = "随转同意"
        ordering = ("recorded_at",)

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}（{self.valid_from}至{self.valid_until}）"


class CarriedFile(TenantModel):
    """A file that travels with a referral; both sides' rows share an id, `sha256` is checked on arrival.

    On the side that sends it `evidence` is where its content lies; on the other the content lies in
    CarriedContent, from arrival until `destroy_on`, like that of any evidence.
    """

    class With(models.TextChoices):
        """On which leg of the way it travels."""

        SENT = "sent", "随转"
        MATERIAL = "material", "随补正"
        ANSWER = "answer", "随反馈"

    COMES_IN: ClassVar[dict[Direction, tuple[With, ...]]] = {
        Direction.SENT: (With.ANSWER,),
        Direction.RECEIVED: (With.SENT, With.MATERIAL),
    }
    """By the side we are on: the legs whose files come in; those of the others are ours."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="files")
    travels = models.CharField("随附于", max_length=10, choices=With.choices)
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="carried", null=True)
    consent = models.ForeignKey(CarriedConsent, on_delete=models.PROTECT, related_name="files", null=True)
    category = models.CharField("类别", max_length=8, choices=Category.choices)
    purpose = models.CharField("用途", max_length=10, choices=Purpose.choices)
    health = models.BooleanField("涉及健康信息", default=False)
    name = EncryptedTextField("文件名")
    description = EncryptedTextField("说明", blank=True)
    media_type = models.CharField("文件类型", max_length=20)
    size = models.PositiveIntegerField("字节数")
    sha256 = models.CharField("摘要", max_length=64)
    destroy_on = models.DateField("销毁日期")
    arrived_at = models.DateTimeField("到达时间", null=True)
    destroyed_at = models.DateTimeField("已销毁时间", null=True)

    class Meta:
        verbose_name = "随转文件"
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.get_category_display()} {self.sha256[:12]}"

    @property
    def comes_in(self) -> bool:
        """Whether it is the other side that sends it."""
        return self.travels in self.COMES_IN[Direction(self.referral.direction)]

    @property
    def ended(self) -> bool:
        """Its day has come: it is shown to nobody, whether the daily run was there already or not."""
        if self.evidence is not None and self.evidence.ended:
            return True
        return self.destroyed_at is not None or self.destroy_on <= clock.today()


class CarriedContent(TenantModel):
    """The file itself at the side that received it; apart, so that no list loads it."""

    file = models.OneToOneField(
        CarriedFile, primary_key=True, on_delete=models.PROTECT, related_name="content"
    )
    data = EncryptedBytesField("内容")

    class Meta:
        verbose_name = "随转文件内容"

    def __str__(self) -> str:
        return str(self.file_id)
