"""The whole way of a referral between two centres: material, progress, returns, chases, chains, decisions."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from bancheng.centres.scope import in_centre
from bancheng.errors import Conflict, Invalid, NotAllowed
from bancheng.exchange import outbox
from bancheng.identity.roles import Role
from bancheng.overview.models import BoardCase
from bancheng.timekeeping import clock
from bancheng.timekeeping.holders import Holder
from tenants.matters import selectors as matters
from tenants.matters.models import Matter
from tenants.matters.states import State as MatterState
from tenants.notices.kinds import NoticeKind
from tenants.notices.models import Notice
from tenants.referrals import receiving, sending
from tenants.referrals.models import MaterialAsk, Referral, State
from tenants.referrals.sending import RETURNS_BEFORE_APPEAL
from tenants.replies import progress
from tests import between
from tests.between import Side, decide, deliver, newest_of

CITY, YUXIAN, LETTER = "130700", "130726", "130000"


@pytest.fixture
def signed(county: Side, city_side: Side) -> Any:
    """The id of a referral that the city has signed for and works on."""
    referral = county.send(CITY)
    deliver()
    city_side.sign(referral)
    city_side.take_up(referral)
    deliver()
    return referral


@pytest.fixture
def returned(county: Side, city_side: Side) -> Any:
    """The id of a referral that the city has given back."""
    referral = county.send(CITY)
    deliver()
    city_side.give_back(referral)
    deliver()
    return referral


def told(side: Side, referral: Any, kind: NoticeKind) -> int:
    with side.inside():
        return Notice.objects.filter(matter=side.matter(referral), kind=kind).count()


# --- Sent and signed ---------------------------------------------------------------------------------


def test_whoever_sends_has_approved_it(county: Side, city_side: Side) -> None:
    ours = county.row(county.send(CITY))
    assert ours.approved_by_id == county.desk.actor(Role.WINDOW_LEAD).id
    assert ours.drafted_by_id == county.desk.actor(Role.HANDLER).id


def test_home_learns_until_when_the_other_side_handles_it(county: Side, city_side: Side, signed: Any) -> None:
    due_on = city_side.matter(signed).due_on
    assert due_on is not None
    assert county.row(signed).handle_due_on == due_on
    assert BoardCase.objects.get(pk=signed).handle_due_on == due_on


def test_a_sensitive_matter_is_sensitive_there_and_its_signer_is_on_it(county: Side, city_side: Side) -> None:
    with county.inside() as desk:
        draft = desk.drafted(CITY)
        Matter.objects.filter(pk=draft.matter_id).update(sensitive=True)
    referral = county.send_draft(draft.pk)
    deliver()
    assert city_side.row(referral).sensitive
    city_side.sign(referral)
    matter = city_side.matter(referral)
    assert matter.sensitive
    assert matter.registrar_id == city_side.desk.actor(Role.WINDOW_LEAD).id


# --- Material and progress ---------------------------------------------------------------------------


def test_material_asked_for_is_given_and_the_case_goes_on(county: Side, city_side: Side, signed: Any) -> None:
    city_side.ask(signed)
    deliver()
    assert (county.row(signed).state, city_side.row(signed).state) == (State.ASKED, State.ASKED)
    assert county.matter(signed).holder == Holder.WINDOW
    assert city_side.matter(signed).holder == Holder.OTHER_CENTRE
    assert told(county, signed, NoticeKind.REFERRAL_ASKED) > 0

    county.give_material(signed)
    deliver()
    assert (county.row(signed).state, city_side.row(signed).state) == (State.SIGNED, State.SIGNED)
    assert county.matter(signed).holder == Holder.OTHER_CENTRE
    assert city_side.matter(signed).holder == Holder.DEPARTMENT
    assert told(city_side, signed, NoticeKind.MATERIAL_GIVEN) > 0


def test_both_sides_keep_what_was_asked_and_given(county: Side, city_side: Side, signed: Any) -> None:
    city_side.ask(signed)
    deliver()
    county.give_material(signed)
    deliver()
    kept = []
    for side in (county, city_side):
        with side.inside():
            ask = MaterialAsk.objects.get(referral=signed)
            kept.append((ask.pk, ask.items, ask.due_on, ask.given))
    assert kept[0] == kept[1]
    assert kept[0][3] == "已补齐。"


def test_the_receivers_own_clock_runs_on_while_it_waits(county: Side, city_side: Side, signed: Any) -> None:
    before = city_side.matter(signed).due_on
    city_side.ask(signed)
    deliver()
    with clock.at(clock.now() + timedelta(days=7)):
        county.give_material(signed)
        deliver()
    assert city_side.matter(signed).due_on == before


def test_one_may_ask_a_second_time(county: Side, city_side: Side, signed: Any) -> None:
    for _ in range(2):
        city_side.ask(signed)
        deliver()
        county.give_material(signed)
        deliver()
    assert city_side.row(signed).state == State.SIGNED


def test_a_day_that_is_over_is_refused_beside_its_field(city_side: Side, signed: Any) -> None:
    with pytest.raises(Invalid) as refused:
        city_side.ask(signed, due_on=clock.today() - timedelta(days=1))
    assert list(refused.value.errors) == ["due_on"]


def test_a_report_is_heard_at_home_and_breaks_the_silence(county: Side, city_side: Side, signed: Any) -> None:
    city_side.report(signed)
    with clock.at(clock.now() + timedelta(hours=1)) as moment:
        deliver()
    assert "正在核对工龄" in county.last(signed).note
    assert county.row(signed).heard_at == moment
    assert "正在核对工龄" in city_side.last(signed).note


# --- Recalled ----------------------------------------------------------------------------------------


def test_what_nobody_signed_for_comes_back(county: Side, city_side: Side) -> None:
    referral = county.send(CITY)
    deliver()
    county.recall(referral)
    assert county.row(referral).state == State.RECALLING
    assert county.matter(referral).state == MatterState.REFERRED
    deliver()
    assert (county.row(referral).state, city_side.row(referral).state) == (State.RECALLED, State.RECALLED)
    assert county.matter(referral).state == MatterState.HANDLING


def test_a_recall_that_crosses_with_the_signature_fails(county: Side, city_side: Side) -> None:
    referral = county.send(CITY)
    deliver()
    county.recall(referral)
    city_side.sign(referral)
    deliver()
    assert (county.row(referral).state, city_side.row(referral).state) == (State.SIGNED, State.SIGNED)
    assert county.matter(referral).state == MatterState.REFERRED
    assert told(county, referral, NoticeKind.RECALL_FAILED) > 0


def test_a_recall_that_crosses_with_the_return_leaves_it_returned(county: Side, city_side: Side) -> None:
    referral = county.send(CITY)
    deliver()
    city_side.give_back(referral)
    county.recall(referral)
    deliver()
    assert (county.row(referral).state, city_side.row(referral).state) == (State.RETURNED, State.RETURNED)
    assert county.matter(referral).state == MatterState.HANDLING


def test_what_was_recalled_may_go_to_the_same_unit_again(county: Side, city_side: Side) -> None:
    referral = county.send(CITY)
    deliver()
    county.recall(referral)
    deliver()
    again = county.send_again(referral, CITY)
    deliver()
    assert county.row(again).round == 1
    city_side.give_back(again)  # it never gave it back before


# --- Returned, appealed, designated -------------------------------------------------------------------


def test_a_return_says_on_what_ground_and_whose_it_is(county: Side, returned: Any) -> None:
    ours = county.row(returned)
    assert (ours.return_ground, ours.suggested_unit) == ("territory", "130722")
    assert "属地认定" in (ours.return_reason or "")
    assert told(county, returned, NoticeKind.REFERRAL_RETURNED) > 0


def test_the_second_return_is_refused_and_the_way_out_named(
    county: Side, city_side: Side, returned: Any
) -> None:
    again = county.send_again(returned, CITY)
    deliver()
    assert city_side.row(again).round == 2
    with pytest.raises(Conflict, match="指定承办单位") as refused:
        city_side.give_back(again)
    assert refused.value.code == "not_given_back_before"


def test_after_two_returns_no_unit_that_gave_it_back_is_asked_again(
    county: Side, other: Side, returned: Any
) -> None:
    second = county.send_again(returned, YUXIAN)
    deliver()
    other.give_back(second)
    deliver()
    assert RETURNS_BEFORE_APPEAL == 2
    for unit in (CITY, YUXIAN):
        with pytest.raises(Invalid, match="提请指定"):
            county.send_again(returned, unit)
    county.send_again(returned, LETTER)


def test_the_coordinator_designates_and_the_same_goes_out_anew(
    county: Side, city_side: Side, returned: Any
) -> None:
    county.appeal(returned)
    assert BoardCase.objects.get(pk=returned).appealed_at is not None
    decide("designated", returned, county.code, unit=CITY)
    deliver()

    fresh, old = newest_of(county, returned), county.row(returned)
    assert fresh.pk != old.pk
    assert fresh.number != old.number
    assert fresh.digest == old.digest
    assert old.state == State.RETURNED
    assert None not in (old.designated_at, fresh.designated_at)
    assert county.matter(returned).state == MatterState.REFERRED
    assert told(county, returned, NoticeKind.DESIGNATED) > 0
    assert city_side.row(fresh.pk).designation == "按属地办理。"
    with pytest.raises(Conflict, match="指定本中心承办"):
        city_side.give_back(fresh.pk)
    city_side.finish(fresh.pk)
    deliver()
    county.confirm(fresh.pk)
    deliver()
    assert city_side.matter(fresh.pk).state == MatterState.CLOSED


def test_designated_ourselves_we_keep_it(county: Side, returned: Any) -> None:
    county.appeal(returned)
    decide("designated", returned, county.code, unit=county.code)
    deliver()
    assert newest_of(county, returned).pk == returned
    assert county.matter(returned).state == MatterState.HANDLING
    assert "指定承办本中心承办" in county.last(returned).note
    assert told(county, returned, NoticeKind.DESIGNATED) > 0


def test_a_decision_that_comes_too_late_is_noted_and_the_appeal_is_over(county: Side, returned: Any) -> None:
    county.appeal(returned)
    with county.inside() as desk:
        desk.resolve(county.matter(returned).pk)
    decide("designated", returned, county.code, unit=CITY)
    deliver()
    assert county.matter(returned).state == MatterState.RESOLVED
    assert county.row(returned).designated_at is not None
    assert "没有执行" in county.last(returned).note
    assert told(county, returned, NoticeKind.NOT_CARRIED_OUT) > 0


def test_a_designation_puts_an_unsent_draft_aside(county: Side, returned: Any) -> None:
    county.appeal(returned)
    with county.inside() as desk:
        draft = sending.draft(
            matter_id=county.matter(returned).pk,
            actor=desk.actor(Role.WINDOW_LEAD),
            unit=YUXIAN,
            reason="示例",
            requested="示例",
        )
    decide("designated", returned, county.code, unit=CITY)
    deliver()
    with county.inside():
        assert not Referral.objects.filter(pk=draft.pk).exists()
    assert newest_of(county, returned).unit_code == CITY


# --- Redirected --------------------------------------------------------------------------------------


def test_redirected_the_first_unit_is_out_and_the_next_has_it(
    county: Side, city_side: Side, other: Side, signed: Any
) -> None:
    decide("redirect", signed, county.code, unit=YUXIAN)
    deliver()
    fresh = newest_of(county, signed)
    assert (county.row(signed).state, city_side.row(signed).state) == (State.REDIRECTED, State.REDIRECTED)
    assert city_side.matter(signed).state == MatterState.WITHDRAWN
    assert told(city_side, signed, NoticeKind.REDIRECTED_AWAY) > 0
    assert other.row(fresh.pk).state == State.SENT
    assert county.acts(signed)[-3:] == ["hear", "take_back", "refer"]
    other.finish(fresh.pk)


def test_an_unsigned_one_is_redirected_too(county: Side, city_side: Side, other: Side) -> None:
    referral = county.send(CITY)
    deliver()
    decide("redirect", referral, county.code, unit=YUXIAN)
    deliver()
    assert city_side.row(referral).state == State.REDIRECTED
    assert other.row(newest_of(county, referral).pk).state == State.SENT


def test_redirected_home_the_matter_is_with_our_department(
    county: Side, city_side: Side, signed: Any
) -> None:
    decide("redirect", signed, county.code, unit=county.code)
    deliver()
    assert county.matter(signed).state == MatterState.HANDLING
    assert county.matter(signed).holder == Holder.DEPARTMENT
    assert city_side.row(signed).state == State.REDIRECTED


def test_what_the_first_unit_said_meanwhile_is_noted_and_no_more(
    county: Side, city_side: Side, signed: Any
) -> None:
    city_side.resolve(signed)
    city_side.answer(signed)
    decide("redirect", signed, county.code, unit=YUXIAN)
    between.hold_back("answered")
    deliver()
    between.let_go()
    deliver()
    assert (county.row(signed).state, city_side.row(signed).state) == (State.REDIRECTED, State.REDIRECTED)
    assert "不再有效" in county.last(signed).note
    assert city_side.matter(signed).state == MatterState.WITHDRAWN
    assert county.matter(signed).state == MatterState.REFERRED


def test_an_answered_one_is_not_redirected_any_more(county: Side, city_side: Side, signed: Any) -> None:
    city_side.resolve(signed)
    city_side.answer(signed)
    deliver()
    decide("redirect", signed, county.code, unit=YUXIAN)
    deliver()
    assert county.row(signed).state == State.ANSWERED
    assert told(county, signed, NoticeKind.NOT_CARRIED_OUT) > 0


def test_only_the_office_decides(county: Side, city_side: Side, signed: Any) -> None:
    with in_centre(CITY), transaction.atomic():
        outbox.post(
            case_id=signed,
            source=CITY,
            target=county.code,
            kind="referral.redirect",
            header={},
            body={"unit": YUXIAN, "reason": "示例"},
        )
    deliver()
    assert county.row(signed).state == State.SIGNED


# --- Chased, escalated, urged -------------------------------------------------------------------------


def test_a_chase_stands_on_both_timelines(county: Side, city_side: Side, signed: Any) -> None:
    county.chase(signed, "请反馈进展。")
    deliver()
    assert (county.row(signed).chases, city_side.row(signed).chases) == (1, 1)
    assert "请反馈进展。" in county.last(signed).note
    assert "请反馈进展。" in city_side.last(signed).note
    assert told(city_side, signed, NoticeKind.CHASED_BY_HOME) > 0
    assert BoardCase.objects.get(pk=signed).chases == 1


def test_before_signing_the_chase_stands_on_the_referral(county: Side, city_side: Side) -> None:
    referral = county.send(CITY)
    deliver()
    county.chase(referral)
    deliver()
    assert city_side.row(referral).chases == 1


def test_a_chase_that_crosses_with_the_return_does_no_harm(county: Side, city_side: Side) -> None:
    referral = county.send(CITY)
    deliver()
    city_side.give_back(referral)
    county.chase(referral)
    deliver()
    assert (county.row(referral).state, city_side.row(referral).state) == (State.RETURNED, State.RETURNED)


def test_escalated_both_sides_and_the_board_know(county: Side, city_side: Side, signed: Any) -> None:
    county.escalate(signed)
    deliver()
    assert None not in (county.row(signed).escalated_at, city_side.row(signed).escalated_at)
    assert told(city_side, signed, NoticeKind.ESCALATED_BY_HOME) > 0
    assert BoardCase.objects.get(pk=signed).escalated_at is not None


@pytest.mark.parametrize("who", ["home", "receiver"])
def test_whoever_is_urged_has_it_on_the_timeline_and_is_told(
    county: Side, city_side: Side, signed: Any, who: str
) -> None:
    side = county if who == "home" else city_side
    decide("urged", signed, side.code)
    deliver()
    assert side.last(signed).note.startswith("市级协调员催办")
    assert told(side, signed, NoticeKind.URGED) > 0


# --- Chains ------------------------------------------------------------------------------------------


def test_home_hears_where_its_case_has_gone_on_to(county: Side, city_side: Side, signed: Any) -> None:
    onward = city_side.send_again(signed, LETTER)
    deliver()
    name = city_side.row(onward).unit_name
    ours, theirs = county.row(signed), city_side.row(signed)
    assert (ours.onward_unit, theirs.onward_unit) == (name, name)
    assert ours.onward_since is not None
    assert county.last(signed).holder_label == name
    with county.inside():
        spans = matters.hands(matters.timeline(county.matter(signed)))
        assert [span.label for span in spans][-2:] == [ours.unit_name, name]


def test_the_reporter_keeps_one_number_and_sees_the_unit_that_has_it(
    county: Side, city_side: Side, signed: Any
) -> None:
    onward = city_side.send_again(signed, YUXIAN)
    deliver()
    number = county.matter(signed).number
    assert county.row(signed).first_number == number
    assert city_side.row(onward).first_number == number
    with in_centre(YUXIAN):
        assert Referral.objects.get(pk=onward).first_number == number
    with county.inside():
        assert progress.of(county.matter(signed)).passed_to == city_side.row(onward).unit_name


def test_home_hears_that_it_came_back(county: Side, city_side: Side, other: Side, signed: Any) -> None:
    onward = city_side.send_again(signed, YUXIAN)
    deliver()
    other.finish(onward)
    deliver()
    city_side.confirm(onward)
    deliver()
    assert (county.row(signed).onward_unit, county.row(signed).onward_since) == ("", None)
    assert county.last(signed).holder_label == county.row(signed).unit_name


def test_redirected_a_unit_asks_back_what_it_sent_on(
    county: Side, city_side: Side, other: Side, signed: Any
) -> None:
    onward = city_side.send_again(signed, YUXIAN)
    deliver()
    decide("redirect", signed, county.code, unit=county.code)
    deliver()
    assert city_side.matter(signed).state == MatterState.WITHDRAWN
    assert (city_side.row(onward).state, other.row(onward).state) == (State.RECALLED, State.RECALLED)


def test_what_was_signed_for_further_on_is_named_to_be_stopped(
    county: Side, city_side: Side, other: Side, signed: Any
) -> None:
    onward = city_side.send_again(signed, YUXIAN)
    deliver()
    other.sign(onward)
    decide("redirect", signed, county.code, unit=county.code)
    deliver()
    assert city_side.row(onward).number in city_side.last(signed).note
    other.take_up(onward)
    other.resolve(onward)
    other.answer(onward)
    deliver()  # it comes home to a matter that has ended, and does no harm
    assert city_side.row(onward).state == State.ANSWERED
    city_side.confirm(onward)
    deliver()
    assert other.matter(onward).state == MatterState.CLOSED


def test_a_department_of_the_receiver_asks_for_its_own_matter_alone(city_side: Side, signed: Any) -> None:
    assert city_side.desk.actor(Role.HANDLER).department == "SB"
    with city_side.inside() as desk, pytest.raises(NotAllowed):
        receiving.report(referral_id=signed, actor=desk.actor(Role.HANDLER, "YB"), text="不是我部门的。")
