"""S6, the deadlock: two offices each want the other's paper first; a meeting decides who goes first."""

from datetime import date, timedelta
from random import Random

from bancheng.catalogue.words import Kind, Mode, Outcome, ReporterKind
from bancheng.identity.roles import Role
from bancheng.timekeeping import calendar, clock
from tenants.coordination.models import Decision, Prerequisite
from tenants.demo import invented
from tenants.demo.stories.common import answered
from tenants.demo.stories.stage import Cast, Script, Step

TITLE = "死循环：两个部门互要对方的材料，会商定下由谁先办"
CENTRE = "130722"
CLERK, LEAD, HANDLER = Role.WINDOW_CLERK, Role.WINDOW_LEAD, Role.HANDLER
FIRST, SECOND = "RS", "SB"


def script() -> Script:
    """The steps in their order. Every run has another invented worker, so that none is a repeat."""
    yield from _at_the_counter()
    yield from _round_in_a_circle()
    yield from _decided()
    yield from _to_the_end()


def _at_the_counter() -> Script:
    rng, today = Random(), clock.today()  # noqa: S311  # another invented person each time
    yield Step(
        "窗口登记：人社要缴费记录，社保要年限认定，两头都不先办",
        "register",
        CLERK,
        data={
            "reporter_kind": ReporterKind.PERSON,
            "name": invented.staff_name(rng),
            "identifier": invented.card(rng, "130722", date(today.year - 58, 4, 19)),
            "phone": invented.phone(rng),
            "address": invented.address(rng),
            "kind": Kind.HARD,
            "item_code": "YL05",
            "subject": "视同缴费年限认定两头互要材料，办不下去",
            "narrative": "早年在县办厂上班，厂子已经没有了。人社说要先有社保补记的缴费记录才能认定年限，"
            "社保说要先有人社的年限认定表才能补记，来回跑了五趟。",
            "channel": "counter",
            "trips_before": 5,
            "months_before": 4,
            "attempts": [
                {"office": "人社窗口", "when": "四个月前", "answer": "先到社保补记缴费记录"},
                {"office": "社保窗口", "when": "三个月前", "answer": "先到人社认定视同年限"},
            ],
        },
    )
    yield Step(
        "当日联系：由窗口去跑，本人在家等消息",
        "contact",
        CLERK,
        data={"channel": "counter", "reached": "true", "text": "当面告知：不用再跑，由窗口召集两家定下来。"},
    )
    yield Step(
        "研判：三级，统筹协调",
        "triage",
        LEAD,
        data={
            "kind": Kind.HARD,
            "item_code": "YL05",
            "level": 3,
            "mode": Mode.COORDINATE,
            "principal_cause": "C12",
            "other_causes": ["C01", "C05"],
            "opinion": "两家各执一词，疑为流程互为前置，先把各自的前置条件记清楚。",
        },
    )
    yield Step("受理：期限五个工作日", "accept", LEAD)
    yield Step(
        "交办人社，社保协办",
        "assign",
        LEAD,
        data={
            "department": FIRST,
            "supporting": [SECOND],
            "instruction": "请各自写明要对方出什么、依据什么。",
        },
    )


def _round_in_a_circle() -> Script:
    yield Step("人社签收", "sign", HANDLER, FIRST, after=1)
    yield Step("社保签收协办", "sign_support", HANDLER, SECOND)
    yield Step(
        "人社的前置条件：先要社保的缴费记录",
        "record_prerequisite",
        HANDLER,
        FIRST,
        {
            "wanting": FIRST,
            "giving": SECOND,
            "paper": "补记后的缴费记录",
            "basis": "视同缴费年限认定操作规程（示例）第八条",
        },
    )
    yield Step(
        "社保的前置条件：先要人社的认定表。系统看出死循环，自动提级，建议会商",
        "record_prerequisite",
        HANDLER,
        SECOND,
        {
            "wanting": SECOND,
            "giving": FIRST,
            "paper": "视同缴费年限认定表",
            "basis": "缴费记录补记操作规程（示例）第五条",
        },
    )


def _decided() -> Script:
    yield Step(
        "窗口召集会商",
        "call_meeting",
        LEAD,
        data={
            "at": _in_two_hours,
            "place": "中心二楼会议室",
            "departments": [FIRST, SECOND],
            "question": "由哪一家先办，另一家凭什么接着办。",
        },
    )
    yield Step(
        "会商纪要：人社凭原始档案先认定，社保见表即补记",
        "record_minutes",
        LEAD,
        data={
            "attended": "窗口负责人，人社、社保经办人员",
            "minutes": "人社凭档案中的招工表、工资审批表先行认定；社保见认定表当日补记。"
            "今后同类情况照此办理。",
            "goes_first": _what_the_first_wants,
            "decisions": _decisions,
        },
        after=1,
    )
    yield Step(
        "人社的决定落实：已凭档案认定",
        "carry_out_decision",
        HANDLER,
        FIRST,
        {"decision": _first_decision, "result": "已凭招工表、工资审批表认定。"},
    )
    yield Step(
        "社保答复协办：已见表补记",
        "answer_support",
        HANDLER,
        SECOND,
        {"answer": "已见人社认定表，缴费记录当日补记完毕。", "basis": "会商纪要"},
        after=1,
    )
    yield Step(
        "社保的前置条件解决",
        "settle_prerequisite",
        HANDLER,
        SECOND,
        {"prerequisite": _what_the_second_wants, "how": "人社已按会商纪要出具认定表。"},
    )
    yield Step(
        "社保的决定落实：当日补记",
        "carry_out_decision",
        LEAD,
        data={"decision": _first_decision, "result": "社保见认定表当日补记完毕。"},
    )


def _to_the_end() -> Script:
    yield Step(
        "办结上报",
        "resolve",
        HANDLER,
        FIRST,
        {
            "outcome": Outcome.DONE,
            "result": "视同缴费年限已认定，缴费记录已补记，可按时申领退休。",
            "basis": "会商纪要、视同缴费年限认定表",
        },
    )
    yield from answered(done="您的视同缴费年限已经认定，缴费记录已补记", basis="人社认定表和会商纪要")
    yield Step(
        "销号：确认主因为流程互为前置",
        "close",
        LEAD,
        data={"principal_cause": "C12", "other_causes": ["C01", "C05"]},
    )


def _in_two_hours(cast: Cast) -> str:
    return (clock.now() + timedelta(hours=2)).strftime("%Y-%m-%d %H:%M")


def _decisions(cast: Cast) -> list[dict[str, str]]:
    return [
        {"what": "凭原始档案先行认定视同年限", "who": "人社", "until": _in_working_days(1)},
        {"what": "见认定表当日补记缴费记录", "who": "社保", "until": _in_working_days(2)},
    ]


def _first_decision(cast: Cast) -> str:
    """The first that is not carried out yet."""
    rows = Decision.objects.filter(meeting__matter_id=cast.the_matter, done_at=None)
    return str(rows.order_by("position")[0].pk)


def _in_working_days(days: int) -> str:
    return calendar.current().add(clock.today(), days).isoformat()


def _what_the_first_wants(cast: Cast) -> list[str]:
    return [_open_between(cast, FIRST)]


def _what_the_second_wants(cast: Cast) -> str:
    return _open_between(cast, SECOND)


def _open_between(cast: Cast, wanting: str) -> str:
    rows = Prerequisite.objects.filter(matter_id=cast.the_matter, wanting_code=wanting, settled_at=None)
    return str(rows.get().pk)
