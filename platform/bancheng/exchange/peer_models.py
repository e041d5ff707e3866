"""Other deployments that we exchange with: what they serve, the keys on both sides, what was refused.

All of it is in the public schema and names no person. `models` takes these in; they stand apart from the
messages, which know units by their codes alone.
"""

from django.db import models
from django.db.models import Q

from bancheng.privacy.fields import EncryptedBytesField


class Peer(models.Model):
    """Another deployment, with a software of its own behind an address; registered by hand.

    `retry_at` runs on the clock of the database. `skew` is by how many seconds its clock was ahead of ours
    when it last answered.
    """

    code = models.CharField("代码", max_length=20, unique=True)
    name = models.CharField("名称", max_length=100)
    url = models.URLField("网址", max_length=200)
    ca_file = models.CharField("证书文件", max_length=200, blank=True, default="")
    added_at = models.DateTimeField("登记时间")
    suspended_at = models.DateTimeField("停用时间", null=True)

    failures = models.PositiveIntegerField("连续失败次数", default=0)
    retry_at = models.DateTimeField("下次联系", null=True)
    last_seen_at = models.DateTimeField("最近联系上", null=True)
    last_error = models.CharField("最近的问题", max_length=200, blank=True, default="")
    last_error_at = models.DateTimeField("最近出现问题", null=True)
    skew = models.IntegerField("时钟偏差", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "外部系统"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class PeerUnit(models.Model):
    """A unit that a peer serves and may speak for; each is served by one peer."""

    peer = models.ForeignKey(Peer, on_delete=models.PROTECT, related_name="units")
    code = models.CharField("代码", max_length=20, unique=True)
    name = models.CharField("名称", max_length=60)

    class Meta:
        verbose_name = verbose_name_plural = "外部系统的单位"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class PeerKey(models.Model):
    """A public key by which we know a peer; two are trusted at a time while the peer changes its key."""

    peer = models.ForeignKey(Peer, on_delete=models.PROTECT, related_name="keys")
    key_id = models.CharField("密钥编号", max_length=16, unique=True)
    algorithm = models.CharField("算法", max_length=20)
    public_key = models.CharField("公钥", max_length=200)
    trusted_at = models.DateTimeField("启用时间")
    retired_at = models.DateTimeField("停用时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "外部系统的公钥"
        ordering = ["trusted_at", "pk"]

    def __str__(self) -> str:
        return self.key_id


class OwnKey(models.Model):
    """A key of ours. The private half never leaves this table, and goes when the key is retired."""

    class State(models.TextChoices):
        NEXT = "next", "待启用"
        CURRENT = "current", "在用"
        RETIRED = "retired", "已停用"

    key_id = models.CharField("密钥编号", max_length=16, unique=True)
    algorithm = models.CharField("算法", max_length=20)
    public_key = models.CharField("公钥", max_length=200)
    private_key = EncryptedBytesField("私钥", null=True)
    state = models.CharField("状态", max_length=10, choices=State)
    made_at = models.DateTimeField("生成时间")
    retired_at = models.DateTimeField("停用时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "本系统的密钥"
        ordering = ["made_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=~Q(state="retired"), name="exchange_own_key_one_of_each"
            ),
            models.CheckConstraint(
                condition=Q(state="retired", private_key__isnull=True)
                | (~Q(state="retired") & Q(private_key__isnull=False)),
                name="exchange_own_key_private_goes",
            ),
        ]

    def __str__(self) -> str:
        return self.key_id


class Refusal(models.Model):
    """What was sent to us and refused, counted by peer, reason and day, so that nobody can fill the table.

    `peer` is empty when it was signed by nobody we know. The columns after `count` are of the last one.
    """

    peer = models.CharField("外部系统代码", max_length=20, blank=True, default="")
    code = models.CharField("原因代码", max_length=40)
    day = models.DateField("日期")
    count = models.PositiveIntegerField("次数", default=1)
    at = models.DateTimeField("最近一次")
    status = models.PositiveSmallIntegerField("应答状态")
    detail = models.CharField("原因", max_length=200)
    message_id = models.UUIDField("消息编号", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "拒收记录"
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["peer", "code", "day"], name="exchange_refusal_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.peer or '?'} {self.code} {self.day} ×{self.count}"
