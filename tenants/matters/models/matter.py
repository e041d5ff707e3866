"""The matter (反映件): its facts, where it stands, and the pointer that the timeline moves."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from uuid6 import uuid7

from bancheng.catalogue.words import Channel, DeclineReason, Kind, Mode, Outcome, Purpose, Urgency
from bancheng.identity.models import Department, Staff
from bancheng.privacy.fields import EncryptedTextField
from bancheng.tenancy import TenantModel
from bancheng.timekeeping.holders import Holder
from tenants.matters.models.people import Reporter
from tenants.matters.states import OPEN, RUNNING, State


class Escalation(models.TextChoices):
    """How high a matter was taken (提级)."""

    DIRECTOR = "director", "已提级至中心主任"
    CITY = "city", "已提级至市级"


class Matter(TenantModel):
    """One thing that somebody could not get done. Changed only by the actions of this package."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField("编号", max_length=40, unique=True)
    machine_number = models.CharField("机读编号", max_length=30, unique=True)
    query_code = EncryptedTextField("查询码")

    # What was brought to the counter
    reporter = models.OneToOneField(Reporter, verbose_name="反映人", on_delete=models.PROTECT)
    subject = models.CharField("事由", max_length=80)
    narrative = EncryptedTextField("情况说明")
    kind = models.CharField("类别", max_length=10, choices=Kind.choices)
    item_code = models.CharField("事项", max_length=10)
    channel = models.CharField("来源", max_length=12, choices=Channel.choices)
    purpose = models.CharField("诉求性质", max_length=12, choices=Purpose.choices)
    urgency = models.CharField("紧急程度", max_length=10, choices=Urgency.choices, default=Urgency.ORDINARY)
    trips_before = models.PositiveSmallIntegerField("此前跑动次数", default=0)
    months_before = models.PositiveSmallIntegerField("此前历时（月）", default=0)
    first_of_kind = models.BooleanField("首例", default=False)
    repeated = models.BooleanField("重复反映", default=False)
    consultation = models.UUIDField("由咨询转来", null=True)
    origin_referral = models.UUIDField("由转办而来", null=True, unique=True)

    # How it is handled
    state = models.CharField("状态", max_length=20, choices=State.choices, default=State.DRAFT)
    holder = models.CharField(
        "在谁手上", max_length=14, choices=Holder.choices, default=Holder.WINDOW, blank=True
    )
    level = models.PositiveSmallIntegerField("难度等级", null=True)
    mode = models.CharField("办理方式", max_length=12, choices=Mode.choices, default=Mode.ROUTINE)
    department = models.ForeignKey(Department, verbose_name="主办部门", on_delete=models.PROTECT, null=True)
    supporting = ArrayField(models.CharField(max_length=10), verbose_name="协办部门", default=list)
    handler = models.ForeignKey(
        Staff, verbose_name="经办人", on_delete=models.PROTECT, null=True, related_name="handled_matters"
    )
    registrar = models.ForeignKey(
        Staff, verbose_name="登记人", on_delete=models.PROTECT, null=True, related_name="registered_matters"
    )
    returns = models.PositiveSmallIntegerField("部门退回次数", default=0)
    reopened = models.PositiveSmallIntegerField("重办次数", default=0)
    special_approved = models.BooleanField("特事特办已签批", default=False)
    negative_approved = models.BooleanField("否定答复已审签", default=False)
    causes_confirmed = models.BooleanField("主因已确认", default=False)
    called_back = models.BooleanField("回访已完成", default=False)
    unanswered = ArrayField(
        models.CharField(max_length=20), verbose_name="未答复的协办单位", default=list, blank=True
    )
    pauses = models.PositiveSmallIntegerField("要求补正次数", default=0)
    extensions = models.PositiveSmallIntegerField("延期次数", default=0)
    escalated = models.CharField("提级", max_length=10, choices=Escalation.choices, blank=True)
    supervised = models.BooleanField("督办中", default=False)
    case_leader = models.ForeignKey(
        Staff, verbose_name="包案领导", on_delete=models.PROTECT, null=True, related_name="led_matters"
    )
    sensitive = models.BooleanField("敏感件", default=False)
    admitted = ArrayField(models.UUIDField(), verbose_name="知情人", default=list, blank=True)
    merged_into = models.ForeignKey(
        "self", verbose_name="并入", on_delete=models.PROTECT, null=True, related_name="merged"
    )

    # Clocks
    registered_at = models.DateTimeField("登记时间")
    accepted_at = models.DateTimeField("受理时间", null=True)
    assigned_at = models.DateTimeField("交办时间", null=True)
    first_contact_at = models.DateTimeField("首次联系", null=True)
    last_told_at = models.DateTimeField("最近一次告知反映人", null=True)
    due_on = models.DateField("办理期限", null=True)
    due_provisional = models.BooleanField("期限暂定", default=False)
    handling_days = models.PositiveSmallIntegerField("办理时限（工作日）", null=True)
    reckoned_by = models.CharField("期限所据日历", max_length=16, blank=True)
    resolved_at = models.DateTimeField("办理完成", null=True)
    replied_at = models.DateTimeField("答复时间", null=True)
    ended_at = models.DateTimeField("办结时间", null=True)

    # How it ended
    decline_reason = models.CharField(
        "不予受理理由", max_length=16, choices=DeclineReason.choices, blank=True
    )
    outcome = models.CharField("办理结果", max_length=12, choices=Outcome.choices, blank=True)
    paid_on = models.DateField("到账日期", null=True)
    paid_amount = models.DecimalField("到账金额（元）", max_digits=12, decimal_places=2, null=True)
    paid_tail = models.CharField("到账账号末四位", max_length=4, blank=True)

    # The head of its timeline
    events_count = models.PositiveIntegerField(default=0)
    head_hash = models.CharField(max_length=64, blank=True)
    head_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "反映件"
        ordering = ("-registered_at", "-id")
        indexes = (
            models.Index(fields=("-registered_at", "-id"), name="matter_newest"),
            models.Index(fields=("state", "due_on"), name="matter_state_due"),
            models.Index(fields=("department", "state"), name="matter_department_state"),
            models.Index(
                fields=("due_on",),
                name="matter_clock_runs",
                condition=models.Q(state__in=[str(state) for state in RUNNING]),
            ),
            models.Index(
                fields=("state",),
                name="matter_ended_unanswered",
                condition=models.Q(
                    state__in=[State.CLOSED.value, State.MERGED.value], replied_at__isnull=True
                ),
            ),
            GinIndex(name="matter_subject_trigram", fields=("subject",), opclasses=("gin_trgm_ops",)),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def clock_runs(self) -> bool:
        return self.state in RUNNING

    @property
    def came_by_referral(self) -> bool:
        """Ours by another centre's referral: that centre stays answerable to the reporter (首接负责)."""
        return self.origin_referral is not None


class MatterCause(TenantModel):
    """A cause of the matter by its code (根因); one of them is the principal one."""

    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="causes")
    code = models.CharField("根因", max_length=8)
    principal = models.BooleanField("主因", default=False)

    class Meta:
        verbose_name = "根因"
        ordering = ("-principal", "code")
        constraints = (
            models.UniqueConstraint(fields=("matter", "code"), name="matter_cause_once"),
            models.UniqueConstraint(
                fields=("matter",), condition=models.Q(principal=True), name="matter_one_principal_cause"
            ),
        )

    def __str__(self) -> str:
        return self.code


class PriorAttempt(TenantModel):
    """An office that the reporter had already asked, and what it answered."""

    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="prior_attempts")
    position = models.PositiveSmallIntegerField()
    office = models.CharField("去过的单位", max_length=60)
    when = models.CharField("大致时间", max_length=30, blank=True)
    answer = EncryptedTextField("当时的答复", null=True)

    class Meta:
        verbose_name = "此前经过"
        ordering = ("position",)

    def __str__(self) -> str:
        return self.office
