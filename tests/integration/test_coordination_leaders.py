"""Escalation, taking over, instructions and supervision orders: by people, and by the system."""

from datetime import date, datetime
from typing import Any

import pytest

from bancheng.errors import Conflict, Invalid
from bancheng.identity.actors import Actor
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from tenants.coordination import actions
from tenants.coordination.models import Instruction, SupervisionOrder, Whom
from tenants.matters.models import Escalation, Matter
from tests.desk import Desk

SYSTEM = Actor.system("系统", "130722")
TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=clock.SHANGHAI)


def last_act(matter: Matter) -> str:
    return str(matter.events.order_by("-seq").values_list("act", flat=True)[0])


def supervised(desk: Desk, **more: Any) -> Matter:
    return actions.supervise(
        matter_id=desk.handling().pk, actor=desk.actor(Role.SUPERVISOR), demand="请说明原因。", **more
    )


# --- Escalation --------------------------------------------------------------------------------------


def test_the_lead_escalates_to_the_director_and_the_director_to_the_city(desk: Desk) -> None:
    matter = desk.handling()
    first = actions.escalate(matter_id=matter.pk, actor=desk.actor(Role.WINDOW_LEAD), reason="意见不一。")
    assert first.escalated == Escalation.DIRECTOR
    second = actions.escalate(matter_id=matter.pk, actor=desk.actor(Role.DIRECTOR), reason="请市里协调。")
    assert second.escalated == Escalation.CITY


def test_the_lead_takes_it_no_higher_than_the_director(desk: Desk) -> None:
    lead, matter = desk.actor(Role.WINDOW_LEAD), desk.handling()
    actions.escalate(matter_id=matter.pk, actor=lead, reason="意见不一。")
    with pytest.raises(Conflict, match="由中心主任决定") as refused:
        actions.escalate(matter_id=matter.pk, actor=lead, reason="再提。")
    assert refused.value.code == "already_escalated"


def test_the_system_escalates_once(desk: Desk) -> None:
    matter = actions.escalate(matter_id=desk.handling().pk, actor=SYSTEM)
    assert (matter.escalated, last_act(matter)) == (Escalation.DIRECTOR, "escalate")
    with pytest.raises(Conflict):
        actions.escalate(matter_id=matter.pk, actor=SYSTEM)


# --- Taking over -------------------------------------------------------------------------------------


def test_the_director_takes_a_case_personally(desk: Desk) -> None:
    director = desk.actor(Role.DIRECTOR)
    matter = actions.take_over(matter_id=desk.handling().pk, actor=director, reason="由我联系。")
    assert matter.case_leader_id == director.id
    with pytest.raises(Conflict, match="已由中心主任包案"):
        actions.take_over(matter_id=matter.pk, actor=director, reason="")


def test_the_system_hands_a_case_to_the_centres_director(desk: Desk) -> None:
    director = desk.actor(Role.DIRECTOR)
    assert actions.take_over(matter_id=desk.handling().pk, actor=SYSTEM).case_leader_id == director.id


def test_a_centre_without_a_director_is_told_so(desk: Desk) -> None:
    with pytest.raises(Conflict) as refused:
        actions.take_over(matter_id=desk.handling().pk, actor=SYSTEM)
    assert refused.value.code == "no_director"


# --- Instructions ------------------------------------------------------------------------------------


def test_an_instruction_says_to_whom(desk: Desk) -> None:
    matter = desk.handling()
    actions.instruct(
        matter_id=matter.pk, actor=desk.actor(Role.DEPUTY), text="请从速。", to=[Whom.WINDOW, Whom.DEPARTMENT]
    )
    written = Instruction.objects.get(matter=matter)
    assert (written.text, written.to_labels) == ("请从速。", ["窗口负责人", "主办部门"])


# --- Supervision -------------------------------------------------------------------------------------


def test_an_order_has_a_number_without_gaps_and_a_working_day(desk: Desk) -> None:
    with clock.at(TUESDAY):
        orders = [SupervisionOrder.objects.get(matter=supervised(desk)) for _ in range(2)]
    assert [order.number for order in orders] == ["张北社督〔2026〕1号", "张北社督〔2026〕2号"]
    assert {order.due_on for order in orders} == {date(2026, 11, 27)}


@pytest.mark.parametrize(
    ("day", "said"), [(date(2026, 11, 23), "不能早于今天"), (date(2026, 11, 28), "须是工作日")]
)
def test_feedback_is_due_on_a_working_day_to_come(desk: Desk, day: date, said: str) -> None:
    with clock.at(TUESDAY), pytest.raises(Invalid, match=said):
        supervised(desk, due_on=day)


def test_one_order_is_open_at_most(desk: Desk) -> None:
    matter = supervised(desk)
    with pytest.raises(Conflict) as refused:
        actions.supervise(matter_id=matter.pk, actor=SYSTEM)
    assert refused.value.code == "already_supervised"


def test_feedback_then_lifting_frees_the_matter(desk: Desk) -> None:
    matter = supervised(desk)
    actions.answer_supervision(matter_id=matter.pk, actor=desk.actor(Role.HANDLER), text="已调齐。")
    lifted = actions.lift_supervision(
        matter_id=matter.pk, actor=desk.actor(Role.SUPERVISOR), result="已按期办理。"
    )
    order = SupervisionOrder.objects.get(matter=matter)
    assert not lifted.supervised
    assert [answer.text for answer in order.answers.all()] == ["已调齐。"]
    assert order.lifted_at is not None


def test_after_lifting_it_may_be_supervised_again(desk: Desk) -> None:
    matter = supervised(desk)
    actions.lift_supervision(matter_id=matter.pk, actor=desk.actor(Role.DEPUTY), result="已反馈。")
    assert actions.supervise(matter_id=matter.pk, actor=SYSTEM).supervised


def test_nothing_is_closed_under_an_open_order(desk: Desk) -> None:
    matter = supervised(desk)
    desk.reply(desk.resolve(matter.pk).pk)
    desk.call_back(matter.pk)
    with pytest.raises(Conflict, match="督办单还没有解除"):
        desk.close(matter.pk)


def test_an_order_of_the_system_names_nobody(desk: Desk) -> None:
    matter = actions.supervise(matter_id=desk.handling().pk, actor=SYSTEM)
    assert SupervisionOrder.objects.get(matter=matter).issued_by is None
