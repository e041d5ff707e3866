"""S4, two social-security histories: a county asks the city, the city an office in another province."""

from datetime import date
from random import Random

from bancheng.catalogue.words import Kind, Mode, Outcome, ReporterKind
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from tenants.demo import invented
from tenants.demo.stories import pictures
from tenants.demo.stories.common import answered, asked, told
from tenants.demo.stories.stage import Script, Step, elsewhere, that_day

TITLE = "两地社保：县级转市级、市级函外省，六年年限转入后退休"
CENTRE = "130726"
CITY = "130700"
OUTSIDE = "150000"
CLERK, LEAD, HANDLER = Role.WINDOW_CLERK, Role.WINDOW_LEAD, Role.HANDLER
DEPARTMENT = "SB"
BASIS = "企业职工基本养老保险关系转移接续的现行规定"


def script() -> Script:
    """The steps in their order. Every run has another invented woman, so that none is a repeat."""
    yield from _at_the_counter()
    yield from _to_the_city()
    yield from elsewhere(CITY, _at_the_city())
    yield told("第五个工作日告诉本人：市里已发函外省", "市里已向外省发函，查询号码不变，请在家等消息。")
    yield from elsewhere(CITY, _the_answer())
    yield from _to_the_end()


def _at_the_counter() -> Script:
    rng, today = Random(), clock.today()  # noqa: S311  # another invented person each time
    yield Step(
        "县级窗口登记：两地都缴过，两地都办不了退休",
        "register",
        CLERK,
        data={
            "reporter_kind": ReporterKind.PERSON,
            "name": invented.staff_name(rng),
            "identifier": invented.card(rng, CENTRE, date(today.year - 55, 3, 22), man=False),
            "phone": invented.phone(rng),
            "address": invented.address(rng),
            "kind": Kind.HARD,
            "item_code": "ZY01",
            "subject": "外省缴费转不回来，到龄办不了退休",
            "narrative": "嫁到本县后参保，征地时又补缴过；后来外出务工，最后六年在外省缴费。"
            "外省说不够条件在当地退休，本县说外省的年限没有转来，两头都办不了。",
            "channel": "counter",
            "trips_before": 3,
            "months_before": 8,
            "attempts": [
                {"office": "外省经办机构电话", "when": "八个月前", "answer": "说不符合在当地退休的条件"},
                {"office": "县政务服务大厅", "when": "三个月前", "answer": "说要等外省把年限转来"},
            ],
        },
    )
    yield told("当日联系：记住一个查询号码就行", "由本窗口负责到底，转到哪里都用这一个号码查询。")
    yield Step(
        "研判：五级（跨地区）",
        "triage",
        LEAD,
        data={
            "kind": Kind.HARD,
            "item_code": "ZY01",
            "level": 5,
            "mode": Mode.COORDINATE,
            "principal_cause": "C04",
            "other_causes": ["C06"],
            "opinion": "先转移接续外省年限，再办退休申领；须由市级函商外省。",
        },
    )
    yield Step("受理：期限十五个工作日", "accept", LEAD)
    yield Step(
        "交办社保经办",
        "assign",
        LEAD,
        data={"department": DEPARTMENT, "instruction": "转移和退休接着办，不让本人两头跑。"},
    )
    yield Step("社保经办签收", "sign", HANDLER, DEPARTMENT)


def _to_the_city() -> Script:
    yield Step(
        "起草转办：请市级函商外省",
        "referral.draft",
        CLERK,
        data={
            "unit": CITY,
            "reason": "跨省转移接续由市级统一函商。",
            "requested": "请函商外省经办机构，转入六年缴费年限。",
            "told": "on",
        },
    )
    yield Step("审核送出", "referral.send", LEAD)


def _at_the_city() -> Script:
    yield Step("市级签收", "referral.sign", LEAD, after=1)
    yield Step(
        "市级交办社保经办",
        "assign",
        LEAD,
        data={"department": DEPARTMENT, "instruction": "当日发函，盯住回音。"},
    )
    yield Step("市级社保经办签收", "sign", HANDLER, DEPARTMENT)
    yield Step(
        "市级起草转办函：致外省经办机构",
        "referral.draft",
        CLERK,
        data={
            "unit": OUTSIDE,
            "reason": "反映人六年缴费在贵处，本市无权转移。",
            "requested": "请出具参保缴费凭证，将六年年限和资金转入本市。",
            "told": "on",
            "contact_person": "关系转移科值班人员",
            "contact_phone": "",
        },
    )
    yield Step("市级送出转办函", "referral.send", LEAD)
    yield asked("联系外省：电话", "call", "总机值班人员", "问清收函科室，对方告知寄关系转移科。")
    yield asked(
        "联系外省：信函签收回执",
        "letter",
        "关系转移科",
        "收到签收回执，对方已进入核对。",
        signed_for=True,
        after=3,
    )


def _the_answer() -> Script:
    yield asked("联系外省：电话", "call", "关系转移科工作人员", "对方说凭证已出具，资金三日内划转。", after=3)
    yield Step(
        "市级登记复函：六年年限和资金已转入",
        "referral.record_answer",
        CLERK,
        data={
            "outcome": Outcome.DONE,
            "number": "示例转移函〔2026〕58号",
            "dated": that_day,
            "answer": "复函同意转移，六年缴费年限和资金已转入本市。",
        },
        files={"scan": pictures.sheet},
        after=1,
    )
    yield Step("市级确认外省反馈", "referral.confirm", LEAD)
    yield Step(
        "市级办结：六年年限已转入",
        "resolve",
        HANDLER,
        DEPARTMENT,
        {"outcome": Outcome.DONE, "result": "外省六年缴费年限和资金已转入，年限合并计算。", "basis": BASIS},
    )
    yield Step(
        "市级办结反馈",
        "referral.answer",
        LEAD,
        data={"text": "外省六年缴费年限已转入并合并计算，请为本人办理退休申领。"},
    )


def _to_the_end() -> Script:
    yield Step("县级确认反馈", "referral.confirm", LEAD)
    yield Step(
        "县级办结上报：年限合并后退休",
        "resolve",
        HANDLER,
        DEPARTMENT,
        {
            "outcome": Outcome.DONE,
            "result": "六年年限转入后合并计算，缴费年限已满，退休申领已核定，自到龄次月起发放。",
            "basis": BASIS,
        },
        after=1,
    )
    yield from answered(done="您在外省的六年缴费年限已转入，退休申领已核定", basis=BASIS)
    yield Step(
        "销号：确认主因为跨地区", "close", LEAD, data={"principal_cause": "C04", "other_causes": ["C06"]}
    )
