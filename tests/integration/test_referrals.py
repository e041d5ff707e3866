"""A case travels from a county to the city and back, and to an office without a system by letter."""

from typing import Any

import pytest

from bancheng.catalogue.words import Channel, Outcome
from bancheng.centres.models import OutsideOffice
from bancheng.centres.scope import in_centre
from bancheng.errors import Conflict, Invalid, NotAllowed, NotFound
from bancheng.exchange import dispatch
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from bancheng.timekeeping.holders import Holder
from tenants.matters import actions
from tenants.matters import selectors as matters
from tenants.matters.models import Matter
from tenants.matters.states import State as MatterState
from tenants.referrals import by_letter, receiving, selectors, sending
from tenants.referrals.models import Direction, Referral, State
from tests.desk import Desk

PROVINCE = "130000"


@pytest.fixture
def county(zhangbei: Any) -> Desk:
    return Desk(zhangbei)


@pytest.fixture
def city_desk(city: Any) -> Desk:
    return Desk(city)


def refer(desk: Desk, unit: str) -> Referral:
    """A matter in handling, drafted by its handler and sent by the lead. Call inside the desk's centre."""
    draft = desk.drafted(unit)
    return sending.send(referral_id=draft.pk, actor=desk.actor(Role.WINDOW_LEAD))


def sign(desk: Desk, referral_id: Any) -> Referral:
    return receiving.sign(referral_id=referral_id, actor=desk.actor(Role.WINDOW_LEAD))


def finish_there(desk: Desk, referral: Referral) -> None:
    """The receiving centre handles its own matter and answers."""
    assert referral.matter_id is not None
    desk.assign(referral.matter_id)
    from tenants.matters import actions

    actions.sign(matter_id=referral.matter_id, actor=desk.actor(Role.HANDLER))
    desk.resolve(referral.matter_id)
    receiving.answer(referral_id=referral.pk, actor=desk.actor(Role.WINDOW_LEAD), text="已认定，可办理。")


def test_a_referral_goes_to_the_city_and_back(county: Desk, city_desk: Desk) -> None:
    with in_centre("130722"):
        referral = refer(county, "130700")
        assert Matter.objects.get(pk=referral.matter_id).state == MatterState.REFERRED
    dispatch.run_due()

    with in_centre("130700"):
        theirs = selectors.to_sign().get()
        assert (theirs.number, theirs.unit_code) == (referral.number, "130722")
        finish_there(city_desk, sign(city_desk, theirs.pk))
    dispatch.run_due()

    with in_centre("130722"):
        ours = Referral.objects.get(pk=referral.pk)
        assert (ours.state, ours.answer_outcome) == (State.ANSWERED, Outcome.DONE)
        sending.confirm(referral_id=ours.pk, actor=county.actor(Role.WINDOW_LEAD))
        matter = Matter.objects.get(pk=ours.matter_id)
        assert (matter.state, matter.holder) == (MatterState.HANDLING, Holder.DEPARTMENT)
        county.close(county.call_back(county.reply(county.resolve(matter.pk).pk).pk).pk)
    dispatch.run_due()

    with in_centre("130700"):
        theirs = Referral.objects.get(pk=referral.pk)
        assert theirs.state == State.CONFIRMED
        assert theirs.matter is not None
        assert theirs.matter.state == MatterState.CLOSED


def test_both_centres_keep_their_own_numbers(county: Desk, city_desk: Desk) -> None:
    with in_centre("130722"):
        referral = refer(county, "130700")
    dispatch.run_due()
    with in_centre("130700"):
        theirs = sign(city_desk, referral.pk)
        their_number = theirs.matter.number if theirs.matter else ""
    dispatch.run_due()

    with in_centre("130722"):
        ours = Referral.objects.select_related("matter").get(pk=referral.pk)
        assert ours.matter is not None
        assert ours.matter.number.startswith("张北社反")
        assert ours.unit_matter_number == their_number
        assert their_number.startswith("张社反")


def test_a_returned_referral_brings_the_matter_back_to_the_department(county: Desk, city_desk: Desk) -> None:
    with in_centre("130722"):
        referral = refer(county, "130700")
    dispatch.run_due()
    with in_centre("130700"):
        receiving.give_back(
            referral_id=referral.pk,
            actor=city_desk.actor(Role.WINDOW_LEAD),
            reason="不属本级",
            basis="属地认定",
            suggested="张北县",
        )
    dispatch.run_due()

    with in_centre("130722"):
        ours = Referral.objects.select_related("matter").get(pk=referral.pk)
        assert ours.state == State.RETURNED
        assert ours.matter is not None
        assert ours.matter.state == MatterState.HANDLING
        assert "属地认定" in (ours.return_reason or "")


def test_the_receiver_cannot_reply_to_the_reporter(county: Desk, city_desk: Desk) -> None:
    with in_centre("130722"):
        referral = refer(county, "130700")
    dispatch.run_due()
    with in_centre("130700"):
        theirs = sign(city_desk, referral.pk)
        assert theirs.matter_id is not None
        city_desk.assign(theirs.matter_id)
        from tenants.matters import actions

        actions.sign(matter_id=theirs.matter_id, actor=city_desk.actor(Role.HANDLER))
        city_desk.resolve(theirs.matter_id)
        with pytest.raises(Conflict, match="首接中心"):
            city_desk.reply(theirs.matter_id)


def test_a_referral_is_signed_for_once(county: Desk, city_desk: Desk) -> None:
    with in_centre("130722"):
        referral = refer(county, "130700")
    dispatch.run_due()
    with in_centre("130700"):
        sign(city_desk, referral.pk)
        with pytest.raises(Conflict):
            sign(city_desk, referral.pk)
        assert Matter.objects.count() == 1


def test_one_referral_of_a_matter_is_under_way_at_a_time(county: Desk, city: Any) -> None:
    with in_centre("130722"):
        referral = refer(county, "130700")
        with pytest.raises(Conflict):
            sending.draft(
                matter_id=referral.matter_id,  # type: ignore[arg-type]
                actor=county.actor(Role.WINDOW_LEAD),
                unit=PROVINCE,
                reason="x",
                requested="x",
            )


def test_an_unknown_unit_is_refused_beside_its_field(county: Desk) -> None:
    with in_centre("130722"):
        matter = county.handling()
        with pytest.raises(Invalid) as refused:
            sending.draft(
                matter_id=matter.pk,
                actor=county.actor(Role.HANDLER),
                unit="999999",
                reason="x",
                requested="x",
            )
    assert list(refused.value.errors) == ["unit"]


def test_a_clerk_cannot_send(county: Desk, city: Any) -> None:
    with in_centre("130722"):
        matter = county.handling()
        draft = sending.draft(
            matter_id=matter.pk,
            actor=county.actor(Role.WINDOW_CLERK),
            unit="130700",
            reason="x",
            requested="x",
        )
        with pytest.raises(NotAllowed):
            sending.send(referral_id=draft.pk, actor=county.actor(Role.WINDOW_CLERK))
        assert Matter.objects.get(pk=matter.pk).state == MatterState.HANDLING


def test_a_referral_of_another_centre_is_unknown_here(county: Desk, yuxian: Any, city: Any) -> None:
    with in_centre("130722"):
        referral = refer(county, "130700")
    other = Desk(yuxian)
    with in_centre("130726"), pytest.raises(NotFound):
        selectors.referral_for(other.actor(Role.WINDOW_LEAD), referral.pk)


def test_a_letter_is_followed_up_and_answered_by_hand(city_desk: Desk) -> None:
    assert OutsideOffice.objects.filter(code=PROVINCE).exists()
    with in_centre("130700"):
        referral = refer(city_desk, PROVINCE)
        lead = city_desk.actor(Role.WINDOW_LEAD)
        by_letter.log_contact(
            referral_id=referral.pk,
            actor=lead,
            way="call",
            person="值班员",
            content="已收到函。",
            signed_for=True,
        )
        by_letter.record_answer(
            referral_id=referral.pk,
            actor=lead,
            outcome=Outcome.DONE,
            number="示例函〔2026〕1号",
            dated=clock.today(),
            answer="同意，已列入发放。",
            unscanned="对方以传真答复。",
        )
        sending.confirm(referral_id=referral.pk, actor=lead)

        matter = Matter.objects.get(pk=referral.matter_id)
        acts = [event.act for event in matters.timeline(matter)]
        assert matter.state == MatterState.HANDLING
        assert acts[-4:] == ["refer", "hear", "hear", "take_back"]
        assert referral.number.startswith("张社转〔")


def test_while_it_is_away_the_other_side_holds_it(city_desk: Desk) -> None:
    with in_centre("130700"):
        referral = refer(city_desk, PROVINCE)
        matter = Matter.objects.get(pk=referral.matter_id)
        spans = matters.hands(matters.timeline(matter))
        assert (spans[-1].holder, spans[-1].label) == (Holder.OUTSIDE, referral.unit_name)


def test_a_word_to_the_reporter_leaves_it_in_the_same_hands(city_desk: Desk) -> None:
    with in_centre(city_desk.centre.code):
        referral = refer(city_desk, "130000")
        actions.contact(
            matter_id=referral.matter_id,
            actor=city_desk.actor(Role.WINDOW_CLERK),
            channel=Channel.PHONE,
            reached=True,
            text="请等消息。",
        )
        spans = matters.hands(matters.timeline(Matter.objects.get(pk=referral.matter_id)))

        assert [s.label for s in spans if s.holder == Holder.OUTSIDE] == [referral.unit_name]


def test_received_and_sent_are_two_lists(county: Desk, city_desk: Desk) -> None:
    with in_centre("130722"):
        refer(county, "130700")
    dispatch.run_due()
    with in_centre("130700"):
        lead = city_desk.actor(Role.WINDOW_LEAD)
        assert selectors.listed(lead, direction=Direction.RECEIVED).count() == 1
        assert selectors.listed(lead, direction=Direction.SENT).count() == 0
