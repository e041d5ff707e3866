"""A centre's own limits, where it asks more of itself than the city does."""

from django.db import models

from bancheng.tenancy import TenantModel


class LevelLimit(TenantModel):
    """The working days that matters of a level may take in this centre; no row: the city's limit."""

    level = models.PositiveSmallIntegerField("难度等级", primary_key=True)
    days = models.PositiveSmallIntegerField("办理时限（工作日）")

    class Meta:
        verbose_name = "本中心时限"
        ordering = ("level",)
        constraints = (
            models.CheckConstraint(condition=models.Q(level__range=(1, 5)), name="limit_of_a_level"),
            models.CheckConstraint(condition=models.Q(days__gte=1), name="limit_of_a_day_at_least"),
        )

    def __str__(self) -> str:
        return f"{self.level}级{self.days}个工作日"
