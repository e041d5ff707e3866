"""S1, the bereaved father: an old man asks for a grant after his son's death; the city asks the province.

What was learnt is written down for others, and helps the next who comes with the same, in a county.
"""

from datetime import date, timedelta
from random import Random

from bancheng.catalogue.words import Capacity, Channel, Kind, Mode, Outcome, Purpose, ReporterKind
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from tenants.demo import invented
from tenants.demo.stories import pictures
from tenants.demo.stories.common import answered, asked, told
from tenants.demo.stories.stage import EVERY, Cast, Script, Step, elsewhere, that_day

TITLE = "失独老人：遗属待遇由省级机构核定，市窗口函转到底"
ELECTRONIC_TITLE = "失独老人：遗属待遇由省级机构核定，市窗口与省级系统直接往来"
CENTRE = "130700"
PROVINCE = "130000"
COUNTY = "130722"
CLERK, LEAD, HANDLER = Role.WINDOW_CLERK, Role.WINDOW_LEAD, Role.HANDLER
DEPARTMENT = "SB"


def script() -> Script:
    """The steps in their order. Every run has another invented father, so that none is a repeat."""
    father = _somebody()
    yield from _at_the_counter(father)
    yield from _special_case()
    yield from _to_the_province()
    yield from _to_the_end()
    yield from _written_down(father)
    yield from elsewhere(COUNTY, _the_next_one())


def electronic() -> Script:
    """The same where the province has a system of its own: no letter; for playing at the time it is."""
    father = _somebody()
    yield from _at_the_counter(father)
    yield from _special_case()
    yield from _by_wire()
    yield from _to_the_end()
    yield from _written_down(father)


def _somebody() -> str:
    """Another invented person's name each time."""
    return invented.staff_name(Random())  # noqa: S311


def _at_the_counter(father: str) -> Script:
    rng, today = Random(), clock.today()  # noqa: S311  # another invented person each time
    yield Step(
        "窗口登记：老人跑了一年多，问过三处",
        "register",
        CLERK,
        data={
            "reporter_kind": ReporterKind.PERSON,
            "name": father,
            "identifier": invented.card(rng, "130703", date(today.year - 76, 5, 16)),
            "phone": invented.phone(rng),
            "address": invented.address(rng),
            "capacity": Capacity.HEIR,
            "principal_name": invented.staff_name(rng),
            "principal_identifier": invented.card(rng, "130703", date(today.year - 47, 9, 3)),
            "vulnerable": ["elderly", "bereaved"],
            "kind": Kind.NOVEL,
            "item_code": "YL10",
            "subject": "独子去世后抚恤金不知由哪一级核定",
            "narrative": "老人独子生前在省属单位工作，去世后应有丧葬补助金和抚恤金。老人先后问了三处，"
            "各说各的，一年多没有人受理。老人行动不便，识字不多。",
            "urgency": "pressing",
            "channel": "counter",
            "purpose": Purpose.REQUEST,
            "trips_before": 6,
            "months_before": 13,
            "attempts": [
                {"office": "原单位人事部门", "when": _ago(13), "answer": "说人已去世，关系已转出"},
                {"office": "区政务服务大厅", "when": _ago(9), "answer": "说省属单位不归区里管"},
                {"office": "省级经办机构咨询电话", "when": _ago(4), "answer": "让回参保地办理"},
            ],
        },
    )
    yield Step(
        "当日联系：告知由本窗口一办到底",
        "contact",
        CLERK,
        data={"channel": "counter", "reached": "true", "text": "当面告知：由本窗口负责到底，不必再跑。"},
    )
    yield Step(
        "研判：五级（跨层级），首例，特事特办",
        "triage",
        LEAD,
        data={
            "kind": Kind.NOVEL,
            "item_code": "YL10",
            "level": 5,
            "mode": Mode.SPECIAL,
            "principal_cause": "C06",
            "other_causes": ["C10"],
            "first_of_kind": True,
            "opinion": "已查先例，本市没有同类情形。参保关系在省级，须函商省级经办机构。",
        },
    )


def _special_case() -> Script:
    yield Step("受理：期限十五个工作日", "accept", LEAD)
    yield Step(
        "提级：请中心主任出面协调省级机构",
        "escalate",
        LEAD,
        data={"reason": "本级无权核定，须由中心主任与省级机构协调。"},
    )
    yield Step(
        "中心主任包案", "take_over", Role.DIRECTOR, data={"reason": "老人失独，由我包案，直到款项到账。"}
    )
    yield Step(
        "交办社保经办",
        "assign",
        LEAD,
        data={"department": DEPARTMENT, "instruction": "本中心首例，请专人办理，每五个工作日报一次进展。"},
    )
    yield Step("社保经办签收", "sign", HANDLER, DEPARTMENT)
    yield Step(
        "提请签批：写明依据和风险",
        "request_signoff",
        HANDLER,
        DEPARTMENT,
        {
            "purpose": "special",
            "basis": "遗属待遇有明文规定，受理层级不明不应由遗属承担；拟由本中心先行受理并函商省级机构。",
            "risk": "省级机构可能不予认可，届时须向老人释明。",
            "precedent": "已查，本市无同类情形。",
        },
    )
    yield Step("窗口负责人签批", "sign_off", LEAD, data={"opinion": "同意，由窗口专人跟办。"}, after=1)
    yield Step("中心主任签批", "sign_off", Role.DIRECTOR, data={"opinion": "同意，由我联系省级机构。"})


def _to_the_province() -> Script:
    yield Step(
        "起草转办函",
        "referral.draft",
        CLERK,
        data={
            "unit": PROVINCE,
            "reason": "参保关系在省级经办机构，本中心无权核定待遇。",
            "requested": "请核定丧葬补助金和抚恤金，并书面函复结果。",
            "told": "on",
            "contact_person": "待遇科值班人员",
            "contact_phone": "",
        },
    )
    yield Step("送出转办函", "referral.send", LEAD)
    yield asked("联系省级机构：电话", "call", "总机值班人员", "问清收函科室，对方告知寄待遇科。")
    yield asked("联系省级机构：电话", "call", "待遇科工作人员", "说明老人情况，对方答应收函即办。", after=1)
    yield told("第五个工作日告诉老人：省里正在核定", "省里已收函，正在核对材料，请老人在家等消息。", after=3)
    yield Step("省里五个工作日没有回音：系统自动催办", "sweep", None, after=3)
    yield asked("联系省级机构：上门", "visit", "待遇科负责人", "按催办提示上门，当面送交复印件，逐项核对。")
    yield told("第十个工作日告诉老人：材料已当面核对", "材料已当面核对，省里答应一周内回函。", after=2)
    yield asked("联系省级机构：信函", "letter", "待遇科", "收到签收回执，已进入核定。", signed_for=True)
    yield Step(
        "登记复函：同意支付",
        "referral.record_answer",
        CLERK,
        data={
            "outcome": Outcome.DONE,
            "number": "示例社险函〔2026〕112号",
            "dated": that_day,
            "answer": "复函同意核定，丧葬补助金和抚恤金已拨付至老人账户。",
        },
        files={"scan": pictures.sheet},
        after=3,
    )
    yield Step("确认反馈", "referral.confirm", LEAD)


def _by_wire() -> Script:
    """The province signs, asks once for what it lacks, reports, and answers with a scan."""
    yield Step(
        "起草转办：省级系统直达",
        "referral.draft",
        CLERK,
        data={
            "unit": PROVINCE,
            "reason": "参保关系在省级经办机构，本中心无权核定待遇。",
            "requested": "请核定丧葬补助金和抚恤金，并反馈结果。",
            "told": "on",
        },
    )
    yield Step("审核送出", "referral.send", LEAD)
    yield from elsewhere(PROVINCE, _signed_there())
    yield Step(
        "市窗口存证：亲属关系证明",
        "add_evidence",
        HANDLER,
        DEPARTMENT,
        {"category": "other", "purpose": "filing", "description": "亲属关系证明"},
        files={"file": pictures.sheet},
    )
    yield Step(
        "补正：亲属关系证明随文件送达",
        "referral.give_material",
        HANDLER,
        DEPARTMENT,
        {"given": "亲属关系证明已由社区出具，随附扫描件。", "files": EVERY},
    )
    yield from elsewhere(PROVINCE, _answered_there())
    yield Step("确认反馈", "referral.confirm", LEAD)


def _signed_there() -> Script:
    yield Step("省级签收", "referral.sign", LEAD)
    yield Step(
        "省级交办社保经办", "assign", LEAD, data={"department": DEPARTMENT, "instruction": "请尽快核定。"}
    )
    yield Step("省级社保经办签收", "sign", HANDLER, DEPARTMENT)
    yield Step(
        "省级要求补正：一次说全",
        "referral.ask",
        HANDLER,
        DEPARTMENT,
        {"items": "请补亲属关系证明，社区或派出所出具的均可。"},
    )


def _answered_there() -> Script:
    yield Step(
        "省级反馈进展：正在核定",
        "referral.report",
        HANDLER,
        DEPARTMENT,
        {"text": "补正材料已收到，正在核定待遇。"},
    )
    yield Step(
        "省级存证：核定表扫描件",
        "add_evidence",
        HANDLER,
        DEPARTMENT,
        {"category": "other", "purpose": "filing", "description": "待遇核定表"},
        files={"file": pictures.sheet},
    )
    yield Step(
        "省级办结",
        "resolve",
        HANDLER,
        DEPARTMENT,
        {
            "outcome": Outcome.DONE,
            "result": "丧葬补助金和抚恤金已核定，已拨付至本人账户。",
            "basis": "企业职工基本养老保险遗属待遇的现行规定",
        },
    )
    yield Step(
        "省级办结反馈：附核定表",
        "referral.answer",
        LEAD,
        data={"text": "同意核定，丧葬补助金和抚恤金已拨付。", "files": EVERY},
    )


def _to_the_end() -> Script:
    yield Step(
        "办结上报：到账日期、金额、末四位",
        "resolve",
        HANDLER,
        DEPARTMENT,
        {
            "outcome": Outcome.DONE,
            "result": "丧葬补助金和抚恤金已核定，款项到账，老人已在银行查询确认。",
            "basis": "企业职工基本养老保险遗属待遇的现行规定",
            "paid_on": that_day,
            "paid_amount": "68432.50",
            "paid_tail": "0912",
        },
    )
    yield from answered(
        done="您反映的遗属待遇已办成，款项已到账",
        basis="企业职工基本养老保险遗属待遇的现行规定",
        channel=Channel.VISIT,
    )
    yield Step(
        "老人用自己的查询码评价：非常满意",
        "track.rate",
        Role.REPORTER,
        data={"grade": 5, "comment": "跑了一年多的事，一个月办好了。"},
    )
    yield Step(
        "走访慰问",
        "visit",
        CLERK,
        data={
            "kind": "comfort",
            "on": that_day,
            "went": _clerk_and_lead,
            "findings": "老人独居，身体尚可，已联系村里照看。",
            "gift": "500",
        },
    )
    yield Step(
        "销号：确认主因为跨层级", "close", LEAD, data={"principal_cause": "C06", "other_causes": ["C10"]}
    )
    yield Step(
        "复盘：时间耗在找到我们之前，建议建立省级联系人名单",
        "retrospect",
        LEAD,
        data={
            "lost_with": "outside",
            "why": "来窗口之前一年多没有人告诉老人该由哪一级核定。",
            "quicker": "第一次询问时就能查到省级核定机构和联系人。",
            "measure": "建立省级联系人名单，编写遗属待遇跨层级办理指引。",
        },
        after=1,
    )


def _written_down(father: str) -> Script:
    """The precedent: refused as long as somebody can be known by it, reviewed by another, published."""
    texts = {
        "title": "省属单位职工去世，遗属待遇由哪一级核定",
        "situation": "职工参保关系在省级，市、区都说不归自己管，遗属问了多处没有人受理。",
        "solution": "由市窗口先行受理，按特事特办签批，函商省级经办机构核定；五个工作日没有回音即催办，"
        "必要时派人当面核对材料；每五个工作日向遗属报一次进展。",
        "basis": "《中华人民共和国社会保险法》第十七条",
    }
    yield Step(
        "起草先例：写了老人的姓名，系统拒绝",
        "precedent.draft",
        CLERK,
        data=texts | {"situation": f"{father}的独子参保关系在省级，市、区都说不归自己管。"},
        refused=f"“{father}”是此件的反映人姓名",
    )
    yield Step("改写后保存先例稿", "precedent.draft", CLERK, data=texts)
    yield Step("送审", "precedent.submit", CLERK)
    yield Step("窗口负责人审核，发布到全市，有效期两年", "precedent.publish", LEAD, after=1)


def _the_next_one() -> Script:
    """In a county somebody comes with the same; the clerk sees how it was done, and it helps."""
    rng, today = Random(), clock.today()  # noqa: S311  # another invented person each time
    yield Step(
        "县窗口登记同类事项：登记页右侧列出市级的先例",
        "register",
        CLERK,
        data={
            "reporter_kind": ReporterKind.PERSON,
            "name": invented.staff_name(rng),
            "identifier": invented.card(rng, "130722", date(today.year - 71, 2, 11)),
            "phone": invented.phone(rng),
            "capacity": Capacity.HEIR,
            "principal_name": invented.staff_name(rng),
            "kind": Kind.HARD,
            "item_code": "YL10",
            "subject": "女儿在省属单位去世后遗属待遇找谁核定",
            "narrative": "女儿生前在省属单位工作，单位说参保关系不在县里，让到别处问。",
            "channel": "counter",
            "purpose": Purpose.REQUEST,
            "trips_before": 1,
            "months_before": 1,
        },
    )
    yield Step("照先例办：记下有帮助", "precedent.helped", CLERK)


def _clerk_and_lead(cast: Cast) -> list[str]:
    return [cast.person(CLERK), cast.person(LEAD)]


def _ago(months: int) -> str:
    day = clock.today() - timedelta(days=months * 30)
    return f"{day.year}年{day.month}月"
