"""What was learned: problems and measures, precedents, and the index of having nothing left to do."""

from bancheng.bulletins import document
from bancheng.bulletins.comparing import Sight
from bancheng.bulletins.document import Block, Section
from bancheng.overview import index as indices
from bancheng.overview import marks, problems
from bancheng.overview.index import formula, months
from bancheng.overview.models import CityProblem, ProblemCard, ProblemState
from bancheng.overview.selectors import cause_name, item_name
from bancheng.overview.units import short_names
from bancheng.precedents.models import Precedent
from bancheng.web.words import day


def loop(sight: Sight) -> Section:
    """Measures that took effect in the month, problems that moved, precedents that were published."""
    return document.section(
        "improvement",
        "问题、措施与先例",
        document.paragraph(_told(sight)),
        _measures(sight),
        _moved(sight),
        _states(sight),
        _precedents(sight),
    )


def _told(sight: Sight) -> str:
    scope = sight.scope
    within = (scope.since, scope.until)
    opened, routine, judged = (
        ProblemCard.objects.filter(**{f"{column}__range": within})
        .exclude(state=ProblemState.DISMISSED)
        .count()
        for column in ("opened_on", "routine_on", "verdict_on")
    )
    taken_up = CityProblem.objects.filter(opened_on__range=within).count()
    return (
        f"本月各中心立项{opened}个问题，转为常态{routine}个，完成成效评估{judged}个；市级立项{taken_up}个。"
        "评估件数太少、区间说明不了问题的，如实记“样本不足”。"
    )


def _measures(sight: Sight) -> Block:
    return document.table(
        "本月起实行的措施",
        ["起始日期", "范围", "措施类型", "事项", "根因"],
        [
            [
                day(each.mark.from_on),
                each.centre,
                str(each.mark.get_kind_display()),
                each.item,
                each.cause or "全部主因",
            ]
            for each in marks.marked(sight.scope)
        ],
        empty="本月没有起始的措施。",
        words=5,
    )


def _moved(sight: Sight) -> Block:
    within, short = (sight.scope.since, sight.scope.until), short_names()
    found = ProblemCard.objects.filter(verdict_on__range=within).order_by("centre", "number")
    return document.table(
        "本月完成成效评估的问题",
        ["编号", "中心", "事项", "根因", "措施前", "措施后", "比较天数", "成效"],
        [
            [
                card.number,
                short.get(card.centre, card.centre),
                item_name(card.item),
                cause_name(card.cause),
                card.before,
                card.after,
                card.window_days,
                str(card.get_verdict_display()),
            ]
            for card in found
        ],
        note="措施前、措施后为同样天数内的同类反映件。",
        empty="本月没有完成成效评估的问题。",
        words=4,
    )


def _states(sight: Sight) -> Block:
    found = problems.problems(sight.scope)
    return document.table(
        "各中心问题台账（数据截至时）",
        ["状态", "个数"],
        [*found.states.items(), ("合计", found.total)],
        note="不限本月立项的；不立项的不列。",
    )


def _precedents(sight: Sight) -> Block:
    short = short_names()
    found = Precedent.objects.filter(
        published_on__range=(sight.scope.since, sight.scope.until), withdrawn_on=None
    )
    return document.table(
        "本月发布的先例",
        ["编号", "来源", "事项", "标题", "有效期至"],
        [
            [
                each.number,
                short.get(each.centre, each.centre),
                item_name(each.item),
                each.title,
                day(each.expires_on),
            ]
            for each in found.order_by("published_on", "number")
        ],
        note="先例已隐去个人信息，并经另一人审核。",
        empty="本月没有发布先例。",
        words=5,
    )


def index(sight: Sight) -> Section:
    """The index of the month with its formula and its guards, and how it went over the year."""
    found = indices.of(sight.month)
    value = (
        f"{months.word(sight.month)}，全市无事可办指数为{found.value}。"
        if found.value is not None
        else f"{months.word(sight.month)}，全市无事可办指数不可评：{found.why}"
    )
    return document.section(
        "index",
        "无事可办指数",
        document.paragraph(value),
        document.paragraph(f"公式：{formula.FORMULA}。本月代入：{found.formula}。"),
        document.table(
            "各项得分",
            ["项", "口径", "分子", "分母", "得分", "满分"],
            [[t.name, t.meaning, t.part, t.whole, float(t.points), t.most] for t in found.terms],
            words=2,
        ),
        document.table(
            "评价条件",
            ["条件", "是否满足", "说明"],
            [[guard.name, "满足" if guard.holds else "不满足", guard.says] for guard in found.guards],
            note="条件不满足时指数不可评：反映件减少，只有在如实登记的前提下才是好事。",
            words=3,
        ),
        _history(sight),
    )


def _history(sight: Sight) -> list[Block]:
    found = [each for each in indices.history() if each.month <= sight.month]
    labels = [f"{each.month:%Y-%m}" for each in found]
    return [
        document.chart(
            "line",
            "无事可办指数",
            "",
            labels,
            {"指数": [None if each.value is None else float(each.value) for each in found]},
        )
        if any(each.value is not None for each in found)
        else {},
        document.table(
            "逐月指数",
            ["月份", "指数"],
            [[label, each.text] for label, each in zip(labels, found, strict=True)],
        ),
    ]
