"""Guidance: employers contacted, policies explained, retirements reckoned, visits paid."""

from django.db import models
from uuid6 import uuid7

from bancheng.identity.models import Staff
from bancheng.privacy.fields import EncryptedJSONField, EncryptedTextField
from bancheng.tenancy import TenantModel
from tenants.casework.reckoning.pension import PayoutRule
from tenants.matters.models import Matter


class LiaisonWay(models.TextChoices):
    """How a unit was reached."""

    PHONE = "phone", "电话"
    LETTER = "letter", "发函"
    VISIT = "visit", "上门"


class LiaisonKind(models.TextChoices):
    """What the contact was about, or what came of it."""

    CONTACT = "contact", "联系"
    REMIND = "remind", "催办"
    RECEIVED = "received", "收到"
    REFUSED = "refused", "拒绝"


class Liaison(TenantModel):
    """One contact with an employer or another unit (对接单位) for the reporter's sake."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="liaisons")
    at = models.DateTimeField("时间")
    by = models.ForeignKey(Staff, verbose_name="经手人", on_delete=models.PROTECT, related_name="+")
    unit = EncryptedTextField("单位")
    contact = EncryptedTextField("联系人", blank=True)
    way = models.CharField("方式", max_length=8, choices=LiaisonWay.choices)
    kind = models.CharField("性质", max_length=8, choices=LiaisonKind.choices)
    content = EncryptedTextField("内容")
    next_on = models.DateField("下次联系", null=True)

    class Meta:
        verbose_name = "单位对接"
        ordering = ("-at", "-id")
        indexes = (models.Index(fields=("next_on",), name="liaison_next_on"),)

    def __str__(self) -> str:
        return f"{self.matter_id} {self.at:%Y-%m-%d}"


class ReckoningParameters(TenantModel):
    """A province's parameters of a year, as entered by the centre from a published document.

    A correction is a new version; what was reckoned by an older one stays as it was.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    province = models.CharField("省份", max_length=20)
    year = models.PositiveSmallIntegerField("年度")
    version = models.PositiveSmallIntegerField("版本")
    base = models.DecimalField("养老金计发基数（元/月）", max_digits=10, decimal_places=2)
    coefficient = models.DecimalField("过渡性养老金计发系数（%）", max_digits=5, decimal_places=3)
    payout_rule = models.CharField(
        "非整岁的计发月数", max_length=8, choices=PayoutRule.choices, default=PayoutRule.WHOLE
    )
    payout_months = models.JSONField("与国家表不同的计发月数", default=dict, blank=True)
    source = models.CharField("依据文件", max_length=120)
    entered_at = models.DateTimeField("录入时间")
    entered_by = models.ForeignKey(
        Staff, verbose_name="录入人", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = "测算参数"
        ordering = ("-year", "province", "-version")
        constraints = (
            models.UniqueConstraint(fields=("province", "year", "version"), name="reckoning_parameters_once"),
        )

    def __str__(self) -> str:
        return f"{self.province}{self.year}年（第{self.version}版）"


class Reckoning(TenantModel):
    """A retirement reckoned (退休测算单): what was given, by which parameters, and what came of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="reckonings")
    at = models.DateTimeField("测算时间")
    by = models.ForeignKey(Staff, verbose_name="测算人", on_delete=models.PROTECT, related_name="+")
    parameters = models.ForeignKey(
        ReckoningParameters, verbose_name="测算参数", on_delete=models.PROTECT, related_name="+"
    )
    inputs = EncryptedJSONField("测算依据")
    sheet = EncryptedJSONField("测算结果")

    class Meta:
        verbose_name = "退休测算"
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.matter_id} {self.at:%Y-%m-%d}"

    @property
    def signed(self) -> bool:
        """Explained to the person, who signed for it (讲明政策, later than the sheet itself)."""
        return any(explained.signed for explained in self.explanations.all())


class PolicyExplanation(TenantModel):
    """A policy explained (讲明政策): the document, the words said, and whether it was signed for."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="policies")
    at = models.DateTimeField("讲明时间")
    by = models.ForeignKey(Staff, verbose_name="讲明人", on_delete=models.PROTECT, related_name="+")
    title = models.CharField("文件名称", max_length=120)
    document = models.CharField("文号", max_length=60, blank=True)
    article = models.CharField("条款", max_length=60)
    words = EncryptedTextField("讲明内容")
    told = EncryptedTextField("讲明对象")
    signed = models.BooleanField("已签字确认", default=False)
    reckoning = models.ForeignKey(
        Reckoning,
        verbose_name="一并讲明的测算单",
        on_delete=models.PROTECT,
        null=True,
        related_name="explanations",
    )

    class Meta:
        verbose_name = "政策讲明"
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return self.title


class VisitKind(models.TextChoices):
    """Why somebody was called on at home."""

    CALL = "call", "走访"
    CERTIFY = "certify", "上门认证"
    COMFORT = "comfort", "慰问"


class Visit(TenantModel):
    """A visit paid (走访慰问、上门认证): when, by whom, what was found, what was brought."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="visits")
    at = models.DateTimeField("记录时间")
    by = models.ForeignKey(Staff, verbose_name="记录人", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("类别", max_length=8, choices=VisitKind.choices)
    on = models.DateField("日期")
    findings = EncryptedTextField("了解到的情况")
    gift = models.DecimalField("慰问金额（元）", max_digits=8, decimal_places=2, null=True)

    class Meta:
        verbose_name = "走访"
        ordering = ("-on", "-at")

    def __str__(self) -> str:
        return f"{self.matter_id} {self.on}"


class Visitor(TenantModel):
    """Somebody of the centre who went on a visit."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="visitors")
    staff = models.ForeignKey(Staff, verbose_name="前往人员", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "前往人员"
        constraints = (models.UniqueConstraint(fields=("visit", "staff"), name="visitor_once"),)

    def __str__(self) -> str:
        return str(self.staff)
