"""S5: a county refers to the city, which gives it back; the county disagrees, the coordinator designates."""

from datetime import date
from random import Random

from bancheng.catalogue.words import Kind, Mode, Outcome, ReporterKind
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from tenants.demo import invented
from tenants.demo.stories.common import answered, told
from tenants.demo.stories.stage import Script, Step, elsewhere
from tenants.referrals.models import Ground

TITLE = "县级转市级被退回：市级协调员指定承办，县级首接到底"
CENTRE = "130722"
CITY = "130700"
CLERK, LEAD, HANDLER = Role.WINDOW_CLERK, Role.WINDOW_LEAD, Role.HANDLER
AT_HOME, AT_CITY = "RS", "RS"
BASIS = "视同缴费年限认定的现行规定"


def script() -> Script:
    """The steps in their order. Every run has another invented worker, so that none is a repeat."""
    yield from _at_the_counter()
    yield from _back_and_forth()
    yield from elsewhere(CITY, _at_the_city())
    yield from _to_the_end()


def _at_the_counter() -> Script:
    rng, today = Random(), clock.today()  # noqa: S311  # another invented person each time
    yield Step(
        "县级窗口登记：老厂并入市属企业后，档案找不到了",
        "register",
        CLERK,
        data={
            "reporter_kind": ReporterKind.PERSON,
            "name": invented.staff_name(rng),
            "identifier": invented.card(rng, CENTRE, date(today.year - 59, 2, 11), man=True),
            "phone": invented.phone(rng),
            "address": invented.address(rng),
            "kind": Kind.HARD,
            "item_code": "YL05",
            "subject": "企业合并后档案遗失，视同缴费年限无人认定",
            "narrative": "早年在县办厂上班，厂子后来并入市属企业，档案随迁时遗失。县里说档案归市里，"
            "市属企业说没有接收，来回跑了四趟。",
            "channel": "counter",
            "trips_before": 4,
            "months_before": 7,
            "attempts": [
                {"office": "县档案馆", "when": "半年前", "answer": "说合并时已移交市属企业"},
                {"office": "市属企业人事科", "when": "四个月前", "answer": "说没有接收记录"},
            ],
        },
    )
    yield told("当日联系：由县级窗口负责到底", "已登记，由本窗口与市级联系，不用您再跑。")
    yield Step(
        "研判：五级（跨层级）",
        "triage",
        LEAD,
        data={
            "kind": Kind.HARD,
            "item_code": "YL05",
            "level": 5,
            "mode": Mode.COORDINATE,
            "principal_cause": "C06",
            "other_causes": ["C01"],
            "opinion": "档案在合并后的市属企业，须由市级查找并认定。",
        },
    )
    yield Step("受理：期限十五个工作日", "accept", LEAD)
    yield Step(
        "交办人社", "assign", LEAD, data={"department": AT_HOME, "instruction": "与市级对接，查清档案下落。"}
    )
    yield Step("人社签收", "sign", HANDLER, AT_HOME)


def _back_and_forth() -> Script:
    yield from _sent("起草转办：请市级查找档案并认定", "档案随企业合并移交市属企业，本级查不到。")
    yield _given_back("市级退回：依据属地认定", "反映人在县级参保，应由县级认定。", after=1)
    yield from _sent("县级有异议：再次转市级", "参保在县级，但档案已移交市级，县级无从认定。")
    yield _given_back("市级再次退回：系统不予办理", "仍认为应由县级认定。", refused="不能再次退回")
    yield Step(
        "县级撤回，改请市级协调员定夺",
        "referral.recall",
        LEAD,
        data={"reason": "两级各执一词，提请指定承办单位。"},
    )
    yield Step(
        "县级提请指定承办",
        "referral.appeal",
        LEAD,
        data={"reason": "档案已随企业合并移交市级，县级无从查起，两级各执一词。"},
    )
    yield Step(
        "市级协调员指定：由市级承办",
        "board.designate",
        Role.CITY_COORDINATOR,
        data={"unit": CITY, "reason": "档案在市级，由市级查找并认定，县级配合并答复反映人。"},
        after=1,
    )


def _sent(title: str, reason: str) -> Script:
    yield Step(
        title,
        "referral.draft",
        CLERK,
        data={
            "unit": CITY,
            "reason": reason,
            "requested": "请查找档案，认定视同缴费年限。",
            "told": "on",
        },
    )
    yield Step("审核送出", "referral.send", LEAD)


def _given_back(title: str, reason: str, *, after: int = 0, refused: str = "") -> Step:
    return Step(
        title,
        "referral.give_back",
        LEAD,
        data={
            "ground": Ground.TERRITORY,
            "reason": reason,
            "basis": "属地认定",
            "suggested_unit": CENTRE,
        },
        after=after,
        centre=CITY,
        refused=refused,
    )


def _at_the_city() -> Script:
    yield Step("市级签收：有自己的编号和期限", "referral.sign", LEAD)
    yield Step(
        "市级交办人社",
        "assign",
        LEAD,
        data={"department": AT_CITY, "instruction": "到合并后的企业库房查找。"},
    )
    yield Step("市级人社签收", "sign", HANDLER, AT_CITY)
    yield Step(
        "市级反馈进展：档案找到了",
        "referral.report",
        HANDLER,
        AT_CITY,
        {"text": "在合并企业的旧库房找到职工档案，正在核对工龄。"},
        after=2,
    )
    yield Step(
        "市级办结：认定视同缴费年限九年",
        "resolve",
        HANDLER,
        AT_CITY,
        {"outcome": Outcome.DONE, "result": "档案已找到，认定视同缴费年限九年。", "basis": BASIS},
        after=2,
    )
    yield Step(
        "市级办结反馈",
        "referral.answer",
        LEAD,
        data={"text": "已认定视同缴费年限九年，请告知本人。"},
    )


def _to_the_end() -> Script:
    yield Step("县级确认反馈", "referral.confirm", LEAD)
    yield Step(
        "县级办结上报",
        "resolve",
        HANDLER,
        AT_HOME,
        {"outcome": Outcome.DONE, "result": "视同缴费年限九年已认定并记入。", "basis": BASIS},
    )
    yield from answered(done="您的视同缴费年限已认定为九年，已记入缴费记录", basis=BASIS)
    yield Step(
        "销号：确认主因为跨层级", "close", LEAD, data={"principal_cause": "C06", "other_causes": ["C01"]}
    )
