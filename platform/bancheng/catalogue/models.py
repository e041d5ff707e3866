"""The city's dictionaries: items with their materials, causes, and the versions they went through.

Other schemas refer to an item or a cause by its code, never by a foreign key; these rows are therefore
retired, not deleted. A material is copied into the matter that needs it.
"""

from django.db import models

from bancheng.catalogue.words import MaterialKind, ObtainedBy


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


class ItemMaterial(models.Model):
    """A material that an item usually needs; those of no item are for every item that has none of its own."""

    item = models.ForeignKey(
        Item, verbose_name="事项", on_delete=models.CASCADE, related_name="materials", null=True
    )
    position = models.PositiveSmallIntegerField("顺序")
    name = models.CharField("材料", max_length=60)
    kind = models.CharField("形式", max_length=10, choices=MaterialKind.choices)
    obtained_by = models.CharField("由谁取得", max_length=10, choices=ObtainedBy.choices)
    may_follow = models.BooleanField("可以容缺")
    note = models.CharField("说明", max_length=100, blank=True)

    class Meta:
        verbose_name = "应备材料"
        verbose_name_plural = "应备材料"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["item", "name"], name="item_material_once", nulls_distinct=False)
        ]

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
