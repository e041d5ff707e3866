"""Facts: what happened in one centre on one day, counted. Only `tenants.workbook.summary` writes them."""

from typing import Final

from django.db import models


class Counters(models.Model):
    """The counters that a fact and the city's day have alike. What each counts: `COUNTERS`."""

    registered = models.PositiveIntegerField("登记", default=0)
    received = models.PositiveIntegerField("转入", default=0)
    repeated = models.PositiveIntegerField("重复反映", default=0)
    trips_before = models.PositiveIntegerField("反映前跑动次数", default=0)
    months_before = models.PositiveIntegerField("反映前历时（月）", default=0)
    accepted = models.PositiveIntegerField("受理", default=0)
    accepted_closed = models.PositiveIntegerField("受理后已销号", default=0)
    contacted_same_day = models.PositiveIntegerField("受理当日已联系", default=0)
    contacted_next_day = models.PositiveIntegerField("受理后一个工作日内已联系", default=0)
    declined = models.PositiveIntegerField("不予受理", default=0)
    returned = models.PositiveIntegerField("部门退回", default=0)
    referred_out = models.PositiveIntegerField("转出", default=0)
    extended = models.PositiveIntegerField("延期", default=0)
    supervised = models.PositiveIntegerField("督办", default=0)
    escalated = models.PositiveIntegerField("提级", default=0)
    taken_over = models.PositiveIntegerField("包案", default=0)
    resolved = models.PositiveIntegerField("办结上报", default=0)
    resolved_on_time = models.PositiveIntegerField("按期办结", default=0)
    resolved_extended = models.PositiveIntegerField("延期后办结", default=0)
    done = models.PositiveIntegerField("已办成", default=0)
    handling_days = models.PositiveIntegerField("办理用时（工作日）", default=0)
    gross_days = models.PositiveIntegerField("群众等待（日）", default=0)
    held_window = models.PositiveIntegerField("窗口用时（分钟）", default=0)
    held_department = models.PositiveIntegerField("部门用时（分钟）", default=0)
    held_centre = models.PositiveIntegerField("其他中心用时（分钟）", default=0)
    held_outside = models.PositiveIntegerField("外部单位用时（分钟）", default=0)
    held_reporter = models.PositiveIntegerField("反映人用时（分钟）", default=0)
    replied = models.PositiveIntegerField("答复", default=0)
    called_back = models.PositiveIntegerField("回访联系上", default=0)
    solved = models.PositiveIntegerField("回访问题已解决", default=0)
    blocked_again = models.PositiveIntegerField("回访再次受阻", default=0)
    trips_told = models.PositiveIntegerField("回访问到跑动次数", default=0)
    trips_after = models.PositiveIntegerField("反映后跑动次数", default=0)
    rated = models.PositiveIntegerField("反映人评价", default=0)
    satisfied = models.PositiveIntegerField("基本满意及以上", default=0)
    closed = models.PositiveIntegerField("销号", default=0)
    reopened = models.PositiveIntegerField("重办", default=0)
    withdrawn = models.PositiveIntegerField("撤回", default=0)
    thanked = models.PositiveIntegerField("锦旗感谢", default=0)
    dropped = models.PositiveIntegerField("受理后未销号而结束", default=0)

    class Meta:
        abstract = True


class Fact(Counters):
    """What happened in one centre on one day to matters that are alike in every dimension.

    A row exists only where something was counted. The day is the one in Asia/Shanghai of the event itself,
    the dimensions are what the matter is today: a later triage moves its old days too. `level` is 0, `cause`
    and `outcome` are empty as long as there is none. The scheme (险种) follows from the item.
    """

    centre = models.CharField("中心代码", max_length=20)
    day = models.DateField("日期")
    item = models.CharField("事项", max_length=10)
    kind = models.CharField("类别", max_length=10)
    mode = models.CharField("办理方式", max_length=12, default="routine")
    level = models.PositiveSmallIntegerField("难度等级", default=0)
    cause = models.CharField("主因", max_length=8, blank=True, default="")
    reporter = models.CharField("反映人类别", max_length=12, default="person")
    cross_department = models.BooleanField("跨部门", default=False)
    cross_level = models.BooleanField("跨层级", default=False)
    cross_region = models.BooleanField("跨地区", default=False)
    outcome = models.CharField("办理结果", max_length=12, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "统计事实"
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "centre",
                    "day",
                    "item",
                    "kind",
                    "mode",
                    "level",
                    "cause",
                    "reporter",
                    "cross_department",
                    "cross_level",
                    "cross_region",
                    "outcome",
                ],
                name="overview_fact_once",
            )
        ]
        indexes = [models.Index(fields=["day"], name="overview_fact_day")]

    def __str__(self) -> str:
        return f"{self.centre} {self.day} {self.item}"


DIMENSIONS: Final = (
    "day",
    "item",
    "kind",
    "mode",
    "level",
    "cause",
    "reporter",
    "cross_department",
    "cross_level",
    "cross_region",
    "outcome",
)
"""What a centre's facts are told apart by."""

DIMENSION_WORDS: Final[dict[str, str]] = {
    "day": "事件发生的日期，按北京时间",
    "item": "反映件现在的事项；险种随事项",
    "kind": "反映件现在的类别：急事、难事、新事",
    "mode": "反映件现在的办理方式",
    "level": "反映件现在的难度等级；0为尚未研判",
    "cause": "反映件现在的主因；空为尚未研判",
    "reporter": "反映人类别：群众、企业、单位",
    "cross_department": "有过协办单位的，含协办已取消的",
    "cross_level": "曾转出至或转自不同层级（县区、市、省）单位的，含后来退回、撤回的；层级按单位区划代码",
    "cross_region": "曾转出至或转自其他地区单位的，含后来退回、撤回的；"
    "按区划代码，两地互不包含为其他地区，县与所属市、省不算",
    "outcome": "反映件现在的办理结果；空为尚无结果，重办后至再次上报前亦为空",
}
"""The dimensions of a fact in words: what a matter is told by."""

COUNTERS: Final[dict[str, str]] = {
    "registered": "登记的件数，按登记日",
    "received": "登记的件数中，由其他中心转来的",
    "repeated": "登记的件数中，同一人同一事项九十日内再次反映的",
    "trips_before": "登记的件数中，反映人自述此前为此事跑动的次数之和",
    "months_before": "登记的件数中，反映人自述此前历时的月数之和",
    "accepted": "受理的件数，按受理日",
    "accepted_closed": "当日受理的件数中，现已销号的；重办后尚未再次销号的不算",
    "contacted_same_day": "当日受理的件数中，当日或此前已联系上反映人的",
    "contacted_next_day": "当日受理的件数中，至迟下一个工作日已联系上反映人的",
    "declined": "作出不予受理决定的次数，按决定日；主任撤销的仍计",
    "returned": "部门退回窗口的次数",
    "referred_out": "转往其他中心或外部单位的次数",
    "extended": "延期的次数，按延期日",
    "supervised": "发出督办单的次数",
    "escalated": "提级的次数",
    "taken_over": "中心主任包案的次数",
    "resolved": "办结上报的次数；重办后再次上报的另计",
    "resolved_on_time": "办结上报时未过当时办理期限的次数",
    "resolved_extended": "办结上报的次数中，办理期限延期过的",
    "done": "办结上报的结果为“已办成”的次数",
    "handling_days": "办结上报的工作日之和：自受理（重办的自重办）的次一工作日起，至上报当日，"
    "不含等待反映人补正的日子",
    "gross_days": "办结上报时距登记（重办的距重办）的日历日之和，不扣除任何等待",
    "held_window": "办结上报的反映件，自登记（重办的自重办）起在窗口手上的工作时间之和，"
    "以分钟计，每个工作日九小时",
    "held_department": "同上，在部门手上的",
    "held_centre": "同上，在其他中心手上的",
    "held_outside": "同上，在外部单位手上的",
    "held_reporter": "同上，等待反映人补正的",
    "replied": "答复反映人，或向转来的中心反馈的次数；随主件一并答复的不另计",
    "called_back": "回访联系上反映人的次数",
    "solved": "回访联系上并确认问题已解决的次数",
    "blocked_again": "回访联系上并表示再次受阻的次数",
    "trips_told": "回访问到反映后跑动次数的次数",
    "trips_after": "回访所述反映后跑动次数之和",
    "rated": "反映人本人评价的次数；工作人员代录的不算",
    "satisfied": "反映人本人评价为基本满意、满意、非常满意的次数",
    "closed": "销号的次数；重办后再次销号的另计",
    "reopened": "重办的次数",
    "withdrawn": "反映人撤回的件数",
    "thanked": "收到锦旗、感谢信等的数量，按登记日",
    "dropped": "受理后没有销号而结束的件数：反映人撤回、并入他件、改派他处",
}
"""The counters of a fact, and what exactly each counts; the same words stand on the page."""


class SpanKind(models.TextChoices):
    """What was measured in single matters, so that a median can be told."""

    HANDLING = "handling", "办理用时（工作日）"
    GROSS = "gross", "群众等待（日）"
    CONTACT = "contact", "受理至首次联系（分钟）"
    BEFORE = "before", "反映前历时（日）"


class Span(models.Model):
    """How many matters of one item took `value` in one centre, on the day on which that was known.

    HANDLING and GROSS on the day of the resolution, CONTACT on the day of acceptance (full minutes as they
    pass, 0 for a contact before acceptance; matters not yet contacted are left out), BEFORE on the day of
    registration, 30 days for a month, 0 left out.
    """

    centre = models.CharField("中心代码", max_length=20)
    day = models.DateField("日期")
    item = models.CharField("事项", max_length=10)
    what = models.CharField("计量", max_length=10, choices=SpanKind.choices)
    value = models.PositiveIntegerField("数值")
    count = models.PositiveIntegerField("件数")

    class Meta:
        verbose_name = verbose_name_plural = "用时分布"
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "day", "item", "what", "value"], name="overview_span_once"
            )
        ]
        indexes = [models.Index(fields=["day", "what"], name="overview_span_day")]

    def __str__(self) -> str:
        return f"{self.centre} {self.day} {self.what} {self.value}"


class CityDay(Counters):
    """The sum of all centres' facts and consultations of one day: what the city's headline reads."""

    day = models.DateField("日期", primary_key=True)
    consultations = models.PositiveIntegerField("咨询", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "全市日汇总"

    def __str__(self) -> str:
        return f"{self.day}"


class CitySpan(models.Model):
    """The sum of all centres' spans of one day."""

    day = models.DateField("日期")
    what = models.CharField("计量", max_length=10, choices=SpanKind.choices)
    value = models.PositiveIntegerField("数值")
    count = models.PositiveIntegerField("件数")

    class Meta:
        verbose_name = verbose_name_plural = "全市用时分布"
        constraints = [
            models.UniqueConstraint(fields=["day", "what", "value"], name="overview_city_span_once")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.what} {self.value}"


class RollupDue(models.Model):
    """A day whose facts have changed since the city's sums were made.

    Always a new row, written with the facts; the roll-up takes away only the rows that it has read, so that
    a change that commits meanwhile is summed next time.
    """

    day = models.DateField("日期")

    class Meta:
        verbose_name = verbose_name_plural = "待汇总日"

    def __str__(self) -> str:
        return f"{self.day}"


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
    calendar = models.CharField("统计所据日历", max_length=16, blank=True, default="")
    """The digest of the working calendar by which the facts were counted."""
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
