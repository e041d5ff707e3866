"""The published working calendar, one row a day, the same for all centres."""

from django.db import models


class DayKind(models.TextChoices):
    """What a day is to an office."""

    WORKDAY = "workday", "工作日"
    REST = "rest", "周末休息"
    HOLIDAY = "holiday", "放假"
    ADJUSTED = "adjusted", "调休上班"

    @property
    def is_workday(self) -> bool:
        """Whether offices are open."""
        return self in (DayKind.WORKDAY, DayKind.ADJUSTED)


class Source(models.TextChoices):
    """Who says so; an official row is never overwritten from a library."""

    LIBRARY = "library", "日历库"
    OFFICIAL = "official", "官方通知"


class CalendarDay(models.Model):
    """One day of a year whose arrangement the State Council has published."""

    date = models.DateField("日期", primary_key=True)
    kind = models.CharField("类型", max_length=10, choices=DayKind.choices)
    name = models.CharField("名称", max_length=50, blank=True)
    notice = models.CharField("依据", max_length=200)
    source = models.CharField("来源", max_length=10, choices=Source.choices)

    class Meta:
        verbose_name = "日历日"
        verbose_name_plural = "工作日历"
        ordering = ["date"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=DayKind.values), name="calendarday_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(source__in=Source.values), name="calendarday_source_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.get_kind_display()}{self.name}"
