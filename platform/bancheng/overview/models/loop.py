"""What the city sees of the improvement loop: codes, dates and counts of problems and measures."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from uuid6 import uuid7


class Pain(models.TextChoices):
    """In what way a problem hurts (难点、痛点、堵点)."""

    DIFFICULTY = "difficulty", "难点"
    PAIN = "pain", "痛点"
    BLOCK = "block", "堵点"


class Link(models.TextChoices):
    """Who can remove the cause."""

    CENTRE = "centre", "本中心"
    CITY = "city", "市级"
    PROVINCE = "province", "省级"
    LAW = "law", "法律法规"


class ProblemState(models.TextChoices):
    """Where a problem stands on its way to becoming routine."""

    PROPOSED = "proposed", "待立项"
    DISMISSED = "dismissed", "不立项"
    OPEN = "open", "研判中"
    MEASURED = "measured", "已定措施"
    TRIAL = "trial", "试行中"
    ROUTINE = "routine", "已转常态"
    MET = "met", "已见效"


class MeasureKind(models.TextChoices):
    """What is done about a problem."""

    PROCESS = "process", "流程再造"
    DUTIES = "duties", "窗口职能调整"
    ONE_DESK = "one_desk", "综合柜员"
    ZONE = "zone", "专区"
    MATERIALS = "materials", "材料精简"
    SYSTEM = "system", "系统"
    TRAINING = "training", "培训"
    POLICY = "policy", "政策建议"


class Verdict(models.TextChoices):
    """What a watch found after 90 or 180 days."""

    WORKED = "worked", "明显减少"
    UNCLEAR = "unclear", "样本不足"
    RETURNED = "returned", "没有减少"


class ProblemCard(models.Model):
    """One problem of a centre's register, as the city sees it: item × cause, state, dates, counts.

    Written by the centre in the transaction of each change (`tenants.improvement.cards`), like the board's
    rows; held against the schemas by `overview reconcile`. `before`, `after` and the days tell the recurrence
    figure: matters in so many days before the measure took effect, and since.
    """

    id = models.UUIDField(primary_key=True)
    centre = models.CharField("中心代码", max_length=20, db_index=True)
    number = models.CharField("编号", max_length=40)
    item = models.CharField("事项", max_length=10)
    cause = models.CharField("根因", max_length=8)
    pain = models.CharField("类型", max_length=12, choices=Pain.choices, blank=True)
    link = models.CharField("可由谁解决", max_length=10, choices=Link.choices, blank=True)
    state = models.CharField("状态", max_length=10, choices=ProblemState.choices)
    round = models.PositiveSmallIntegerField("第几轮", default=1)
    opened_on = models.DateField("立项日期", null=True)
    routine_on = models.DateField("转常态日期", null=True)
    window_days = models.PositiveSmallIntegerField("比较天数", default=0)
    before = models.PositiveIntegerField("措施前件数", null=True)
    after = models.PositiveIntegerField("措施后件数", null=True)
    verdict = models.CharField("成效", max_length=10, choices=Verdict.choices, blank=True)
    verdict_on = models.DateField("评估日期", null=True)
    reopened = models.PositiveSmallIntegerField("重新立项次数", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "问题台账"
        indexes = [models.Index(fields=["item", "cause"], name="overview_problem_pattern")]

    def __str__(self) -> str:
        return self.number


class MeasureMark(models.Model):
    """A measure that took effect, to be marked on the trend: whose, of what kind, for what, from when."""

    id = models.UUIDField(primary_key=True)
    problem = models.UUIDField("问题", db_index=True)
    centre = models.CharField("中心代码", max_length=20)
    kind = models.CharField("措施类型", max_length=10, choices=MeasureKind.choices)
    item = models.CharField("事项", max_length=10)
    cause = models.CharField("根因", max_length=8)
    from_on = models.DateField("起始日期", db_index=True)
    ended_on = models.DateField("停止日期", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "措施标记"

    def __str__(self) -> str:
        return f"{self.centre} {self.kind} {self.from_on}"


class CityProblem(models.Model):
    """The same pattern in several centres, taken up by the office: by codes only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField("编号", max_length=40, unique=True)
    item = models.CharField("事项", max_length=10)
    cause = models.CharField("根因", max_length=8)
    centres = ArrayField(models.CharField(max_length=20), verbose_name="涉及中心")
    link = models.CharField("可由谁解决", max_length=10, choices=Link.choices)
    state = models.CharField("状态", max_length=10, choices=ProblemState.choices, default=ProblemState.OPEN)
    opened_on = models.DateField("立项日期")
    measure = models.CharField("措施类型", max_length=10, choices=MeasureKind.choices, blank=True)
    from_on = models.DateField("措施起始日期", null=True)
    routine_on = models.DateField("转常态日期", null=True)
    before = models.PositiveIntegerField("措施前件数", null=True)
    after = models.PositiveIntegerField("措施后件数", null=True)
    verdict = models.CharField("成效", max_length=10, choices=Verdict.choices, blank=True)
    verdict_on = models.DateField("评估日期", null=True)
    reopened = models.PositiveSmallIntegerField("重新立项次数", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "市级问题"
        ordering = ("-opened_on", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("item", "cause"),
                condition=~models.Q(state__in=[ProblemState.DISMISSED.value]),
                name="city_problem_once_a_pattern",
            ),
        )

    def __str__(self) -> str:
        return self.number


class ZeroReport(models.Model):
    """A centre's word that nothing came to its window in a month (零报告). By the month's first day."""

    centre = models.CharField("中心代码", max_length=20)
    month = models.DateField("月份")
    consultations = models.PositiveIntegerField("当月咨询", default=0)
    filed_at = models.DateTimeField("报送时间")

    class Meta:
        verbose_name = verbose_name_plural = "零报告"
        constraints = [models.UniqueConstraint(fields=["centre", "month"], name="zero_report_once")]

    def __str__(self) -> str:
        return f"{self.centre} {self.month:%Y-%m}"


class ElsewhereCount(models.Model):
    """How many complaints about a centre's business came in elsewhere (12345, 信访…) in a month."""

    centre = models.CharField("中心代码", max_length=20)
    month = models.DateField("月份")
    count = models.PositiveIntegerField("件数")
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "其他渠道投诉"
        constraints = [models.UniqueConstraint(fields=["centre", "month"], name="elsewhere_count_once")]

    def __str__(self) -> str:
        return f"{self.centre} {self.month:%Y-%m}"
