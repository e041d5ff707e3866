"""What is done when an invented matter does not go by itself: extended, supervised, taken over, met about."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from bancheng.catalogue.words import Channel
from bancheng.identity.actors import Actor
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from tenants.coordination import actions as coordination
from tenants.coordination.actions import Decided
from tenants.coordination.models import Meeting, Prerequisite, Whom
from tenants.coordination.offices import Office
from tenants.demo.accounts import DEPARTMENTS
from tenants.matters import actions
from tenants.matters.actions.clock import most_days
from tenants.matters.clocks import present_term
from tenants.matters.models import Matter

if TYPE_CHECKING:
    from tenants.demo.lives import Beats, Life

REMINDED, SUPERVISED, TAKEN_OVER = 1, 3, 5
"""Working days late, as on the ladder; in the invented year people do it, but for the reminder."""


def late(life: Life) -> Beats:
    """Past its due date; some have it extended before, and are in time again."""
    due_on = _due_on(life)
    if life.rng.random() < 0.4:
        yield life.on(life.pace.workday(clock.today(), max(life.days - 2, 0)))
        extended = _extend(life, due_on)
        if extended is not None:
            yield life.on(extended)
            return
    over = life.rng.randint(1, 6)
    if over >= REMINDED:
        yield life.on(life.pace.workday(due_on, REMINDED))
        machine = Actor.system("系统", life.plan.centre)
        actions.remind(matter_id=life.matter_id, actor=machine, days=REMINDED)
    if over >= SUPERVISED:
        yield life.on(life.pace.workday(due_on, SUPERVISED))
        _supervise(life)
    if over >= TAKEN_OVER:
        yield life.on(life.pace.workday(due_on, TAKEN_OVER))
        take_over(life, "已超期五个工作日，由我包案，两日内办结。")
    yield life.on(life.pace.workday(due_on, over))
    if life.supervised:
        coordination.answer_supervision(
            matter_id=life.matter_id,
            actor=life.who(Role.HANDLER),
            text="原因是底账调取耗时，现已核对完毕，今日上报。",
        )


def lift(life: Life) -> Beats:
    """The order is lifted once the matter is resolved."""
    if not life.supervised:
        return
    yield life.soon()
    coordination.lift_supervision(
        matter_id=life.matter_id, actor=life.who(Role.SUPERVISOR), result="已办结，督办事项落实，予以解除。"
    )
    life.supervised = False


def led_from_above(life: Life) -> Beats:
    """A special case goes to the director, who may lead it; the deputy may say how."""
    if not life.escalated and life.rng.random() < 0.5:
        yield life.soon()
        coordination.escalate(
            matter_id=life.matter_id,
            actor=life.who(Role.WINDOW_LEAD),
            reason="没有先例，需要中心主任出面协调。",
        )
        yield life.soon()
        take_over(life, "群众跑了多次，由我包案。")
    elif life.rng.random() < 0.5:
        yield life.soon()
        coordination.instruct(
            matter_id=life.matter_id,
            actor=life.who(Role.DEPUTY),
            text="依规能快则快，办成后整理成先例。",
            to=[Whom.WINDOW, Whom.DEPARTMENT],
        )


def take_over(life: Life, reason: str) -> None:
    coordination.take_over(matter_id=life.matter_id, actor=life.who(Role.DIRECTOR), reason=reason)


# --- Two offices that wait for each other ------------------------------------------------------------


def in_a_circle(life: Life) -> Beats:
    """Each wants the other's paper first, which escalates it; a meeting decides who begins."""
    life.escalated = True
    first, second = life.department, life.supporting
    yield life.soon()
    _wants(life, first, second, "核对无误的业务记录")
    yield life.soon()
    _wants(life, second, first, "主办部门的认定意见")
    yield life.soon()
    coordination.call_meeting(
        matter_id=life.matter_id,
        actor=life.who(Role.WINDOW_LEAD),
        at=clock.now() + timedelta(minutes=45),
        place="政务服务大厅二楼会议室",
        question="由哪一家先办，另一家凭什么接着办。",
        departments=[first, second],
    )
    yield life.after(1, 1)
    asked = Prerequisite.objects.filter(matter_id=life.matter_id, wanting_code=first)
    coordination.record_minutes(
        matter_id=life.matter_id,
        actor=life.who(Role.WINDOW_LEAD),
        meeting=Meeting.objects.values_list("pk", flat=True).get(matter_id=life.matter_id),
        attended="窗口负责人，两部门经办人员",
        minutes="主办部门凭现有材料先行认定，协办部门见认定意见当日更新记录。",
        decisions=[
            Decided("先行出具认定意见", DEPARTMENTS[first], life.pace.workday(clock.today(), 1)),
            Decided("见意见当日更新记录", DEPARTMENTS[second], life.pace.workday(clock.today(), 2)),
        ],
        goes_first=list(asked.values_list("pk", flat=True)),
    )
    yield life.soon()
    waiting = Prerequisite.objects.filter(matter_id=life.matter_id, settled_at=None)
    coordination.settle_prerequisite(
        matter_id=life.matter_id,
        actor=life.who(Role.HANDLER, second),
        prerequisite=waiting.values_list("pk", flat=True).get(),
        how="主办部门已按会商纪要出具意见。",
    )


def _wants(life: Life, wanting: str, giving: str, paper: str) -> None:
    coordination.record_prerequisite(
        matter_id=life.matter_id,
        actor=life.who(Role.HANDLER, wanting),
        wanting=_office(wanting),
        giving=_office(giving),
        paper=paper,
        basis="本部门内部办理规程（示例）",
    )


def _office(code: str) -> Office:
    return Office(code, DEPARTMENTS[code], is_department=True)


# --- The clock ---------------------------------------------------------------------------------------


def _supervise(life: Life) -> None:
    coordination.supervise(
        matter_id=life.matter_id,
        actor=life.who(Role.SUPERVISOR),
        demand="已超期三个工作日，请说明原因并提出办结日期。",
    )
    life.supervised = True


def _extend(life: Life, due_on: date) -> date | None:
    """The new due date, if there was still time to ask and the law leaves room."""
    lead, matter = life.who(Role.WINDOW_LEAD), Matter.objects.get(pk=life.matter_id)
    term = present_term(matter)
    most = most_days(matter, lead, term) if term else 0
    if clock.today() > due_on or most == 0:
        return None
    days = life.rng.randint(1, most)
    actions.extend(
        matter_id=life.matter_id,
        actor=lead,
        days=days,
        reason="外地核实函件在途，原期限内不能办结。",
        channel=Channel.PHONE,
        told="已电话告知原因和新的期限。",
    )
    life.heard = clock.now()
    return life.pace.workday(due_on, days)


def _due_on(life: Life) -> date:
    due_on = Matter.objects.values_list("due_on", flat=True).get(pk=life.matter_id)
    return due_on or clock.today()
