"""The public registry: who is served here, at which host, and what the house remembers of its own work."""

import re
from typing import ClassVar, NoReturn

from django.core.validators import RegexValidator
from django.db import models
from django_tenants.models import DomainMixin, TenantMixin

SCHEMA_NAME = re.compile(r"[a-z][a-z0-9_]{2,40}")
SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


class Kind(models.TextChoices):
    """What a schema holds. The values are the keys of settings.TENANT_TYPES."""

    PUBLIC = "public", "公共"
    CENTRE = "centre", "中心"
    OFFICE = "office", "市级总览"


class Division(models.TextChoices):
    """The rank of a division in GB/T 2260."""

    PROVINCE = "province", "省"
    CITY = "city", "市"
    DISTRICT = "district", "区"
    COUNTY = "county", "县"
    ZONE = "zone", "管理区"


class Centre(TenantMixin):  # type: ignore[misc]  # django-tenants has no types
    """A centre, the municipal office, or the deployment's public face; each has one schema.

    The code (GB/T 2260) names a centre in code, tasks and numbers and never changes; the slug is only its
    place in the address. Schemas are made by `onboarding.add_centre`, never by saving a row.
    """

    auto_create_schema = False

    schema_name = models.CharField(
        "模式名",
        max_length=41,
        unique=True,
        validators=[
            RegexValidator(
                rf"^{SCHEMA_NAME.pattern}\Z",
                "模式名须以小写字母开头，只含小写字母、数字和下划线，3 至 41 个字符",
            )
        ],
    )
    code = models.CharField("代码", max_length=20, unique=True)
    kind = models.CharField("类型", max_length=10, choices=Kind)
    division_kind = models.CharField("区划级别", max_length=10, choices=Division, blank=True, default="")
    slug = models.CharField(
        "网址名",
        max_length=40,
        unique=True,
        validators=[RegexValidator(rf"^{SLUG.pattern}\Z", "网址名只含小写字母、数字和短横，须以字母开头")],
    )
    name = models.CharField("全称", max_length=100)
    short_name = models.CharField("简称", max_length=30)
    abbreviation = models.CharField(
        "编号用字", max_length=10, help_text="用于文号，如“张北社反〔2026〕0007号”中的“张北”"
    )
    position = models.PositiveIntegerField("次序", default=0)
    suspended_at = models.DateTimeField("停用时间", null=True, blank=True)
    created_at = models.DateTimeField("建立时间")

    class Meta:
        verbose_name = verbose_name_plural = "中心"
        ordering: ClassVar[list[str]] = ["position", "code"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(schema_name__regex=rf"^{SCHEMA_NAME.pattern}$"),
                name="centre_schema_name_rule",
            ),
            models.CheckConstraint(
                condition=models.Q(slug__regex=rf"^{SLUG.pattern}$"), name="centre_slug_rule"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def __enter__(self) -> NoReturn:
        """django-tenants keeps what was served before in a list of all threads; `in_centre` does not."""
        raise TypeError("enter a centre with bancheng.centres.scope.in_centre")


class Host(DomainMixin):  # type: ignore[misc]  # django-tenants has no types
    """A host name at which a centre is served; lower case, without port."""

    class Meta:
        verbose_name = verbose_name_plural = "网址"


class OutsideOffice(models.Model):
    """An office without a centre here, reached by letter, such as the province’s. Rooms, no people."""

    code = models.CharField("代码", max_length=20, unique=True)
    level = models.CharField("级别", max_length=10, choices=Division)
    name = models.CharField("名称", max_length=100)
    address = models.CharField("地址", max_length=200, blank=True, default="")
    telephone = models.CharField("值班电话", max_length=30, blank=True, default="")
    note = models.CharField("备注", max_length=200, blank=True, default="")
    desk = models.CharField("收函科室", max_length=60, blank=True, default="")
    postcode = models.CharField("邮政编码", max_length=6, blank=True, default="")
    fax = models.CharField("传真", max_length=30, blank=True, default="")
    copy_to = models.CharField("函件抄送", max_length=200, blank=True, default="")
    retired_at = models.DateTimeField("停用时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "外部单位"
        ordering: ClassVar[list[str]] = ["code"]

    def __str__(self) -> str:
        return self.name


class ChainAnchor(models.Model):
    """The head of a centre's hash chain, kept outside its schema: a rewritten chain no longer matches it."""

    centre = models.CharField("中心代码", max_length=20)
    chain = models.CharField("链名", max_length=80)
    seq = models.BigIntegerField("序号")
    hash = models.CharField("摘要", max_length=64)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "链锚"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["centre", "chain", "seq"], name="chain_anchor_once")
        ]

    def __str__(self) -> str:
        return f"{self.centre} {self.chain} #{self.seq}"


class PeriodicRun(models.Model):
    """One run of a periodic job for one period: beat may run twice, the job does not. See `periodic.once`."""

    job = models.CharField("任务", max_length=80)
    period = models.CharField("周期", max_length=40)
    started_at = models.DateTimeField("开始")
    finished_at = models.DateTimeField("结束", null=True, blank=True)
    outcome = models.CharField("结果", max_length=200, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "周期任务"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["job", "period"], name="periodic_run_once")
        ]

    def __str__(self) -> str:
        return f"{self.job} {self.period}"


class Heartbeat(models.Model):
    """When a part of the house last showed that it lives, by the database clock."""

    name = models.CharField("名称", max_length=40, primary_key=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "心跳"

    def __str__(self) -> str:
        return self.name


class SchemaTemplate(models.Model):
    """What pg_dump says of a freshly migrated schema of one kind; new schemas are replayed from it."""

    kind = models.CharField("类型", max_length=10, choices=Kind, primary_key=True)
    fingerprint = models.CharField("迁移指纹", max_length=64)
    sql = models.TextField("建库语句")
    made_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "模式样板"

    def __str__(self) -> str:
        return self.kind
