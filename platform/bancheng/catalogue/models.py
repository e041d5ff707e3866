"""The city's dictionaries: items and causes, the same for all centres, and the versions they went through.

Other schemas refer to a row by its code, never by a foreign key; rows are therefore retired, not deleted.
"""

from django.db import models


class Item(models.Model):
    """A kind of business in which something could not be done."""

    code = models.CharField("编码", max_length=10, primary_key=True)
    name = models.CharField("事项", max_length=100)
    scheme = models.CharField("险种/类别", max_length=50)
    lead_department = models.CharField("主办部门", max_length=10)
    statutory_working_days = models.PositiveSmallIntegerField("法定办理时限（工作日）", null=True, blank=True)
    active = models.BooleanField("在用", default=True)
    position = models.PositiveSmallIntegerField("顺序")

    class Meta:
        verbose_name = "事项"
        verbose_name_plural = "事项"
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name


class Cause(models.Model):
    """Why it could not be done."""

    code = models.CharField("编码", max_length=10, primary_key=True)
    name = models.CharField("根因", max_length=50)
    note = models.CharField("说明", max_length=100, blank=True)
    active = models.BooleanField("在用", default=True)
    position = models.PositiveSmallIntegerField("顺序")

    class Meta:
        verbose_name = "根因"
        verbose_name_plural = "根因"
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name


class CatalogueVersion(models.Model):
    """One state of the dictionaries, numbered from 1; the digest tells whether a file brings anything new."""

    number = models.PositiveIntegerField("版本", primary_key=True)
    digest = models.CharField("摘要", max_length=64)
    loaded_at = models.DateTimeField("启用时间")

    class Meta:
        verbose_name = "目录版本"
        verbose_name_plural = "目录版本"
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"第{self.number}版"
