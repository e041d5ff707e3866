"""Prerequisites, the circle that they make, and the meeting that decides who goes first."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bancheng.errors import Conflict, Invalid
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from tenants.coordination import actions, panel, selectors
from tenants.coordination.actions import Decided
from tenants.coordination.models import Decision, Meeting, Prerequisite
from tenants.coordination.offices import Office
from tenants.matters import acts
from tenants.matters.models import Escalation, Matter
from tenants.notices.kinds import NoticeKind
from tenants.notices.models import Notice
from tests.desk import Desk

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=clock.SHANGHAI)
SB, YB = Office("SB", "社保经办", True), Office("YB", "医保", True)
POLICE, BANK = Office("示例派出所", "示例派出所"), Office("示例银行", "示例银行")


@pytest.fixture(autouse=True)
def _in_the_morning() -> Iterator[None]:
    """A meeting called for two hours later is held on the same day."""
    with clock.at(TUESDAY):
        yield


def wants(desk: Desk, matter: Matter, wanting: Office, giving: Office) -> Matter:
    return actions.record_prerequisite(
        matter_id=matter.pk,
        actor=desk.actor(Role.HANDLER),
        wanting=wanting,
        giving=giving,
        paper=f"{giving.name}的证明",
        basis="示例办法第三条",
    )


def deadlocked(desk: Desk) -> Matter:
    """Two offices that wait for each other."""
    matter = desk.handling()
    wants(desk, matter, SB, POLICE)
    return wants(desk, matter, POLICE, SB)


def called(desk: Desk, matter: Matter, **more: Any) -> Meeting:
    arguments: dict[str, Any] = {
        "at": clock.now() + timedelta(hours=2),
        "place": "三楼会议室",
        "departments": ["SB"],
        "offices": "示例派出所",
        "question": "由谁先办。",
    }
    actions.call_meeting(matter_id=matter.pk, actor=desk.actor(Role.WINDOW_LEAD), **arguments | more)
    return Meeting.objects.get(matter=matter)


def record(desk: Desk, meeting: Meeting, **more: Any) -> Matter:
    return actions.record_minutes(
        matter_id=meeting.matter_id,
        actor=desk.actor(Role.WINDOW_LEAD),
        meeting=meeting.pk,
        attended="社保经办、派出所各一人",
        minutes="商定由社保先办。",
        **more,
    )


# --- The circle --------------------------------------------------------------------------------------


def test_one_prerequisite_is_no_circle(desk: Desk) -> None:
    matter = wants(desk, desk.handling(), SB, POLICE)
    assert matter.escalated == ""
    assert selectors.circles_of(selectors.prerequisites(matter)) == []


def test_two_offices_that_wait_for_each_other_are_escalated_at_once(desk: Desk) -> None:
    matter = deadlocked(desk)
    assert matter.escalated == Escalation.DIRECTOR
    last = matter.events.order_by("-seq")[0]
    assert (last.act, last.actor_label) == ("escalate", "系统")
    assert "社保经办 → 示例派出所 → 社保经办" in last.note


def test_a_circle_of_any_length_is_seen(desk: Desk) -> None:
    matter = desk.handling()
    for wanting, giving in ((SB, YB), (YB, POLICE), (POLICE, BANK)):
        assert wants(desk, matter, wanting, giving).escalated == ""
    assert wants(desk, matter, BANK, SB).escalated == Escalation.DIRECTOR


def test_lead_and_director_are_told_of_the_circle(desk: Desk) -> None:
    lead, director = desk.staff(Role.WINDOW_LEAD), desk.staff(Role.DIRECTOR)
    deadlocked(desk)
    told = Notice.objects.filter(kind=NoticeKind.CIRCLE).values_list("recipient_id", flat=True)
    assert set(told) == {lead.pk, director.pk}


def test_it_is_escalated_once(desk: Desk) -> None:
    matter = deadlocked(desk)
    wants(desk, matter, SB, BANK)
    wants(desk, matter, BANK, SB)
    assert matter.events.filter(act="escalate").count() == 1


def test_the_part_draws_the_circle_and_proposes_a_meeting(desk: Desk) -> None:
    matter = deadlocked(desk)
    first = panel.prerequisites(matter)[0]
    assert (first.circle, first.meeting) == ("社保经办 → 示例派出所 → 社保经办", None)


def test_a_settled_one_is_no_part_of_a_circle(desk: Desk) -> None:
    matter = desk.handling()
    wants(desk, matter, SB, POLICE)
    actions.settle_prerequisite(
        matter_id=matter.pk,
        actor=desk.actor(Role.HANDLER),
        prerequisite=Prerequisite.objects.get().pk,
        how="派出所已出具。",
    )
    assert selectors.circles_of(selectors.prerequisites(matter)) == []


def test_the_same_two_offices_a_second_time_are_escalated(desk: Desk) -> None:
    matter = desk.handling()
    wants(desk, matter, SB, POLICE)
    actions.settle_prerequisite(
        matter_id=matter.pk,
        actor=desk.actor(Role.HANDLER),
        prerequisite=Prerequisite.objects.get().pk,
        how="派出所已出具。",
    )
    assert wants(desk, matter, POLICE, SB).escalated == Escalation.DIRECTOR


def test_an_office_does_not_wait_for_itself(desk: Desk) -> None:
    with pytest.raises(Invalid, match="同一个单位"):
        wants(desk, desk.handling(), SB, SB)


def test_the_same_prerequisite_is_recorded_once(desk: Desk) -> None:
    matter = wants(desk, desk.handling(), SB, POLICE)
    with pytest.raises(Conflict) as refused:
        wants(desk, matter, SB, POLICE)
    assert refused.value.code == "recorded_already"


def test_an_office_named_before_is_offered_and_recognised(desk: Desk) -> None:
    matter = desk.handling()
    data = {"paper": "证明", "basis": "示例办法", "wanting": "SB", "giving": "other"}
    handler = desk.actor(Role.HANDLER)
    acts.perform(
        name="record_prerequisite",
        matter_id=matter.pk,
        actor=handler,
        data={**data, "giving_other": "示例 派出所(东)"},
    )
    acts.perform(
        name="record_prerequisite",
        matter_id=matter.pk,
        actor=handler,
        data={**data, "wanting": "示例派出所（东）", "giving": "other", "giving_other": "社保经办"},
    )
    assert Matter.objects.get(pk=matter.pk).escalated == Escalation.DIRECTOR


# --- The meeting -------------------------------------------------------------------------------------


def test_minutes_decide_who_goes_first_and_the_part_says_so(desk: Desk) -> None:
    matter = deadlocked(desk)
    meeting = called(desk, matter)
    assert panel.prerequisites(matter)[0].meeting == meeting
    edge = Prerequisite.objects.get(wanting_code="SB")

    record(desk, meeting, goes_first=[edge.pk])

    rows = panel.prerequisites(matter)
    assert [row.circle for row in rows] == ["", ""]
    assert rows[0].prerequisite.how == "会商决定由社保经办先办，不再等示例派出所的示例派出所的证明。"
    assert rows[0].prerequisite.meeting == meeting


def test_decisions_stay_open_until_they_are_carried_out(desk: Desk) -> None:
    matter = desk.handling()
    record(desk, called(desk, matter), decisions=[Decided("先行核定", "社保经办", date(2026, 12, 1))])
    decision = selectors.open_decisions(matter).get()
    actions.carry_out_decision(
        matter_id=matter.pk, actor=desk.actor(Role.HANDLER), decision=decision.pk, result="已核定。"
    )
    assert not selectors.open_decisions(matter).exists()
    assert Decision.objects.get().result == "已核定。"


def test_those_on_the_matter_are_told_of_the_meeting(desk: Desk) -> None:
    matter = desk.handling()
    head = desk.staff(Role.DEPARTMENT_HEAD)
    outsider = desk.staff(Role.DEPARTMENT_HEAD, "YB")
    called(desk, matter, departments=["SB", "YB"])
    told = set(Notice.objects.filter(kind=NoticeKind.MEETING).values_list("recipient_id", flat=True))
    assert head.pk in told
    assert outsider.pk not in told


@pytest.mark.parametrize("hours", [-1, 24 * 400])
def test_a_meeting_lies_ahead_and_within_a_year(desk: Desk, hours: int) -> None:
    with pytest.raises(Invalid, match="一年之内"):
        called(desk, desk.handling(), at=clock.now() + timedelta(hours=hours))


def test_somebody_is_asked_to_come(desk: Desk) -> None:
    with pytest.raises(Invalid, match="参加部门"):
        called(desk, desk.handling(), departments=[], offices="")


def test_no_minutes_before_the_day(desk: Desk) -> None:
    meeting = called(desk, desk.handling(), at=clock.now() + timedelta(days=3))
    with pytest.raises(Invalid, match="还没有到"):
        record(desk, meeting)


def test_minutes_are_written_once(desk: Desk) -> None:
    meeting = called(desk, desk.handling())
    record(desk, meeting)
    with pytest.raises(Invalid, match="待记纪要"):
        record(desk, meeting)


def test_what_was_settled_meanwhile_is_said(desk: Desk) -> None:
    matter = deadlocked(desk)
    edge = Prerequisite.objects.get(wanting_code="SB")
    actions.settle_prerequisite(
        matter_id=matter.pk, actor=desk.actor(Role.HANDLER), prerequisite=edge.pk, how="已出具。"
    )
    with pytest.raises(Invalid, match="已经解决"):
        record(desk, called(desk, matter), goes_first=[edge.pk])


def test_the_form_reads_times_decisions_and_choices(desk: Desk) -> None:
    with clock.at(TUESDAY):
        matter, lead = deadlocked(desk), desk.actor(Role.WINDOW_LEAD)
        acts.perform(
            name="call_meeting",
            matter_id=matter.pk,
            actor=lead,
            data={
                "at": "2026-11-24T14:30",
                "place": "三楼",
                "departments": ["SB"],
                "question": "由谁先办。",
            },
        )
        meeting = Meeting.objects.get()
        acts.perform(
            name="record_minutes",
            matter_id=matter.pk,
            actor=lead,
            data={
                "meeting": str(meeting.pk),
                "attended": "两家",
                "minutes": "已商定。",
                "goes_first": [str(Prerequisite.objects.get(wanting_code="SB").pk)],
                "decisions": [{"what": "先行核定", "who": "社保经办", "until": "2026-12-01"}],
            },
        )
    assert clock.local(meeting.at).hour == 14
    assert Decision.objects.get().until == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"what": "核定", "who": "", "until": ""}, "第1行缺少“谁来办”"),
        ({"what": "", "who": "社保", "until": ""}, "第1行缺少“办什么”"),
        ({"what": "核定", "who": "社保", "until": "2026-02-30"}, "第1行的期限不对"),
        ({"what": "核" * 201, "who": "社保", "until": ""}, "第1行的“办什么”超过200字"),
        ({"what": "核\x00定", "who": "社保", "until": ""}, "第1行"),
    ],
)
def test_a_wrong_decision_is_named_by_its_row(desk: Desk, row: dict[str, str], said: str) -> None:
    matter = desk.handling()
    meeting = called(desk, matter)
    data = {"meeting": str(meeting.pk), "attended": "两家", "minutes": "已商定。", "decisions": [row]}
    with pytest.raises(Invalid) as wrong:
        acts.perform(
            name="record_minutes", matter_id=matter.pk, actor=desk.actor(Role.WINDOW_LEAD), data=data
        )
    assert said in wrong.value.errors["decisions"][0]
