"""What the city knows of its centres: counts, never a case and nothing of any person.

Only `tenants.workbook` writes here, from within a centre's schema; pages read here and nowhere else.
"""

from typing import Final

from django.db import models


class Fact(models.Model):
    """What happened in one centre on one day to matters of one item, kind, level and principal cause.

    A row exists only where something was counted. The day is the one in Asia/Shanghai of the event itself,
    the dimensions are what the matter is today: a later triage moves its old days too. `level` is 0 and
    `cause` empty before triage. What each counter means: `COUNTERS`.
    """

    centre = models.CharField("中心代码", max_length=20)
    day = models.DateField("日期")
    item = models.CharField("事项", max_length=10)
    kind = models.CharField("类别", max_length=10)
    level = models.PositiveSmallIntegerField("难度等级", default=0)
    cause = models.CharField("主因", max_length=8, blank=True, default="")

    registered = models.PositiveIntegerField("登记", default=0)
    received = models.PositiveIntegerField("转入", default=0)
    accepted = models.PositiveIntegerField("受理", default=0)
    accepted_closed = models.PositiveIntegerField("受理后已销号", default=0)
    contacted_same_day = models.PositiveIntegerField("受理当日已联系", default=0)
    declined = models.PositiveIntegerField("不予受理", default=0)
    returned = models.PositiveIntegerField("部门退回", default=0)
    referred_out = models.PositiveIntegerField("转出", default=0)
    resolved = models.PositiveIntegerField("办结上报", default=0)
    resolved_on_time = models.PositiveIntegerField("按期办结", default=0)
    done = models.PositiveIntegerField("已办成", default=0)
    handling_days = models.PositiveIntegerField("办理用时（工作日）", default=0)
    replied = models.PositiveIntegerField("答复", default=0)
    closed = models.PositiveIntegerField("销号", default=0)
    reopened = models.PositiveIntegerField("重办", default=0)
    withdrawn = models.PositiveIntegerField("撤回", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "统计事实"
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "day", "item", "kind", "level", "cause"], name="overview_fact_once"
            )
        ]
        indexes = [models.Index(fields=["day"], name="overview_fact_day")]

    def __str__(self) -> str:
        return f"{self.centre} {self.day} {self.item}"


DIMENSIONS: Final = ("day", "item", "kind", "level", "cause")
"""What a centre's facts are told apart by."""

COUNTERS: Final[dict[str, str]] = {
    "registered": "登记的件数，按登记日",
    "received": "登记的件数中，由其他中心转来的",
    "accepted": "受理的件数，按受理日",
    "accepted_closed": "当日受理的件数中，现已销号的；重办后尚未再次销号的不算",
    "contacted_same_day": "当日受理的件数中，当日或此前已联系上反映人的",
    "declined": "作出不予受理决定的次数，按决定日；主任撤销的仍计",
    "returned": "部门退回窗口的次数",
    "referred_out": "转往其他中心或外部单位的次数",
    "resolved": "办结上报的次数；重办后再次上报的另计",
    "resolved_on_time": "办结上报时未过当时办理期限的次数",
    "done": "办结上报的结果为“已办成”的次数",
    "handling_days": "办结上报的工作日之和：自受理（重办的自重办）的次一工作日起，至上报当日，"
    "不含等待反映人补正的日子",
    "replied": "答复反映人，或向转来的中心反馈的次数",
    "closed": "销号的次数；重办后再次销号的另计",
    "reopened": "重办的次数",
    "withdrawn": "反映人撤回的件数",
}
"""The counters of a fact, and what exactly each counts; the same words stand on the page."""


class ConsultationFact(models.Model):
    """How many consultations (咨询) one centre answered on one day, of one item, by one way."""

    centre = models.CharField("中心代码", max_length=20)
    day = models.DateField("日期")
    item = models.CharField("事项", max_length=10)
    channel = models.CharField("来源", max_length=12)
    count = models.PositiveIntegerField("件数")

    class Meta:
        verbose_name = verbose_name_plural = "咨询事实"
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "day", "item", "channel"], name="overview_consultation_once"
            )
        ]
        indexes = [models.Index(fields=["day"], name="overview_consultation_day")]

    def __str__(self) -> str:
        return f"{self.centre} {self.day} {self.item}"


class CentreFigure(models.Model):
    """How one centre stands at `summarised_at`, and up to where its events have been counted.

    `watermark` is a transaction id of this database cluster: all below it had ended when the facts were
    last brought up to date.
    """

    centre = models.CharField("中心代码", max_length=20, primary_key=True)
    open = models.PositiveIntegerField("在办", default=0)
    overdue = models.PositiveIntegerField("超期", default=0)
    no_owner = models.PositiveIntegerField("无承办", default=0)
    no_reply = models.PositiveIntegerField("无答复", default=0)
    referrals_to_centres = models.PositiveIntegerField("转往其他中心在办", default=0)
    referrals_by_letter = models.PositiveIntegerField("函转外部单位在办", default=0)
    referrals_received = models.PositiveIntegerField("转入在办", default=0)
    supervised = models.PositiveIntegerField("督办中", default=0)
    taken_over = models.PositiveIntegerField("包案中", default=0)
    city_notices = models.PositiveIntegerField("通报中", default=0)
    watermark = models.BigIntegerField("水位", default=0)
    summarised_at = models.DateTimeField("数据截至", null=True)
    board_at = models.DateTimeField("转办台账补录时间", null=True)
    """When the referrals from before the board was kept were written there."""

    class Meta:
        verbose_name = verbose_name_plural = "中心现况"

    def __str__(self) -> str:
        return self.centre


GAUGES: Final = (
    "open",
    "overdue",
    "no_owner",
    "no_reply",
    "referrals_to_centres",
    "referrals_by_letter",
    "referrals_received",
    "supervised",
    "taken_over",
    "city_notices",
)
"""The fields of CentreFigure that say how a centre stands."""


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
