"""Joint handling: parts with clocks and answers of their own, letters to outside offices, changing hands."""

from datetime import date, datetime
from typing import Any

import pytest

from bancheng.centres.scope import in_centre
from bancheng.errors import Conflict, Invalid, NotAllowed, Refused
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from tenants.coordination import actions, selectors
from tenants.coordination.models import JointPart
from tenants.coordination.offices import Office
from tenants.matters import actions as matters
from tenants.matters import acts
from tenants.matters.models import Escalation, Matter
from tests import schemas
from tests.desk import Desk

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=clock.SHANGHAI)
BANK = Office("示例银行", "示例银行")
ANSWER = {"answer": "缴费年限已核实。", "basis": "医保缴费记录"}


def supported(desk: Desk, *departments: str, **more: Any) -> Matter:
    """Handled by SB, with these departments asked for their part."""
    for department in departments:
        desk.staff(Role.HANDLER, department)  # which opens the department
    matter = actions.assign(
        matter_id=desk.accepted(level=4).pk,
        actor=desk.actor(Role.WINDOW_LEAD),
        department="SB",
        supporting=departments or ("YB",),
        instruction="请医保核对缴费年限。",
        **more,
    )
    return matters.sign(matter_id=matter.pk, actor=desk.actor(Role.HANDLER))


def with_letter(desk: Desk) -> Matter:
    return actions.ask_support(
        matter_id=desk.handling().pk,
        actor=desk.actor(Role.WINDOW_LEAD),
        office=BANK,
        question="请核实账户状态。",
    )


def keys(matter: Matter) -> list[str]:
    """The parts that are open, as the rows have it."""
    return sorted(p.key for p in JointPart.objects.filter(matter=matter) if p.is_open)


# --- Asking ------------------------------------------------------------------------------------------


def test_every_supporting_department_gets_a_part_with_its_own_clock(desk: Desk) -> None:
    with clock.at(TUESDAY):
        matter = supported(desk)
    part = JointPart.objects.get(matter=matter)
    assert (part.department_id, part.question) == ("YB", "请医保核对缴费年限。")
    assert part.due_on == date(2026, 11, 27)
    assert matter.unanswered == ["YB"] == keys(matter)


def test_a_part_is_never_due_after_the_matter(desk: Desk) -> None:
    with clock.at(TUESDAY):
        accepted = desk.accepted(level=2)
        actions.assign(
            matter_id=accepted.pk, actor=desk.actor(Role.WINDOW_LEAD), department="SB", supporting=["YB"]
        )
        assert JointPart.objects.get().due_on <= Matter.objects.get(pk=accepted.pk).due_on  # type: ignore[operator]


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 11, 23), "不能早于今天"),
        (date(2026, 11, 28), "须是工作日"),
        (date(2026, 12, 31), "不能晚于此件的办理期限"),
    ],
)
def test_the_lead_sets_the_day_within_the_term(desk: Desk, day: date, said: str) -> None:
    with clock.at(TUESDAY):
        with pytest.raises(Invalid, match=said) as wrong:
            supported(desk, support_due_on=day)
        assert set(wrong.value.errors) == {"support_due_on"}
        assert not JointPart.objects.exists()


def test_one_more_department_is_asked_and_sees_the_matter(desk: Desk) -> None:
    matter = actions.ask_support(
        matter_id=desk.handling().pk,
        actor=desk.actor(Role.WINDOW_LEAD),
        office=Office("YB", "医保", True),
        question="请核对年限。",
    )
    assert (matter.supporting, matter.unanswered) == (["YB"], ["YB"])
    assert list(selectors.support_asked_of(desk.actor(Role.HANDLER, "YB"))) == [JointPart.objects.get()]


def test_the_lead_department_does_not_support_itself(desk: Desk) -> None:
    with pytest.raises(Invalid, match="主办部门不能同时协办"):
        actions.ask_support(
            matter_id=desk.handling().pk,
            actor=desk.actor(Role.WINDOW_LEAD),
            office=Office("SB", "社保经办", True),
            question="请核对。",
        )


def test_nobody_is_asked_twice_at_a_time(desk: Desk) -> None:
    matter = with_letter(desk)
    with pytest.raises(Conflict) as refused:
        actions.ask_support(
            matter_id=matter.pk, actor=desk.actor(Role.WINDOW_LEAD), office=BANK, question="再问。"
        )
    assert refused.value.code == "asked_already"


# --- Answering ---------------------------------------------------------------------------------------


def test_the_matter_waits_for_every_part(desk: Desk) -> None:
    matter = supported(desk, "YB", "SW")
    with pytest.raises(Conflict, match="还有2个协办单位没有答复"):
        desk.resolve(matter.pk)
    for department in ("YB", "SW"):
        actions.answer_support(matter_id=matter.pk, actor=desk.actor(Role.HANDLER, department), **ANSWER)
    assert desk.resolve(matter.pk).outcome == "done"


def test_a_department_signs_and_answers_its_part_alone(desk: Desk) -> None:
    matter = supported(desk, "YB", "SW")
    actions.sign_support(matter_id=matter.pk, actor=desk.actor(Role.HANDLER, "YB"))
    answered = actions.answer_support(
        matter_id=matter.pk, actor=desk.actor(Role.DEPARTMENT_HEAD, "YB"), **ANSWER
    )
    part = JointPart.objects.get(key="YB")
    assert (part.answer, part.basis) == (ANSWER["answer"], ANSWER["basis"])
    assert part.signed_by_id == desk.actor(Role.HANDLER, "YB").id
    assert part.answered_by_id == desk.actor(Role.DEPARTMENT_HEAD, "YB").id
    assert answered.unanswered == ["SW"] == keys(matter)


@pytest.mark.parametrize("department", ["SB", "SW"])
@pytest.mark.parametrize("role", [Role.HANDLER, Role.DEPARTMENT_HEAD])
@pytest.mark.parametrize("act", ["sign_support", "answer_support"])
def test_nobody_answers_for_another_department(desk: Desk, department: str, role: Role, act: str) -> None:
    matter = supported(desk, "YB")
    data = ANSWER if act == "answer_support" else {}
    with pytest.raises(NotAllowed):
        acts.perform(name=act, matter_id=matter.pk, actor=desk.actor(role, department), data=data)
    assert keys(matter) == ["YB"]


def test_signing_twice_is_said(desk: Desk) -> None:
    matter, handler = supported(desk), desk.actor(Role.HANDLER, "YB")
    actions.sign_support(matter_id=matter.pk, actor=handler)
    with pytest.raises(Conflict, match="已签收"):
        actions.sign_support(matter_id=matter.pk, actor=handler)


def test_whoever_has_answered_can_be_asked_again(desk: Desk) -> None:
    matter, handler = supported(desk), desk.actor(Role.HANDLER, "YB")
    actions.answer_support(matter_id=matter.pk, actor=handler, **ANSWER)
    asked = actions.ask_support(
        matter_id=matter.pk,
        actor=desk.actor(Role.WINDOW_LEAD),
        office=Office("YB", "医保", True),
        question="请再核对一次。",
    )
    assert (asked.supporting, asked.unanswered) == (["YB"], ["YB"])


def test_of_two_answers_at_the_same_moment_one_counts(at_once: Any, zhangbei: Any) -> None:
    desk = Desk(zhangbei)
    people = [desk.actor(role, "YB") for role in (Role.HANDLER, Role.DEPARTMENT_HEAD)]
    with in_centre("130722"):
        matter = supported(desk)

    def answer(place: int) -> Matter:
        with in_centre("130722"):
            return actions.answer_support(matter_id=matter.pk, actor=people[place], **ANSWER)

    results = at_once(lambda: answer(0), lambda: answer(1))

    assert sorted(isinstance(result, Refused) for result in results) == [False, True]
    with in_centre("130722"):
        assert matter.events.filter(act="answer_support").count() == 1


def test_departments_that_answer_at_the_same_moment_all_count(at_once: Any, zhangbei: Any) -> None:
    desk = Desk(zhangbei)
    people = [desk.actor(Role.HANDLER, department) for department in ("YB", "SW", "RS")]
    with in_centre("130722"):
        matter = supported(desk, "YB", "SW", "RS")

    def answer(place: int) -> Matter:
        with in_centre("130722"):
            return actions.answer_support(matter_id=matter.pk, actor=people[place], **ANSWER)

    results = at_once(*[lambda place=place: answer(place) for place in range(3)])

    assert not [result for result in results if isinstance(result, Exception)]
    with in_centre("130722"):
        assert Matter.objects.get(pk=matter.pk).unanswered == [] == keys(matter)


# --- Outside offices ---------------------------------------------------------------------------------


def test_an_outside_office_is_asked_by_a_numbered_letter(desk: Desk) -> None:
    with clock.at(TUESDAY):
        matter = with_letter(desk)
    part = JointPart.objects.get(matter=matter)
    assert (part.number, part.office, part.department) == ("张北社协〔2026〕1号", "示例银行", None)
    assert matter.unanswered == [part.key]


def test_its_answer_is_taken_down_by_the_window(desk: Desk) -> None:
    matter = with_letter(desk)
    answered = actions.record_outside_answer(
        matter_id=matter.pk,
        actor=desk.actor(Role.WINDOW_CLERK),
        part=JointPart.objects.get().pk,
        answer="账户正常。",
        basis="示例银行复函1号，11月25日",
    )
    assert answered.unanswered == []
    with pytest.raises(Invalid, match="没有这份待复的协办函"):
        actions.record_outside_answer(
            matter_id=matter.pk,
            actor=desk.actor(Role.WINDOW_CLERK),
            part=JointPart.objects.get().pk,
            answer="再记一次。",
            basis="无",
        )


def test_a_departments_part_is_not_answered_for_it_by_the_window(desk: Desk) -> None:
    matter = supported(desk)
    with pytest.raises(Invalid):
        actions.record_outside_answer(
            matter_id=matter.pk, actor=desk.actor(Role.WINDOW_LEAD), part=JointPart.objects.get().pk, **ANSWER
        )


@pytest.mark.parametrize("typed", [" 示例 银行", "示例银行"])
def test_an_office_typed_twice_is_the_same(desk: Desk, typed: str) -> None:
    matter = with_letter(desk)
    with pytest.raises(Conflict, match="不必重复提请"):
        acts.perform(
            name="ask_support",
            matter_id=matter.pk,
            actor=desk.actor(Role.WINDOW_LEAD),
            data={"office": "other", "office_other": typed, "question": "请核实。"},
        )


# --- What waits, what is overdue ---------------------------------------------------------------------


def test_only_what_is_open_waits_for_a_department(desk: Desk) -> None:
    handler = desk.actor(Role.HANDLER, "YB")
    matter = supported(desk)
    assert [part.matter_id for part in selectors.support_asked_of(handler)] == [matter.pk]
    assert not selectors.support_asked_of(desk.actor(Role.HANDLER)).exists()
    assert not selectors.support_asked_of(desk.actor(Role.WINDOW_LEAD)).exists()
    actions.answer_support(matter_id=matter.pk, actor=handler, **ANSWER)
    assert not selectors.support_asked_of(handler).exists()


def test_a_part_is_overdue_after_close_of_business_of_its_day(desk: Desk) -> None:
    with clock.at(TUESDAY):
        supported(desk)
    part = JointPart.objects.get()
    with clock.at(TUESDAY.replace(day=27, hour=17)):
        assert not part.is_overdue
    with clock.at(TUESDAY.replace(day=27, hour=18)):
        assert part.is_overdue


# --- Changing hands ----------------------------------------------------------------------------------


def test_a_return_frees_the_supporting_departments(desk: Desk) -> None:
    matter = actions.assign(
        matter_id=desk.accepted().pk,
        actor=desk.actor(Role.WINDOW_LEAD),
        department="SB",
        supporting=["YB"],
    )
    returned = give_back(desk, matter.pk)
    assert returned.unanswered == [] == keys(matter)
    assert returned.escalated == ""


def give_back(desk: Desk, matter_id: Any, department: str = "SB", suggested: str = "医保") -> Matter:
    return actions.return_to_window(
        matter_id=matter_id,
        actor=desk.actor(Role.DEPARTMENT_HEAD, department),
        reason="不属本部门。",
        basis="职责清单",
        suggested=suggested,
    )


def test_the_second_return_escalates_at_once(desk: Desk) -> None:
    matter = desk.assigned()
    give_back(desk, matter.pk)
    desk.assign(matter.pk)
    twice = give_back(desk, matter.pk)
    assert twice.escalated == Escalation.DIRECTOR
    acts_done = list(matter.events.order_by("seq").values_list("act", "actor_label"))[-2:]
    assert [act for act, _ in acts_done] == ["return_to_window", "escalate"]
    assert acts_done[-1][1] == "系统"


def test_two_departments_that_name_each_other_are_called_so(desk: Desk) -> None:
    matter = desk.assigned()
    give_back(desk, matter.pk, "SB", "医保")
    desk.assign(matter.pk, department="YB")
    give_back(desk, matter.pk, "YB", "社保经办")
    assert "互相退回" in matter.events.get(act="escalate").note


def test_a_matter_is_reassigned_inside_the_department(desk: Desk) -> None:
    matter, other = desk.handling(), schemas.make_staff(desk.centre, Role.HANDLER, "SB")
    moved = actions.reassign(
        matter_id=matter.pk, actor=desk.actor(Role.DEPARTMENT_HEAD), handler=other.pk, reason="休假。"
    )
    assert moved.handler_id == other.pk


@pytest.mark.parametrize("whose", ["another department", "not active", "the present one", "the window"])
def test_only_to_an_active_colleague(desk: Desk, whose: str) -> None:
    matter = desk.handling()
    person = {
        "another department": lambda: desk.staff(Role.HANDLER, "YB"),
        "not active": lambda: schemas.make_staff(desk.centre, Role.HANDLER, "SB"),
        "the present one": lambda: desk.staff(Role.HANDLER),
        "the window": lambda: desk.staff(Role.WINDOW_CLERK),
    }[whose]()
    if whose == "not active":
        person.is_active = False
        person.save()
    with pytest.raises(Invalid, match="其他经办人"):
        actions.reassign(matter_id=matter.pk, actor=desk.actor(Role.DEPARTMENT_HEAD), handler=person.pk)
