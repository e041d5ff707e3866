"""What was found out about the patterns of the invented year, and what was done: a remedy for each round."""

from dataclasses import dataclass
from typing import Final

from bancheng.overview.models import Link, MeasureKind, Pain

ATTENDED: Final = "窗口负责人、分管领导、社保经办科室负责人"


@dataclass(frozen=True)
class Lightened:
    """What a measure makes less of: each before and after."""

    steps: tuple[int, int]
    days: tuple[int, int]
    materials: tuple[int, int]
    trips: tuple[int, int]

    @property
    def figures(self) -> dict[str, int]:
        """As the action takes them."""
        return {
            f"{name}_{when}": pair[place]
            for name, pair in vars(self).items()
            for place, when in enumerate(("before", "after"))
        }


@dataclass(frozen=True)
class Remedy:
    """A study and the measure that followed from it; the guide's words where it became routine."""

    root_cause: str
    conclusion: str
    link: Link
    kind: MeasureKind
    text: str
    lightened: Lightened
    guide_version: str = ""
    guide_change: str = ""


@dataclass(frozen=True)
class Course:
    """A problem as the centre took it up, with a remedy for each round; the last may still be on its way."""

    title: str
    pain: Pain
    rounds: tuple[Remedy, ...]


COURSES: Final[dict[tuple[str, str], Course]] = {
    ("YL06", "C09"): Course(
        "到龄退休要备哪些材料，一次说不清",
        Pain.PAIN,
        (
            Remedy(
                root_cause="材料清单分散在三份通知里，各岗位口径不一；档案审核前不告知缺项，"
                "群众按一处的说法备齐后，到下一处又被要求补。",
                conclusion="合并为一张清单，到龄前三个月由窗口主动预审档案，缺项一次告知。",
                link=Link.CENTRE,
                kind=MeasureKind.PROCESS,
                text="退休申报改为“到龄前预审、一次告知、一窗收齐”，档案由内部调取，不再让群众往返。",
                lightened=Lightened(steps=(6, 3), days=(15, 7), materials=(9, 5), trips=(4, 1)),
                guide_version="企业职工退休申报办事指南2026年第1版",
                guide_change="材料由9项减为5项，增加到龄前三个月预审，注明可由窗口代查的项目。",
            ),
        ),
    ),
    ("ZG01", "C16"): Course(
        "卧床、失能老人无法完成刷脸认证",
        Pain.BLOCK,
        (
            Remedy(
                root_cause="系统只有人脸识别一条路，失败三次即停发，窗口没有其他办法可用。",
                conclusion="先做数据比对，比对不上的上门认证，家属同意后再采集，不以刷脸为唯一方式。",
                link=Link.CENTRE,
                kind=MeasureKind.ZONE,
                text="设“特殊群体认证”专区：数据比对在前，上门认证两人同行，村社协助作补充，停发前先电话核实。",
                lightened=Lightened(steps=(4, 2), days=(5, 2), materials=(3, 1), trips=(2, 0)),
                guide_version="领取待遇资格认证办事指南2026年第2版",
                guide_change="增加数据比对、上门认证、村社协助三种方式，认证不成功不立即停发。",
            ),
        ),
    ),
    ("YL10", "C06"): Course(
        "遗属待遇不知该向哪一级申报",
        Pain.DIFFICULTY,
        (
            Remedy(
                root_cause="各窗口对省属、市属、县属单位的申报层级说法不一，群众在三级之间往返。",
                conclusion="先统一口径，对窗口人员培训。",
                link=Link.CENTRE,
                kind=MeasureKind.TRAINING,
                text="组织两次培训，下发申报层级对照表，各窗口按表答复。",
                lightened=Lightened(steps=(5, 5), days=(15, 12), materials=(6, 6), trips=(4, 3)),
                guide_version="遗属待遇申报办事指南2026年第1版",
                guide_change="附申报层级对照表。",
            ),
            Remedy(
                root_cause="层级由单位隶属和参保地共同决定，对照表上查不到的占一半以上；"
                "说法统一了，群众仍要自己去找下一级。",
                conclusion="不再让群众判断层级：首接窗口收件，由窗口转办，结果由首接窗口告知。",
                link=Link.CITY,
                kind=MeasureKind.DUTIES,
                text="遗属待遇申报实行首接收件：任一窗口先收，属省、市、县哪一级由窗口负责转办和跟踪。",
                lightened=Lightened(steps=(5, 2), days=(12, 8), materials=(6, 4), trips=(3, 0)),
            ),
        ),
    ),
    ("SY02", "C15"): Course(
        "单位不出离职证明，失业金领不了",
        Pain.BLOCK,
        (
            Remedy(
                root_cause="办事指南仍写“提供解除劳动关系证明”，单位拖延或注销时没有替代办法；"
                "停保原因在系统里其实查得到。",
                conclusion="拟以停保原因和失业登记代替单位证明，须与人社部门核对数据口径后定措施。",
                link=Link.CENTRE,
                kind=MeasureKind.MATERIALS,
                text="",
                lightened=Lightened(steps=(4, 3), days=(10, 5), materials=(4, 3), trips=(3, 1)),
            ),
        ),
    ),
    ("ZG02", "C16"): Course(
        "未认证停发以后，恢复要跑多次",
        Pain.PAIN,
        (
            Remedy(
                root_cause="停发与恢复分在两个岗位，恢复须重新提交全套材料，逐级审批。",
                conclusion="停发、恢复合并到一个岗位，凭一次认证结果当日恢复。",
                link=Link.CENTRE,
                kind=MeasureKind.ONE_DESK,
                text="综合柜员统一受理停发和恢复，认证通过当日恢复，欠发的次月补发。",
                lightened=Lightened(steps=(5, 2), days=(8, 1), materials=(4, 1), trips=(3, 1)),
                guide_version="待遇暂停与恢复办事指南2026年第1版",
                guide_change="恢复只需一次认证，材料由4项减为1项，当日办结。",
            ),
        ),
    ),
}
"""By item and principal cause. Everything in it is invented."""
