"""Precedents (先例): how something was done for the first time, without anybody's name, for all centres."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from bancheng.catalogue.words import Kind
from bancheng.timekeeping import clock


class Standing(models.TextChoices):
    """Whether a precedent may be gone by."""

    CURRENT = "current", "有效"
    EXPIRED = "expired", "已过有效期"
    WITHDRAWN = "withdrawn", "已撤下"


class Precedent(models.Model):
    """A published precedent. Drafts live in their centre; what is here was checked, and reviewed by another.

    `id` is the draft's. `words` is all that the search looks through, `pairs` every two signs that stand side
    by side in it: trigrams find nothing shorter than three signs, and Chinese words mostly are of two.
    """

    id = models.UUIDField(primary_key=True)
    number = models.CharField("编号", max_length=40, unique=True)
    centre = models.CharField("来源中心代码", max_length=20, db_index=True)
    item = models.CharField("事项", max_length=10, db_index=True)
    kind = models.CharField("类别", max_length=10, choices=Kind.choices)
    causes = ArrayField(models.CharField(max_length=8), verbose_name="根因", default=list)
    title = models.CharField("标题", max_length=80)
    situation = models.TextField("难在哪里")
    solution = models.TextField("怎样办成")
    basis = models.TextField("依据", blank=True)
    units = models.CharField("协同单位", max_length=200, blank=True)
    working_days = models.PositiveSmallIntegerField("用时（工作日）", null=True)
    words = models.TextField(editable=False)
    pairs = ArrayField(models.CharField(max_length=2), editable=False, default=list)
    published_on = models.DateField("发布日期")
    expires_on = models.DateField("有效期至")
    withdrawn_on = models.DateField("撤下日期", null=True)
    withdrawn_reason = models.CharField("撤下原因", max_length=200, blank=True)
    helped = models.PositiveIntegerField("有帮助次数", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "先例"
        ordering = ("-published_on", "-id")
        indexes = [
            models.Index(fields=["-published_on", "-id"], name="precedent_newest"),
            GinIndex(name="precedent_words_trigram", fields=["words"], opclasses=["gin_trgm_ops"]),
            GinIndex(name="precedent_words_pairs", fields=["pairs"]),
            GinIndex(name="precedent_causes", fields=["causes"]),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def standing(self) -> Standing:
        """Whether it may be gone by today."""
        if self.withdrawn_on is not None:
            return Standing.WITHDRAWN
        return Standing.EXPIRED if self.expires_on < clock.today() else Standing.CURRENT


class Help(models.Model):
    """That a precedent helped with a matter; once for each matter."""

    precedent = models.ForeignKey(Precedent, on_delete=models.CASCADE, related_name="helps")
    centre = models.CharField("中心代码", max_length=20)
    matter = models.UUIDField("反映件")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "先例帮助记录"
        constraints = [models.UniqueConstraint(fields=["precedent", "matter"], name="precedent_help_once")]

    def __str__(self) -> str:
        return f"{self.precedent_id} {self.centre}"
