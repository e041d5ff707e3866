"""S3, the retiring worker: a question at the counter becomes a matter; materials, employer, policy."""

from datetime import date
from random import Random

from bancheng.catalogue.words import Kind, Mode, Outcome, ReporterKind
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from tenants.demo import invented
from tenants.demo.stories.stage import Script, Step

TITLE = "到龄职工：材料、单位、政策，一次说清办完"
CENTRE = "130722"
CLERK, LEAD, HANDLER = Role.WINDOW_CLERK, Role.WINDOW_LEAD, Role.HANDLER
LEAD_DEPARTMENT, SUPPORTING = "RS", "YB"


def script() -> Script:
    """The steps in their order. Every run has another invented worker, so that none is a repeat."""
    yield from _at_the_counter()
    yield from _handled()
    yield from _to_the_end()


def _at_the_counter() -> Script:
    rng, today = Random(), clock.today()  # noqa: S311  # another invented person each time
    yield Step(
        "窗口咨询：快到龄了，不知道要备什么",
        "consultation",
        CLERK,
        data={
            "reporter_kind": ReporterKind.PERSON,
            "name": invented.staff_name(rng),
            "phone": invented.phone(rng),
            "channel": "counter",
            "item_code": "YL06",
            "subject": "下月到龄，退休要备哪些材料说法不一",
            "question": "在原单位干了二十多年，后来转到私企，两头都说材料在对方那里，"
            "医保年限够不够也没人说得清。",
            "answer": "当场先给了材料清单，其余转为反映件办理。",
        },
    )
    yield Step(
        "转为反映件：咨询里说过的一个字也不用再打",
        "register",
        CLERK,
        data={
            "identifier": invented.card(rng, "130722", date(today.year - 60, 12, 8)),
            "address": invented.address(rng),
            "capacity": "self",
            "kind": Kind.HARD,
            "urgency": "ordinary",
            "purpose": "request",
            "trips_before": 3,
            "months_before": 2,
            "attempts": [{"office": "现单位人事", "when": "上月", "answer": "说档案在原单位"}],
        },
    )
    yield Step(
        "研判：三级，政策不清加材料不齐，统筹协调",
        "triage",
        LEAD,
        data={
            "kind": Kind.HARD,
            "item_code": "YL06",
            "level": 3,
            "mode": Mode.COORDINATE,
            "principal_cause": "C09",
            "other_causes": ["C07"],
            "opinion": "人社主办，医保协办缴费年限核对。",
        },
    )
    yield Step("受理：期限五个工作日", "accept", LEAD)


def _handled() -> Script:
    yield Step(
        "交办人社，医保协办",
        "assign",
        LEAD,
        data={
            "department": LEAD_DEPARTMENT,
            "supporting": [SUPPORTING],
            "instruction": "材料能代查的代查，不让本人来回跑。",
        },
    )
    yield Step("人社签收", "sign", HANDLER, LEAD_DEPARTMENT)
    for title, text in (
        ("列清单：七项材料已有两项", "清单共七项：已有两项，一项容缺后补，一项由单位出具，其余由窗口代查。"),
        ("对接单位：联系、催办、收到", "与现单位联系两次，离职前工资表和参保证明已收到。"),
        ("讲明政策：引用文件，逐条解释", "已按延迟退休办法和最低缴费年限规定逐条解释，本人在解释单上签字。"),
    ):
        yield Step(title, "progress", HANDLER, LEAD_DEPARTMENT, {"text": text})
    yield Step("医保签收协办", "sign_support", HANDLER, SUPPORTING)
    yield Step(
        "医保答复：缴费年限够",
        "answer_support",
        HANDLER,
        SUPPORTING,
        {"answer": "医保缴费年限已满，可以同步转为退休身份。", "basis": "医保缴费记录"},
    )
    yield Step(
        "联系本人：医保年限够，材料齐了",
        "contact",
        HANDLER,
        LEAD_DEPARTMENT,
        {"channel": "phone", "reached": "true", "text": "医保缴费年限核对无误，材料已齐，等待核定。"},
    )


def _to_the_end() -> Script:
    yield Step(
        "办结上报",
        "resolve",
        HANDLER,
        LEAD_DEPARTMENT,
        {
            "outcome": Outcome.DONE,
            "result": "退休申领已受理并核定，医保同步转为退休身份，自到龄次月起发放。",
            "basis": "《国务院关于渐进式延迟法定退休年龄的办法》及基本养老保险现行规定",
        },
    )
    yield Step(
        "答复本人",
        "reply",
        CLERK,
        data={
            "text": "您的退休申领已核定，自到龄次月起发放，医保已转为退休身份。您无需再到窗口；"
            "如对结果不满意，可向本中心负责人反映，或依法申请行政复议。",
            "channel": "phone",
            "reached": "本人",
        },
    )
    yield Step(
        "回访：已解决，满意",
        "call_back",
        Role.CALLER,
        data={
            "reached": "true",
            "solved": "true",
            "satisfied": "true",
            "trips_after": 1,
            "blocked_again": "false",
            "note": "只来签了一次字，其余都是窗口代办。",
        },
    )
    yield Step(
        "销号：确认主因为政策不清", "close", LEAD, data={"principal_cause": "C09", "other_causes": ["C07"]}
    )
