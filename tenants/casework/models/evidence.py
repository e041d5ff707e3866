"""Consents, what was offered before a photo, and evidence, whose content has a table of its own."""

from django.db import models
from django.db.models import Q
from uuid6 import uuid7

from bancheng.identity.models import Staff
from bancheng.privacy import masks
from bancheng.privacy.fields import EncryptedBytesField, EncryptedTextField
from bancheng.tenancy import TenantModel
from bancheng.timekeeping import clock
from tenants.matters.models import Matter

# --- Consents ----------------------------------------------------------------------------------------


class Purpose(models.TextChoices):
    """What personal data is used for. A consent covers one of these, and what its scope says of it."""

    CERTIFY = "certify", "资格认证"
    AGENCY = "agency", "代办"
    TRANSFER = "transfer", "信息转其他单位"
    HOME = "home", "上门拍摄"
    CHECK = "check", "数据核查比对"
    FILING = "filing", "办件留存"


class Giver(models.TextChoices):
    """Who consents: the person concerned, or somebody who may for them."""

    SELF = "self", "本人"
    GUARDIAN = "guardian", "监护人"
    KIN = "kin", "近亲属"
    AGENT = "agent", "代理人"


class Method(models.TextChoices):
    """How the consent was expressed."""

    PAPER = "paper", "书面"
    SPOKEN = "spoken", "当面口头"
    PHONE = "phone", "电话录音"


class Consent(TenantModel):
    """A consent (同意): by whom, for what, how, before which two people, from when until when."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="consents")
    at = models.DateTimeField("记录时间")
    by = models.ForeignKey(Staff, verbose_name="经办人", on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Staff, verbose_name="在场人", on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField("用途", max_length=10, choices=Purpose.choices)
    scope = EncryptedTextField("范围")
    giver = models.CharField("同意人身份", max_length=10, choices=Giver.choices)
    name = EncryptedTextField("同意人姓名")
    relation = EncryptedTextField("关系证明", blank=True)
    method = models.CharField("方式", max_length=8, choices=Method.choices)
    valid_from = models.DateField("有效期自")
    valid_until = models.DateField("有效期至")
    scan = models.OneToOneField(
        "casework.Evidence",
        verbose_name="扫描件",
        on_delete=models.PROTECT,
        null=True,
        related_name="scan_of",
    )

    class Meta:
        verbose_name = "同意"
        ordering = ("-at", "-id")
        constraints = (
            models.CheckConstraint(condition=~Q(by=models.F("second")), name="consent_before_two"),
            models.CheckConstraint(
                condition=Q(valid_until__gte=models.F("valid_from")), name="consent_in_order"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}（{self.valid_from}至{self.valid_until}）"

    @property
    def masked_name(self) -> str:
        return masks.mask_name(self.name)

    @property
    def standing(self) -> tuple[str, str]:
        """A light and its word, as of today; ask with `withdrawal` selected."""
        today = clock.today()
        if hasattr(self, "withdrawal"):
            return "red", "已撤回"
        if today < self.valid_from:
            return "amber", "尚未生效"
        return ("green", "有效") if today <= self.valid_until else ("grey", "已过期")


class ConsentWithdrawal(TenantModel):
    """A consent withdrawn (撤回同意): from then on it covers nothing, what was done before stays lawful."""

    consent = models.OneToOneField(
        Consent, primary_key=True, on_delete=models.PROTECT, related_name="withdrawal"
    )
    at = models.DateTimeField("撤回时间")
    by = models.ForeignKey(Staff, verbose_name="经办人", on_delete=models.PROTECT, related_name="+")
    told_by = models.CharField("表示方式", max_length=8)
    reason = EncryptedTextField("原因", blank=True)

    class Meta:
        verbose_name = "撤回同意"

    def __str__(self) -> str:
        return f"{self.consent_id} {self.at:%Y-%m-%d}"


# --- Before a photo ----------------------------------------------------------------------------------


class Way(models.TextChoices):
    """How it can be done without a photo."""

    DATA = "data", "数据比对"
    VISIT = "visit", "上门认证"
    VILLAGE = "village", "村社协助"
    OTHER = "other", "其他方式"


class Answer(models.TextChoices):
    """What came of the offer."""

    FAILED = "failed", "未成"
    CHOSEN = "chosen", "选用"
    NOT_NEEDED = "not_needed", "不需要"


BEFORE_A_PHOTO = (Way.DATA, Way.VISIT, Way.VILLAGE)
"""Each of these is offered and answered before anybody is photographed."""


class Alternative(TenantModel):
    """A way without a photo that was offered (提供替代方式), and the answer. The newest of a way counts."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="alternatives")
    at = models.DateTimeField("时间")
    by = models.ForeignKey(Staff, verbose_name="经办人", on_delete=models.PROTECT, related_name="+")
    way = models.CharField("方式", max_length=8, choices=Way.choices)
    answer = models.CharField("结果", max_length=12, choices=Answer.choices)
    note = EncryptedTextField("说明", blank=True)

    class Meta:
        verbose_name = "替代方式"
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.get_way_display()}：{self.get_answer_display()}"


# --- Evidence ----------------------------------------------------------------------------------------


class Category(models.TextChoices):
    """What a file shows."""

    PHOTO = "photo", "照片"
    FRAME = "frame", "录像截图"
    CARD = "card", "证件复印件"
    RECEIPT = "receipt", "回执或凭证"
    LETTER = "letter", "复函扫描"
    OTHER = "other", "其他"
    CONSENT = "consent", "同意书"


PICTURES_OF_PEOPLE = (Category.PHOTO, Category.FRAME)
"""They need a consent and the offers before; so does, as to consent, whatever tells of health."""


class Evidence(TenantModel):
    """A file of a matter (佐证). Its content is destroyed on `destroy_on`; this row and the hash stay."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="evidence")
    at = models.DateTimeField("上传时间")
    by = models.ForeignKey(Staff, verbose_name="上传人", on_delete=models.PROTECT, related_name="+")
    category = models.CharField("类别", max_length=8, choices=Category.choices)
    purpose = models.CharField("用途", max_length=10, choices=Purpose.choices)
    health = models.BooleanField("涉及健康信息", default=False)
    description = EncryptedTextField("说明", blank=True)
    consent = models.ForeignKey(
        Consent, verbose_name="所依据的同意", on_delete=models.PROTECT, null=True, related_name="evidence"
    )
    name = EncryptedTextField("文件名")
    media_type = models.CharField("文件类型", max_length=20)
    size = models.PositiveIntegerField("字节数")
    sha256 = models.CharField("摘要", max_length=64)
    destroy_on = models.DateField("销毁日期")
    destroyed_at = models.DateTimeField("已销毁时间", null=True)

    class Meta:
        verbose_name = "佐证"
        verbose_name_plural = "佐证"
        ordering = ("-at", "-id")
        indexes = (
            models.Index(fields=("destroy_on",), name="evidence_to_destroy", condition=Q(destroyed_at=None)),
        )

    def __str__(self) -> str:
        return f"{self.get_category_display()} {self.at:%Y-%m-%d}"

    @property
    def ended(self) -> bool:
        """Its day has come: it is shown to nobody, whether the daily run was there already or not."""
        return self.destroyed_at is not None or self.destroy_on <= clock.today()


class EvidenceContent(TenantModel):
    """The file itself, as it was made harmless; apart from its description, so that no list loads it."""

    evidence = models.OneToOneField(
        Evidence, primary_key=True, on_delete=models.PROTECT, related_name="content"
    )
    data = EncryptedBytesField("内容")

    class Meta:
        verbose_name = "佐证内容"

    def __str__(self) -> str:
        return str(self.evidence_id)
