"""Shorter cases for reporters who are not like the others: no phone, an enterprise, somebody for a minor."""

from collections.abc import Callable, Mapping
from datetime import date
from random import Random
from typing import Any

from bancheng.catalogue.words import Capacity, Channel, Kind, Mode, Outcome, ReporterKind
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from tenants.demo import invented
from tenants.demo.stories.common import answered
from tenants.demo.stories.stage import Script, Step

CENTRE = "130722"
CLERK, LEAD, HANDLER = Role.WINDOW_CLERK, Role.WINDOW_LEAD, Role.HANDLER
Facts = Mapping[str, Any]

NO_PHONE = "没有电话的老人：走访告知、走访答复、走访回访"
ENTERPRISE = "企业来办：统一社会信用代码，电话答复经办人"
MINOR = "代未成年人来办：监护人登记，被代办人是孩子"


def no_phone() -> Script:
    """An old man without a telephone: told, answered and asked at his door."""
    return _told(_old_man, department="SB", channel=Channel.VISIT, done="您的待遇发放账户已更正，款项已补发")


def enterprise() -> Script:
    """A company by its unified code; it has no age and no vulnerabilities."""
    return _told(_company, department="SW", channel=Channel.PHONE, done="多缴的社保费已核实，退费已受理")


def minor() -> Script:
    """A mother for her child, whose card is the principal's."""
    return _told(_mother, department="SB", channel=Channel.COUNTER, done="孩子的丧葬补助金已核定并发放")


def _told(person: Callable[[Random], Facts], *, department: str, channel: Channel, done: str) -> Script:
    facts = person(Random())  # noqa: S311  # another invented person each time
    contact = Channel.VISIT if channel == Channel.VISIT else Channel.COUNTER
    yield Step("窗口登记", "register", CLERK, data=facts)
    yield Step(
        "当日联系：告知由本窗口一办到底",
        "contact",
        CLERK,
        data={"channel": contact, "reached": "true", "text": "当面告知：由本窗口负责到底，不必再跑。"},
    )
    yield Step(
        "研判：二级，常规办理",
        "triage",
        LEAD,
        data={
            "kind": facts["kind"],
            "item_code": facts["item_code"],
            "level": 2,
            "mode": Mode.ROUTINE,
            "principal_cause": "C14",
            "opinion": "数据核实后即可办理。",
        },
    )
    yield Step("受理：期限三个工作日", "accept", LEAD)
    yield Step("交办主办部门", "assign", LEAD, data={"department": department, "instruction": "请当日核实。"})
    yield Step("签收", "sign", HANDLER, department)
    yield Step("记进展：已核实", "progress", HANDLER, department, {"text": "已核实，差错已更正。"}, after=1)
    yield Step(
        "办结上报",
        "resolve",
        HANDLER,
        department,
        {"outcome": Outcome.DONE, "result": f"{done}。", "basis": "现行业务规程"},
    )
    yield from answered(done=done, basis="现行业务规程", channel=channel)
    yield Step("销号：确认主因为数据错误", "close", LEAD, data={"principal_cause": "C14"})


def _old_man(rng: Random) -> Facts:
    return {
        "reporter_kind": ReporterKind.PERSON,
        "name": invented.staff_name(rng),
        "identifier": invented.card(rng, "130722", date(clock.today().year - 82, 1, 9)),
        "phone": "",
        "address": invented.address(rng),
        "vulnerable": ["elderly", "alone"],
        "kind": Kind.URGENT,
        "item_code": "YL09",
        "subject": "待遇打到了注销的账户，几个月没有领到",
        "narrative": "老人独居，没有电话，托邻居带话来的。",
        "channel": "visit",
        "trips_before": 2,
        "months_before": 3,
    }


def _company(rng: Random) -> Facts:
    firm = invented.company(rng, "130722")
    return {
        "reporter_kind": ReporterKind.ENTERPRISE,
        "name": firm.name,
        "identifier": firm.identifier,
        "phone": firm.phone,
        "address": firm.address,
        "kind": Kind.HARD,
        "item_code": "SS01",
        "subject": "多缴的社保费退不下来，两头说法不一",
        "narrative": "人员减少未及时申报，多缴两个月，经办和税务各说各的。",
        "channel": "counter",
        "trips_before": 4,
        "months_before": 2,
    }


def _mother(rng: Random) -> Facts:
    today = clock.today()
    return {
        "reporter_kind": ReporterKind.PERSON,
        "name": invented.staff_name(rng),
        "identifier": invented.card(rng, "130722", date(today.year - 38, 6, 2)),
        "phone": invented.phone(rng),
        "address": invented.address(rng),
        "capacity": Capacity.GUARDIAN,
        "principal_name": invented.staff_name(rng),
        "principal_identifier": invented.card(rng, "130722", date(today.year - 11, 3, 15)),
        "vulnerable": ["minor"],
        "kind": Kind.HARD,
        "item_code": "YL10",
        "subject": "孩子父亲去世，孩子的遗属待遇申领不下来",
        "narrative": "孩子未成年，由母亲代办；两处都说要孩子本人的账户，孩子还没有办卡。",
        "channel": "counter",
        "trips_before": 3,
        "months_before": 5,
    }
