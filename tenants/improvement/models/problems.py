"""Problems (问题): a class of stuck matters, why, what is done about it, and whether it helped."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from uuid6 import uuid7

from bancheng.identity.models import Staff
from bancheng.overview.models import Link, MeasureKind, Pain, ProblemState, Verdict
from bancheng.tenancy import TenantModel


class Problem(TenantModel):
    """Matters of one item × cause that came over the threshold, taken up until they stay away.

    For an item and cause there is one that was not dismissed: when it returns, `round` grows. `round_at` is
    when the present round began. Changed only by the actions of this package.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField("编号", max_length=40, unique=True)
    item = models.CharField("事项", max_length=10)
    cause = models.CharField("根因", max_length=8)
    title = models.CharField("标题", max_length=80, blank=True)
    pain = models.CharField("类型", max_length=12, choices=Pain.choices, blank=True)
    link = models.CharField("可由谁解决", max_length=10, choices=Link.choices, blank=True)
    state = models.CharField("状态", max_length=10, choices=ProblemState.choices)
    round = models.PositiveSmallIntegerField("第几轮", default=1)
    found = models.PositiveIntegerField("提出时件数")
    window_days = models.PositiveSmallIntegerField("统计天数")
    proposed_at = models.DateTimeField("提出时间")
    opened_at = models.DateTimeField("立项时间", null=True)
    opened_by = models.ForeignKey(
        Staff, verbose_name="立项人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    round_at = models.DateTimeField("本轮开始时间", null=True)
    dismissed_at = models.DateTimeField("决定不立项时间", null=True)
    dismissed_reason = models.CharField("不立项理由", max_length=200, blank=True)
    routine_at = models.DateTimeField("转常态时间", null=True)
    guide_version = models.CharField("办事指南版本", max_length=60, blank=True)
    guide_change = models.TextField("指南修改内容", blank=True)
    reopened = models.PositiveSmallIntegerField("重新立项次数", default=0)

    class Meta:
        verbose_name = "问题"
        ordering = ("-proposed_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("item", "cause"),
                condition=~models.Q(state__in=[ProblemState.DISMISSED.value]),
                name="problem_once_a_pattern",
            ),
        )
        indexes = (models.Index(fields=("state", "-proposed_at"), name="problem_state"),)

    def __str__(self) -> str:
        return self.number


class ProblemEvent(TenantModel):
    """What was done to a problem, when and by whom: its course (经过). Rows are only added."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField()
    round = models.PositiveSmallIntegerField("第几轮")
    at = models.DateTimeField("时间")
    act = models.CharField("操作", max_length=16)
    from_state = models.CharField("原状态", max_length=10, choices=ProblemState.choices, blank=True)
    to_state = models.CharField("现状态", max_length=10, choices=ProblemState.choices)
    actor_id = models.UUIDField("操作人", null=True)
    actor_label = models.CharField("操作人姓名", max_length=60)
    note = models.TextField("说明", blank=True)

    class Meta:
        verbose_name = "问题经过"
        ordering = ("problem", "seq")
        constraints = (models.UniqueConstraint(fields=("problem", "seq"), name="problem_event_once"),)

    def __str__(self) -> str:
        return f"{self.problem_id} {self.seq} {self.act}"


class Study(TenantModel):
    """What was found out about a problem (研判): its root cause, whose link it is. Rows are only added."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="studies")
    round = models.PositiveSmallIntegerField("第几轮")
    attended = models.CharField("参加人员", max_length=200)
    root_cause = models.TextField("根本原因")
    pain = models.CharField("类型", max_length=12, choices=Pain.choices)
    link = models.CharField("可由谁解决", max_length=10, choices=Link.choices)
    conclusion = models.TextField("研判结论")
    matters = ArrayField(models.UUIDField(), verbose_name="依据的反映件", default=list, blank=True)
    at = models.DateTimeField("研判时间")
    by = models.ForeignKey(Staff, verbose_name="记录人", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "研判"
        ordering = ("-at",)

    def __str__(self) -> str:
        return f"{self.problem_id} {self.at:%Y-%m-%d}"


class Measure(TenantModel):
    """What is done about a problem (措施): by whom, from when, and what it changes for whoever comes.

    Steps, working days, materials and trips before and after; `from_on` is the day it took effect on trial.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="measures")
    round = models.PositiveSmallIntegerField("第几轮")
    kind = models.CharField("措施类型", max_length=10, choices=MeasureKind.choices)
    text = models.TextField("措施内容")
    owner = models.ForeignKey(Staff, verbose_name="责任人", on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField("完成期限")
    from_on = models.DateField("试行日期", null=True)
    routine_on = models.DateField("转常态日期", null=True)
    ended_on = models.DateField("停止日期", null=True)
    ended_reason = models.CharField("停止原因", max_length=200, blank=True)
    steps_before = models.PositiveSmallIntegerField("原环节数")
    steps_after = models.PositiveSmallIntegerField("现环节数")
    days_before = models.PositiveSmallIntegerField("原工作日")
    days_after = models.PositiveSmallIntegerField("现工作日")
    materials_before = models.PositiveSmallIntegerField("原材料数")
    materials_after = models.PositiveSmallIntegerField("现材料数")
    trips_before = models.PositiveSmallIntegerField("原跑动次数")
    trips_after = models.PositiveSmallIntegerField("现跑动次数")
    set_at = models.DateTimeField("制定时间")
    set_by = models.ForeignKey(Staff, verbose_name="制定人", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "措施"
        ordering = ("set_at", "id")

    def __str__(self) -> str:
        return f"{self.problem_id} {self.kind}"


class Watch(TenantModel):
    """What was counted 90 or 180 days after a problem became routine: the recurrence, with its interval.

    `before` matters in the `days` before the first measure took effect, `after` in as many since it became
    routine; `ratio` with an exact 95 % interval (`overview.rates`), null where `before` is 0.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="watches")
    round = models.PositiveSmallIntegerField("第几轮")
    days = models.PositiveSmallIntegerField("天数")
    due_on = models.DateField("评估日期")
    before = models.PositiveIntegerField("措施前件数", null=True)
    after = models.PositiveIntegerField("措施后件数", null=True)
    ratio = models.FloatField("复发比", null=True)
    low = models.FloatField("下限", null=True)
    high = models.FloatField("上限", null=True)
    verdict = models.CharField("成效", max_length=10, choices=Verdict.choices, blank=True)
    watched_at = models.DateTimeField("评估时间", null=True)

    class Meta:
        verbose_name = "跟踪"
        ordering = ("round", "days")
        constraints = (
            models.UniqueConstraint(fields=("problem", "round", "days"), name="watch_once_a_round"),
        )

    def __str__(self) -> str:
        return f"{self.problem_id} {self.days}"
