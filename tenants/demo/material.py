"""What the invented cases are about, and what is said on the way: written once, varied by a seeded source."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from random import Random

from bancheng.catalogue.words import Kind
from tenants.demo import invented
from tenants.matters.actions import Attempt

BASES = {
    "职工养老": "《中华人民共和国社会保险法》第二章、《社会保险经办条例》",
    "机关养老": "《国务院关于机关事业单位工作人员养老保险制度改革的决定》（国发〔2015〕2号）",
    "居民养老": "《国务院关于建立统一的城乡居民基本养老保险制度的意见》（国发〔2014〕8号）",
    "资格认证": "《社会保险经办条例》",
    "关系转移": "《城镇企业职工基本养老保险关系转移接续暂行办法》（国办发〔2009〕66号）",
    "工伤": "《工伤保险条例》",
    "失业": "《失业保险条例》",
    "税务征缴": "《社会保险费征缴暂行条例》",
}
"""The document that an answer of this scheme rests on; of the others, DEFAULT_BASIS."""
DEFAULT_BASIS = "《中华人民共和国社会保险法》、《社会保险经办条例》"

PROGRESS = (
    "已调取业务系统和档案记录，正在逐项核对。",
    "已与主管部门电话沟通，对方同意协查，明日回话。",
    "已列出所缺材料，其中可由本窗口代查的两项已发函。",
    "已将核对结果报部门负责人，按程序复核。",
    "系统数据已提交更正，等待次日同步。",
    "已约反映人到窗口核对一次，其余由我们办理。",
)
CONTACTS = (
    "已告知受理情况、承办部门和办理期限，反映人表示知道了。",
    "电话说明下一步怎么办，需要本人做的只有一件事：保持电话畅通。",
    "已核对联系方式，说明进展会主动告知，不必再跑。",
)
CALLBACKS = (
    "问题已解决，未再跑动，对结果满意。",
    "已收到款项，表示感谢。",
    "已办成，反映人希望今后早一点告知要带什么。",
    "材料已拿到，没有其他要求。",
)
UNHAPPY = ("对办理时间较长有意见，已说明原因。", "结果认可，但觉得此前跑动过多。")
WORDS = (
    "已告知目前办到哪一步、下一步由谁办，不用跑。",
    "已告知正在核对，尚未有结果，有了结果当天告知。",
    "已说明为什么需要这些天，反映人表示理解。",
    "已告知对方单位的进展和预计时间。",
)
"""What the reporter hears at least every five working days."""
LIAISON = (
    "说明职工情况和法定义务，单位答应三日内补报。",
    "单位经办人已更换，重新交代所需材料，对方记下。",
    "单位称台账在仓库，约定查找后回话。",
)
EXPLANATIONS = {
    "YL06": ("第十六条", "达到法定退休年龄时累计缴费满规定年限的，按月领取基本养老金。"),
    "LH02": ("第十六条", "灵活就业人员同样按法定退休年龄和累计缴费年限确定，已逐项说明。"),
    "YL10": ("第十七条", "因病或者非因工死亡的，遗属可以领取丧葬补助金和抚恤金。"),
}
"""By item: the article of the law, and how it was said. Of other items, DEFAULT_EXPLANATION."""
DEFAULT_EXPLANATION = (
    "第七十四条",
    "可以免费查询、核对本人的缴费和待遇记录，也可以要求我们提供咨询，已逐项对给反映人看。",
)
PRAISE = ("没想到这么快，少跑了好几趟。", "工作人员很耐心，讲得明白。", "事情办成了，谢谢。", "")
COMPLAINTS = ("前面跑得太多，没有人一次讲清。", "时间太长，中间没有人主动说。", "结果不满意。")
RECTIFIED = (
    "已当面听取意见并致歉，重新书面说明办理经过；窗口今后首次接待即给清单。",
    "已查明等待原因并向反映人说明，相关岗位已提醒。",
)
LESSONS = (
    ("department", "两个岗位前后移交时搁置。", "移交当日即签收。", "移交单加签收时间，逾一日自动提醒。"),
    ("window", "首次接待没有问全情况。", "第一次就按清单问全。", "该事项接待清单增加两问。"),
    ("other_centre", "函件往返占去大半时间。", "先电话商定再发函。", "建立对口联系人名单。"),
    ("outside", "等外部单位核实。", "核实事项一次列全。", "与该单位约定核实时限。"),
)
"""With whom the time was lost, why, what would have been quicker, and the measure."""
INSTRUCTIONS = ("请按期办结，遇有困难及时提出。", "请主动联系反映人，能代办的代办。", "")
NEXT_STEPS = "您无需再到窗口；如对结果不满意，可向本中心负责人反映，或依法申请行政复议。"
OFFICES = (
    ("乡镇便民服务中心", "让到县里问"),
    ("政务服务大厅综合窗口", "说材料不全，没有写明缺什么"),
    ("原工作单位", "说档案已经移交，让找主管部门"),
    ("办税服务厅", "说数据不归他们管"),
    ("银行网点", "说卡没有问题，让问社保"),
    ("医保窗口", "让先到社保开证明"),
    ("档案馆", "查无此卷，建议问原单位"),
    ("街道办事处", "让等通知，之后没有回音"),
    ("业务窗口", "说系统里是这样，改不了"),
)
QUESTIONS = (
    ("{item}需要带哪些材料", "已给一次性告知单，并说明哪些可由窗口代查。"),
    ("{item}能不能由家人代办", "可以，带双方身份证件；行动不便的可预约上门。"),
    ("{item}多长时间能办完", "已说明办理时限，办结后短信通知。"),
    ("{item}可以在手机上办吗", "已现场指导手机办理。"),
    ("{item}跨县能办吗", "可在就近窗口提交，由我们转办。"),
)


@dataclass(frozen=True)
class Case:
    """One thing that could not be got done: as it was brought, and as it was answered."""

    weight: int
    item: str
    kind: Kind
    causes: tuple[str, ...]
    subject: str
    narrative: str
    answer: str

    @property
    def pattern(self) -> tuple[str, str]:
        """Item and principal cause: what the improvement loop looks at."""
        return self.item, self.causes[0]

    @property
    def goes_round(self) -> bool:
        """Two offices, each of which wants the other to begin."""
        return "C05" in self.causes and "互相" in self.subject + self.narrative

    def filled(self, rng: Random, year: int) -> "Case":
        """The same with its blanks filled in."""
        began = rng.randrange(1978, 2004)
        blanks: Mapping[str, object] = {
            "n": rng.randrange(2, 9),
            "y": began,
            "y2": min(began + rng.randrange(3, 12), year),
            "unit": invented.unit(rng),
        }
        words = (text.format_map(blanks) for text in (self.subject, self.narrative, self.answer))
        return Case(self.weight, self.item, self.kind, self.causes, *words)


@lru_cache(maxsize=1)
def cases() -> tuple[Case, ...]:
    """All that data/cases.csv holds."""
    lines = (files("tenants.demo") / "data" / "cases.csv").read_text("utf-8").splitlines()
    return tuple(
        Case(
            weight=int(row["weight"]),
            item=row["item"],
            kind=Kind(row["kind"]),
            causes=tuple(row["causes"].split()),
            subject=row["subject"],
            narrative=row["narrative"],
            answer=row["answer"],
        )
        for row in csv.DictReader(lines)
    )


def attempts(rng: Random, today: date, months: int) -> tuple[Attempt, ...]:
    """Where the reporter had been before, oldest first."""
    asked = rng.sample(OFFICES, rng.choice((0, 1, 1, 2, 2, 3)))
    ago = sorted((rng.randint(0, max(months, 1)) for _ in asked), reverse=True)
    return tuple(
        Attempt(office=office, when=_month(today, back), answer=answer)
        for (office, answer), back in zip(asked, ago, strict=True)
    )


def _month(today: date, back: int) -> str:
    months = today.year * 12 + today.month - 1 - back
    return f"{months // 12}年{months % 12 + 1}月"
