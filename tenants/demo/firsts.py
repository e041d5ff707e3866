"""First cases of the invented year: written down for others, reviewed by another person, found helpful."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from bancheng.catalogue.words import Outcome
from bancheng.identity.roles import Role
from bancheng.precedents.models import Precedent
from bancheng.timekeeping import clock
from tenants.demo.waves import CITY
from tenants.improvement.drafting import actions
from tenants.improvement.models import PrecedentDraft

if TYPE_CHECKING:
    from tenants.demo.lives import Beats, Life

HOLDS_FOR: Final = timedelta(days=730)
HELPS: Final = 0.7
"""How likely one that is there already helps with the next."""


@dataclass(frozen=True)
class Lesson:
    """What a precedent says: what was hard, how it was done; nothing of whoever it was about."""

    title: str
    situation: str
    solution: str
    basis: str
    units: str


LESSONS: Final[dict[tuple[str, str], Lesson]] = {
    ("YL05", "C10"): Lesson(
        "乡镇企业转为集体企业，前后两段年限怎样认定",
        "企业性质变更后，前后两段工作年限接不上，各处都说没有先例，反映人在几个部门之间往返。",
        "先由窗口调取原企业的招工、工资和缴费资料，再提请人社部门集体研究；按劳动关系实际存续期间分段认定，"
        "形成书面意见，由社保经办机构据以计算。",
        "《中华人民共和国社会保险法》第十六条",
        "人社部门、档案馆",
    ),
    ("JG03", "C10"): Lesson(
        "辞去公职到企业工作，职业年金怎样处置",
        "新单位没有年金计划，原单位认为人已离开，新单位不接收，账户停在中间。",
        "由原管理机构保留账户继续投资运营，出具书面告知；待新单位建立年金或达到领取条件时再办理转移或领取。",
        "《机关事业单位职业年金办法》（国办发〔2015〕18号）",
        "机关养老经办机构",
    ),
    ("LH01", "C10"): Lesson(
        "同时为几家平台送货的人员，以什么身份参保",
        "没有单位，又不是个体工商户，各处都没有办过，不知道在哪里登记、按什么缴费。",
        "以灵活就业人员身份在常住地参加企业职工养老保险，同时告知职业伤害保障由平台办理；窗口当场登记，税务签约扣费。",
        "《中华人民共和国社会保险法》第十条",
        "税务、人社部门",
    ),
}
"""By item and principal cause of what is new."""


def written_down(life: Life, outcome: Outcome) -> Beats:
    """After a first case is closed: the clerk writes it down, some days later the director publishes it."""
    lesson = LESSONS.get(life.plan.case.pattern)
    if lesson is None or outcome != Outcome.DONE or CITY not in life.crews:
        return  # what is made side by side does not see each other: one of them writes down
    yield life.after(1, 3)
    if _known(life, lesson.title):
        return
    draft = actions.draft(
        matter_id=life.matter_id,
        actor=life.who(Role.WINDOW_CLERK),
        causes=list(life.plan.case.causes),
        working_days=life.days,
        **vars(lesson),
    )
    yield life.soon()
    actions.submit(draft_id=draft.pk, actor=life.who(Role.WINDOW_CLERK))
    yield life.after(1, 4)
    actions.publish(draft_id=draft.pk, actor=life.who(Role.DIRECTOR), expires_on=clock.today() + HOLDS_FOR)


def looked_up(life: Life) -> None:
    """When a case is new here, what others did before it is found, and now and then it helps."""
    if life.plan.case.pattern not in LESSONS or life.rng.random() >= HELPS:
        return
    found = Precedent.objects.filter(item=life.item.code, centre__in=list(life.crews)).first()
    if found is not None:
        actions.helped(matter_id=life.matter_id, precedent_id=found.pk, actor=life.who(Role.WINDOW_CLERK))


def _known(life: Life, title: str) -> bool:
    """Whether one of the centres that live together has published it, or this one has begun to."""
    here = PrecedentDraft.objects.filter(title=title).exists()
    return here or Precedent.objects.filter(title=title, centre__in=list(life.crews)).exists()
