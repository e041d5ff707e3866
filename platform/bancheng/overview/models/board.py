"""Headers that the city sees: referrals on the coordinator's board, and matters long overdue. No person."""

from django.db import models


class CityNotice(models.Model):
    """A matter that is overdue by ten working days, reported to the city (通报): its header, never a person.

    Once for each due date. How it went on stands in the centre.
    """

    centre = models.CharField("中心代码", max_length=20)
    number = models.CharField("机读编号", max_length=30)
    item = models.CharField("事项", max_length=10)
    due_on = models.DateField("办理期限")
    days = models.PositiveSmallIntegerField("通报时超期（工作日）")
    at = models.DateTimeField("通报时间")

    class Meta:
        verbose_name = verbose_name_plural = "超期通报"
        ordering = ("-at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("centre", "number", "due_on"), name="city_notice_once_a_term"),
        )
        indexes = (models.Index(fields=("-at", "-id"), name="city_notice_newest"),)

    def __str__(self) -> str:
        return f"{self.number} {self.due_on}"


class BoardCase(models.Model):
    """One referral on the coordinator's board: who, whom, what item, where it stands, since when. No person.

    Written by the home centre with each change of its own row, and by the receiver where home is another
    deployment: `tenants.referrals.board` writes for the centre named in `keeper`. `moved_at` is when one of
    the two sides last moved; being chased is no move. The `decision` columns are the coordinator's own.
    """

    case_id = models.UUIDField(primary_key=True)
    keeper = models.CharField("登记中心代码", max_length=20, db_index=True)
    number = models.CharField("转办文号", max_length=40)
    source = models.CharField("转出单位代码", max_length=20)
    source_name = models.CharField("转出单位", max_length=100)
    matter = models.CharField("反映件机器编号", max_length=20)
    target = models.CharField("承办单位代码", max_length=20)
    target_name = models.CharField("承办单位", max_length=100)
    way = models.CharField("对方类型", max_length=10)
    parent = models.UUIDField("上一程转办", null=True, db_index=True)
    item = models.CharField("事项", max_length=10)
    level = models.PositiveSmallIntegerField("难度等级", default=0)
    state = models.CharField("状态", max_length=12, db_index=True)
    round = models.PositiveSmallIntegerField("第几次转此单位", default=1)
    ground = models.CharField("退回依据类别", max_length=12, blank=True, default="")
    suggested = models.CharField("建议承办单位代码", max_length=20, blank=True, default="")
    outcome = models.CharField("反馈结果", max_length=12, blank=True, default="")
    sent_at = models.DateTimeField("送出时间")
    sign_due_on = models.DateField("签收期限")
    signed_at = models.DateTimeField("签收时间", null=True)
    handle_due_on = models.DateField("办理期限", null=True)
    asked_at = models.DateTimeField("要求补正时间", null=True)
    asked_due_on = models.DateField("补正期限", null=True)
    answered_at = models.DateTimeField("反馈时间", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)
    chases = models.PositiveSmallIntegerField("催办次数", default=0)
    escalated_at = models.DateTimeField("提请协调时间", null=True)
    appealed_at = models.DateTimeField("提请指定时间", null=True)
    designated_at = models.DateTimeField("指定承办时间", null=True)
    moved_at = models.DateTimeField("最近动态")
    decision = models.CharField("协调员处理", max_length=12, blank=True, default="")
    decided_at = models.DateTimeField("协调员处理时间", null=True)
    decided_unit = models.CharField("协调员指定单位代码", max_length=20, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "转办台账"
        indexes = [models.Index(fields=["ended_at", "moved_at"], name="overview_board_open")]

    def __str__(self) -> str:
        return self.number
