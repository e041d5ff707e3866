"""Where the last number given out in a year is kept."""

from django.db import models

from bancheng.tenancy import TenantModel


class NumberSeries(TenantModel):
    """The last number of a series (反映件, 转办函 …) in a year."""

    series = models.CharField(max_length=12)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "编号"
        constraints = (models.UniqueConstraint(fields=("series", "year"), name="number_series_once"),)

    def __str__(self) -> str:
        return f"{self.series} {self.year}"
