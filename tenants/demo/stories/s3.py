"""S3, the retiring worker: a question at the counter becomes a matter; materials, employer, policy, sums."""

from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

from bancheng.catalogue.words import Kind, Mode, Outcome, ReporterKind
from bancheng.identity.roles import Role
from bancheng.timekeeping import calendar, clock
from tenants.casework.models import MaterialStatus
from tenants.casework.selectors import materials
from tenants.demo import invented
from tenants.demo.stories.common import answered
from tenants.demo.stories.stage import Cast, Script, Step
from tenants.matters.models import Matter

TITLE = "到龄职工：材料、单位、政策、测算，一次说清办完"
CENTRE = "130722"
CLERK, LEAD, HANDLER = Role.WINDOW_CLERK, Role.WINDOW_LEAD, Role.HANDLER
LEAD_DEPARTMENT, SUPPORTING = "RS", "YB"
EMPLOYER = "北川建材有限公司（示例）"
POLICY = "国务院关于渐进式延迟法定退休年龄的办法"


def script() -> Script:
    """The steps in their order. Every run has another invented worker, so that none is a repeat."""
    yield from _at_the_counter()
    yield from _materials_and_employer()
    yield from _policy_and_reckoning()
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
            "identifier": invented.card(
                rng, "130722", date(today.year - 60, 7, rng.randrange(1, 29)), man=True
            ),
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
    yield Step(
        "当面告知：材料由窗口和单位去备，本人不用跑",
        "contact",
        CLERK,
        data={"channel": "counter", "reached": "true", "text": "当面告知：由本窗口负责到底，有消息打电话。"},
    )


def _materials_and_employer() -> Script:
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
    yield Step(
        "核对材料：七项已备两项，一项容缺后补，其余由单位出具或窗口代查",
        "check_materials",
        HANDLER,
        LEAD_DEPARTMENT,
        {
            "lines": _lines(
                ("居民身份证", {"status": MaterialStatus.RECEIVED}),
                ("社会保障卡", {"status": MaterialStatus.RECEIVED}),
                (
                    "户口簿",
                    {
                        "status": MaterialStatus.FOLLOWS,
                        "follow_by": _in_three_days,
                        "undertaking": "户口簿在外地子女处，承诺寄回后即交复印件。",
                    },
                ),
            )
        },
    )
    for title, kind, content, after in (
        ("对接单位：电话联系", "contact", "说明退休申请表和人事档案须由单位出具，对方说要请示。", 0),
        ("对接单位：催办", "remind", "再次电话，告知本人即将到龄，请明天前送到。", 1),
        ("对接单位：收到申请表和档案", "received", "单位派人送来退休申请表，人事档案一并移交。", 1),
    ):
        yield Step(
            title,
            "log_liaison",
            HANDLER,
            LEAD_DEPARTMENT,
            {"unit": EMPLOYER, "contact": "人事专员", "way": "phone", "kind": kind, "content": content},
            after=after,
        )
    yield Step("医保签收协办", "sign_support", HANDLER, SUPPORTING)
    yield Step(
        "医保答复：缴费年限已满",
        "answer_support",
        HANDLER,
        SUPPORTING,
        {"answer": "医保缴费年限已满，可以同步转为退休身份。", "basis": "医保缴费年限记录"},
    )
    yield Step(
        "核对材料：单位的已收，窗口代查的已查到，只剩户口簿",
        "check_materials",
        HANDLER,
        LEAD_DEPARTMENT,
        {
            "lines": _lines(
                ("退休申请表", {"status": MaterialStatus.RECEIVED, "source": "用人单位"}),
                ("职工人事档案", {"status": MaterialStatus.RECEIVED, "source": "用人单位"}),
                ("养老保险缴费记录", {"status": MaterialStatus.RECEIVED, "source": "窗口代查"}),
                ("医疗保险缴费年限记录", {"status": MaterialStatus.SHARED, "source": "医保部门协办答复"}),
            )
        },
    )


def _policy_and_reckoning() -> Script:
    yield Step(
        "退休测算：缴费月数、退休时间、分项待遇",
        "reckon",
        HANDLER,
        LEAD_DEPARTMENT,
        {
            "category": "man",
            "planned": _next_month,
            "actual_months": 262,
            "deemed_months": 41,
            "average_index": "0.8500",
            "balance": "86500.00",
        },
    )
    yield Step(
        "讲明政策：引用文件和条款，连同测算单，本人签字",
        "explain_policy",
        HANDLER,
        LEAD_DEPARTMENT,
        {
            "title": POLICY,
            "document": "",
            "article": "第一条、第二条、第三条",
            "words": "到龄时间按出生年月对照附表；最低缴费年限已满足；可以自愿弹性提前或延迟，最长三年。"
            "测算仅供参考，以核定为准。",
            "signed": "true",
        },
    )
    yield Step(
        "告诉本人：年限够，材料只差户口簿",
        "contact",
        HANDLER,
        LEAD_DEPARTMENT,
        {"channel": "phone", "reached": "true", "text": "医保缴费年限核对无误，材料只差户口簿复印件。"},
    )
    yield Step(
        "本人在查询页上说：户口簿复印件已寄出",
        "track.supply_material",
        Role.REPORTER,
        data={"item": "户口簿", "text": "户口簿复印件今天已寄到窗口。"},
    )
    yield Step(
        "核对材料：户口簿收到，七项齐全",
        "check_materials",
        HANDLER,
        LEAD_DEPARTMENT,
        {"lines": _lines(("户口簿", {"status": MaterialStatus.RECEIVED, "source": "本人邮寄"}))},
        after=1,
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
            "basis": f"《{POLICY}》及基本养老保险现行规定",
        },
    )
    yield from answered(
        done="您的退休申领已核定，自到龄次月起发放，医保已转为退休身份",
        basis=f"《{POLICY}》",
        trips_after=1,
    )
    yield Step(
        "销号：确认主因为政策不清", "close", LEAD, data={"principal_cause": "C09", "other_causes": ["C07"]}
    )


def _lines(*said: tuple[str, dict[str, Any]]) -> Callable[[Cast], list[dict[str, Any]]]:
    """Lines of the checklist by their names, as the form takes them: with their ids once they are stored."""

    def typed(cast: Cast) -> list[dict[str, Any]]:
        matter = Matter.objects.get(pk=cast.the_matter)
        stored = {each.name: str(each.pk) for each in materials.stored(matter)}
        return [
            {"id": stored.get(name, ""), "name": name}
            | {part: value(cast) if callable(value) else str(value) for part, value in parts.items()}
            for name, parts in said
        ]

    return typed


def _in_three_days(cast: Cast) -> str:
    return calendar.current().add(clock.today(), 3).isoformat()


def _next_month(cast: Cast) -> str:
    day = clock.today()
    return f"{day.year + day.month // 12}-{day.month % 12 + 1:02d}"
