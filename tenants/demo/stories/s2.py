"""S2, the wife who cannot be photographed: other ways first, then the guardian's consent, then a photo."""

from datetime import date, timedelta
from random import Random

from bancheng.catalogue.words import Capacity, Channel, Kind, Mode, Outcome, ReporterKind
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from tenants.demo import invented
from tenants.demo.stories import pictures
from tenants.demo.stories.common import answered
from tenants.demo.stories.stage import Cast, Script, Step, that_day

TITLE = "不便拍照的病人：先想别的办法，监护人同意在前，拍摄在后"
CENTRE = "130722"
CLERK, LEAD, HANDLER = Role.WINDOW_CLERK, Role.WINDOW_LEAD, Role.HANDLER
DEPARTMENT = "SB"


def script() -> Script:
    """The steps in their order. Every run has another invented couple, so that none is a repeat."""
    yield from _at_the_counter()
    yield from _other_ways_first()
    yield from _consent_then_photo()
    yield from _to_the_end()


def _at_the_counter() -> Script:
    rng, today = Random(), clock.today()  # noqa: S311  # another invented couple each time
    yield Step(
        "窗口登记：丈夫来办，妻子不能出门，也不肯拍照；登记为敏感件",
        "register",
        CLERK,
        data={
            "reporter_kind": ReporterKind.PERSON,
            "name": invented.staff_name(rng),
            "identifier": invented.card(rng, "130722", date(today.year - 66, 2, 11)),
            "phone": invented.phone(rng),
            "address": invented.address(rng),
            "capacity": Capacity.GUARDIAN,
            "principal_name": invented.staff_name(rng),
            "principal_identifier": invented.card(rng, "130722", date(today.year - 63, 8, 24)),
            "vulnerable": ["mental", "severe_illness"],
            "kind": Kind.URGENT,
            "item_code": "ZG01",
            "subject": "家属不能出门拍照，资格认证过不去，待遇停发",
            "narrative": "妻子病重，多年不能出门，见到镜头就害怕。认证过不去，待遇停了两年多，"
            "攒下的钱等着看病用。",
            "urgency": "critical",
            "sensitive": True,
            "channel": "counter",
            "purpose": "request",
            "trips_before": 4,
            "months_before": 26,
            "attempts": [
                {"office": "乡镇服务站", "when": "两年前", "answer": "必须本人拍照"},
                {"office": "认证热线", "when": "去年", "answer": "让到窗口办"},
            ],
        },
    )
    yield Step(
        "当日联系：先想不拍照的办法",
        "contact",
        CLERK,
        data={"channel": "counter", "reached": "true", "text": "当面告知：先查数据、再上门，不勉强拍照。"},
    )
    yield Step(
        "研判：三级，加急办理，时限减半",
        "triage",
        LEAD,
        data={
            "kind": Kind.URGENT,
            "item_code": "ZG01",
            "level": 3,
            "mode": Mode.EXPEDITE,
            "principal_cause": "C16",
            "other_causes": ["C13"],
            "opinion": "等着用钱治病，加急办理，知情范围限经办人员。",
        },
    )
    yield Step("受理：期限三个工作日", "accept", LEAD)
    yield Step(
        "交办社保",
        "assign",
        LEAD,
        data={"department": DEPARTMENT, "instruction": "注意保护病情信息，先用不拍照的办法。"},
    )
    yield Step("社保签收", "sign", HANDLER, DEPARTMENT)


def _other_ways_first() -> Script:
    for title, way, answer, note in (
        ("数据比对：没有比对上", "data", "failed", "近一年没有就医和出行记录可以比对。"),
        ("上门认证：选用", "visit", "chosen", "家属同意工作人员上门。"),
        ("村社协助：不需要", "village", "not_needed", ""),
    ):
        yield Step(
            title,
            "offer_alternative",
            HANDLER,
            DEPARTMENT,
            {"way": way, "answer": answer, "note": note},
        )


def _consent_then_photo() -> Script:
    yield Step(
        "记录同意：监护人书面同意，两名工作人员在场",
        "record_consent",
        HANDLER,
        DEPARTMENT,
        {
            "purpose": "certify",
            "scope": "上门确认生存状况，拍摄一张照片，只用于本次资格认证，不作他用。",
            "giver": "guardian",
            "name": "监护人（示例）",
            "relation": "户口簿、监护证明",
            "method": "paper",
            "second": _the_lead,
            "valid_from": that_day,
            "valid_until": _in_a_month,
        },
        files={"scan": pictures.sheet},
        after=1,
    )
    yield Step(
        "上门认证：两人前往",
        "visit",
        HANDLER,
        DEPARTMENT,
        {
            "kind": "certify",
            "on": that_day,
            "went": _two_of_us,
            "findings": "本人在家静养，由监护人照料，已确认本人状况。",
        },
    )
    yield Step(
        "上传照片：有同意才能上传，每次查看留痕，到期销毁",
        "add_evidence",
        HANDLER,
        DEPARTMENT,
        {"category": "photo", "purpose": "certify", "health": "on", "description": "上门认证照片"},
        files={"file": pictures.photograph},
    )


def _to_the_end() -> Script:
    yield Step(
        "办结上报：待遇恢复，停发期间的已补发到账",
        "resolve",
        HANDLER,
        DEPARTMENT,
        {
            "outcome": Outcome.DONE,
            "result": "资格认证通过，待遇恢复发放，停发期间的待遇已补发到账。",
            "basis": "上门认证记录、待遇恢复与补发的现行规定",
            "paid_on": that_day,
            "paid_amount": "103680.00",
            "paid_tail": "3157",
        },
        after=1,
    )
    yield from answered(
        done="资格认证已通过，待遇恢复发放，停发期间的已补发到账",
        basis="待遇恢复与补发的现行规定",
        channel=Channel.VISIT,
    )
    yield Step(
        "销号：确认主因为本人特殊困难",
        "close",
        LEAD,
        data={"principal_cause": "C16", "other_causes": ["C13"]},
    )


def _the_lead(cast: Cast) -> str:
    return cast.person(LEAD)


def _two_of_us(cast: Cast) -> list[str]:
    return [cast.person(HANDLER, DEPARTMENT), cast.person(LEAD)]


def _in_a_month(cast: Cast) -> str:
    return (clock.today() + timedelta(days=30)).isoformat()
