"""The stories end where they should, by the acts and people they should, and print nothing of any person."""

import io
import re
from itertools import pairwise
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from bancheng.centres.scope import in_centre
from bancheng.errors import Refused
from bancheng.identity.models import Staff
from bancheng.identity.roles import Role
from bancheng.overview.models import BoardCase
from bancheng.privacy.patterns import without_personal_numbers
from bancheng.timekeeping import clock
from bancheng.timekeeping.calendar import current as current_calendar
from tenants.demo.accounts import open_accounts
from tenants.demo.stories import STORIES, s1, s2, s3, s4, s5, s6, variations
from tenants.demo.stories.carrying import carry
from tenants.demo.stories.stage import OFFICE, Script, Stage, timed
from tenants.matters import selectors
from tenants.matters.models import Consultation, Matter
from tenants.matters.states import State
from tenants.referrals.models import Counterpart, Direction, Referral
from tenants.referrals.models import State as ReferralState


def play(script: Script) -> Stage:
    """Every step at its time."""
    stage = Stage()
    for moment, step in timed(script, current_calendar()):
        with clock.at(moment):
            stage.play(step)
            carry(stage.trail)
    return stage


def finished(stage: Stage, centre: str = "") -> Matter:
    matter = stage.matter(centre)
    assert matter is not None
    return matter


@pytest.fixture
def in_city(city: Any, zhangbei: Any) -> Any:
    """Everybody has an account in the city, and in a county, to which S1 comes at last."""
    with in_centre(zhangbei.code):
        open_accounts(zhangbei.code, "!")
    with in_centre(city.code):
        open_accounts(city.code, "!")
        yield city


@pytest.fixture
def everywhere(city: Any, zhangbei: Any, yuxian: Any, office: Any) -> None:
    """Everybody has an account: in the city, in both counties, at the office."""
    for code in ("130700", "130722", "130726", OFFICE):
        with in_centre(code):
            open_accounts(code, "!", office=code == OFFICE)


@pytest.fixture
def in_county(in_zhangbei: Any) -> Any:
    open_accounts(in_zhangbei.code, "!")
    return in_zhangbei


def test_s1_goes_by_letter_to_the_province_and_ends_closed(in_city: Any) -> None:
    stage = play(s1.script())
    matter = finished(stage)

    assert matter.state == State.CLOSED
    assert [event.act for event in selectors.timeline(matter)] == [
        "register",
        "contact",
        "triage",
        "accept",
        "escalate",
        "take_over",
        "assign",
        "sign",
        "request_signoff",
        "sign_off",
        "sign_off",
        "signed_off",
        "refer",
        *["hear"] * 2,
        "contact",
        *["hear"] * 2,
        "contact",
        "hear",
        "add_evidence",
        "hear",
        "take_back",
        "resolve",
        "reply",
        "call_back",
        "rate",
        "visit",
        "close",
        "retrospect",
    ]


def test_s1_is_a_first_case_signed_by_two_and_paid(in_city: Any) -> None:
    stage = play(s1.script())
    matter, referral = finished(stage), stage.referral()

    assert (matter.level, matter.mode, matter.first_of_kind) == (5, "special", True)
    assert (matter.trips_before, matter.months_before, matter.prior_attempts.count()) == (6, 13, 3)
    assert matter.paid_tail == "0912"
    signers = matter.sign_offs.get().signatures.values_list("role", flat=True)
    assert set(signers) == {Role.WINDOW_LEAD, Role.DIRECTOR}
    assert referral is not None
    assert (referral.counterpart, referral.state) == (Counterpart.LETTER, ReferralState.CONFIRMED)
    assert re.fullmatch(r"张社转〔\d{4}〕\d+号", referral.number)
    assert list(referral.contacts.values_list("way", "signed_for")) == [
        ("call", False),
        ("call", False),
        ("visit", False),
        ("letter", True),
    ]


def test_s1_is_chased_once_and_the_father_hears_every_five_working_days(in_city: Any) -> None:
    matter = finished(play(s1.script()))
    events, calendar = selectors.timeline(matter), current_calendar()

    assert [event.data.get("chased") for event in events if event.act == "hear"].count(True) == 1
    told = [clock.local(e.at).date() for e in events if e.act in ("contact", "reply")]
    assert all(calendar.between(one, next_one) <= 5 for one, next_one in pairwise(told))


def test_s1_is_led_by_the_director_and_within_its_term(in_city: Any) -> None:
    matter = finished(play(s1.script()))

    assert (matter.escalated, matter.case_leader.roles) == ("director", [Role.DIRECTOR])
    assert matter.ratings.get().via == "code"
    assert matter.resolved_at
    assert clock.local(matter.resolved_at).date() <= matter.due_on


def test_s3_grows_out_of_a_consultation_with_nothing_typed_again(in_county: Any) -> None:
    stage = play(s3.script())
    matter = finished(stage)
    consultation = Consultation.objects.get()

    assert matter.consultation == consultation.pk
    assert consultation.matter_id == matter.pk
    assert matter.subject == consultation.subject
    assert matter.reporter.name == consultation.name
    assert matter.reporter.phone == consultation.phone
    assert consultation.question
    assert consultation.question in matter.narrative


def test_s3_is_led_by_one_department_supported_by_another_and_ends_closed(in_county: Any) -> None:
    matter = finished(play(s3.script()))

    assert matter.state == State.CLOSED
    assert (matter.department_id, matter.supporting) == ("RS", ["YB"])
    assert [(c.code, c.principal) for c in matter.causes.all()] == [("C09", True), ("C07", False)]
    assert [event.act for event in selectors.timeline(matter)] == [
        "register",
        "triage",
        "accept",
        "contact",
        "assign",
        "sign",
        "check_materials",
        *["log_liaison"] * 3,
        "sign_support",
        "answer_support",
        "check_materials",
        "reckon",
        "explain_policy",
        "contact",
        "supply_material",
        "check_materials",
        "resolve",
        "reply",
        "call_back",
        "close",
    ]


def test_a_story_played_twice_is_no_repeat(in_county: Any) -> None:
    finished(play(s3.script()))

    assert not finished(play(s3.script())).repeated


def test_a_story_without_its_people_is_refused_before_anything_is_written(in_county: Any) -> None:
    Staff.objects.filter(username="huifang").update(is_active=False)

    with pytest.raises(CommandError, match="回访员"):
        call_command("scenario", "S3", fast=True, stdout=io.StringIO())

    assert not Matter.objects.exists()
    assert not Consultation.objects.exists()


def test_nobody_acts_in_another_role(in_county: Any) -> None:
    with pytest.raises(Refused):
        Stage().crew_of(in_county.code).actor(Role.HANDLER, "GA")


@pytest.mark.parametrize("name", sorted(STORIES))
def test_the_command_prints_addresses_and_moving_figures(name: str, everywhere: None) -> None:
    centre = STORIES[name][1]
    out = io.StringIO()

    call_command("scenario", name, fast=True, stdout=out)

    said = out.getvalue()
    with in_centre(centre):
        matter = Matter.objects.get()
    assert f"/matters/{matter.pk}/" in said
    handled = {"S4": 2, "S5": 2}.get(name, 1)  # the city has a matter of its own
    assert f"销号 0 → {handled}（+{handled}）" in said
    assert f"受理 0 → {handled}（+{handled}）" in said


def test_the_letter_has_an_address_of_its_own(in_city: Any) -> None:
    out = io.StringIO()

    call_command("scenario", "S1", fast=True, stdout=out)

    assert re.search(r"转办函 张社转〔\d{4}〕1号  http\S+/letter/", out.getvalue())


@pytest.mark.parametrize("name", sorted(STORIES))
def test_the_command_prints_nothing_personal(name: str, everywhere: None) -> None:
    centre = STORIES[name][1]
    out = io.StringIO()

    call_command("scenario", name, fast=True, stdout=out)

    said = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", out.getvalue())
    with in_centre(centre):
        person = Matter.objects.select_related("reporter").get().reporter
        told = [person.identifier, person.phone, person.address, person.principal_name]
        if person.masked_name != person.name:  # an enterprise's name is not masked
            told.append(person.name)
    assert person.masked_name in said
    assert not any(word in said for word in told if word)
    assert without_personal_numbers(said) == said


def test_s6_finds_the_circle_and_the_minutes_decide_who_goes_first(in_county: Any) -> None:
    matter = finished(play(s6.script()))

    assert (matter.state, matter.escalated) == (State.CLOSED, "director")
    acts = [event.act for event in selectors.timeline(matter)]
    assert acts.index("escalate") == acts.index("record_prerequisite") + 2
    edges = matter.prerequisites.order_by("recorded_at")
    assert [edge.meeting is not None for edge in edges] == [True, False]
    assert all(edge.settled_at for edge in edges)


def test_s2_is_sensitive_and_shows_its_photo_only_with_consent(in_county: Any) -> None:
    matter = finished(play(s2.script()))

    assert (matter.state, matter.sensitive, matter.mode) == (State.CLOSED, True, "expedite")
    assert matter.resolved_at is not None
    assert clock.local(matter.resolved_at).date() <= matter.due_on
    acts = [event.act for event in selectors.timeline(matter)]
    assert acts.index("offer_alternative") < acts.index("record_consent") < acts.index("add_evidence")
    assert matter.paid_tail == "3157"


def test_whoever_has_no_telephone_is_visited(in_county: Any) -> None:
    matter = finished(play(variations.no_phone()))

    assert matter.state == State.CLOSED
    assert not matter.reporter.phone
    assert [reply.channel for reply in matter.replies.all()] == ["visit"]


def test_an_enterprise_comes_by_its_code(in_county: Any) -> None:
    matter = finished(play(variations.enterprise()))

    assert matter.state == State.CLOSED
    assert matter.reporter.kind == "enterprise"
    assert matter.reporter.masked_name == matter.reporter.name


def test_a_guardian_comes_for_a_minor(in_county: Any) -> None:
    matter = finished(play(variations.minor()))

    assert matter.state == State.CLOSED
    assert matter.reporter.capacity == "guardian"
    assert matter.reporter.principal_identifier


# --- From centre to centre ---------------------------------------------------------------------------


def test_s5_is_designated_after_the_second_return_was_refused(everywhere: None) -> None:
    with in_centre("130722"):
        stage = play(s5.script())

    with in_centre("130722"):
        rounds = list(Referral.objects.order_by("created_at", "id").values_list("round", "state", "appeal"))
        matter = finished(stage)
        said = [event.act for event in selectors.timeline(matter)]
    assert [(count, state, bool(appeal)) for count, state, appeal in rounds] == [
        (1, ReferralState.RETURNED, True),
        (2, ReferralState.RECALLED, False),
        (2, ReferralState.CONFIRMED, False),
    ]
    assert (matter.state, said.count("refer"), said.count("take_back")) == (State.CLOSED, 3, 3)
    with in_centre("130700"):
        theirs = Referral.objects.get(state=ReferralState.CONFIRMED)
        assert theirs.designated_at is not None
        assert Referral.objects.filter(state=ReferralState.RETURNED).count() == 1


def test_s5_has_a_number_in_both_workbooks(everywhere: None) -> None:
    with in_centre("130722"):
        stage = play(s5.script())

    ours, theirs = finished(stage), finished(stage, "130700")
    assert ours.number.startswith("张北社反")
    assert theirs.number.startswith("张社反")
    assert (ours.state, theirs.state) == (State.CLOSED, State.CLOSED)
    with in_centre("130722"):
        assert Referral.objects.get(state=ReferralState.CONFIRMED).unit_matter_number == theirs.number


def test_s5_stands_on_the_board_at_every_step(everywhere: None) -> None:
    seen: list[tuple[str, ...]] = []
    with in_centre("130722"):
        stage = Stage()
        for moment, step in timed(s5.script(), current_calendar()):
            with clock.at(moment):
                stage.play(step)
                carry(stage.trail)
            stands = tuple(BoardCase.objects.order_by("sent_at", "case_id").values_list("state", flat=True))
            if stands not in seen:
                seen.append(stands)

    first = ("returned",)
    second = (*first, "recalled")
    assert seen == [
        (),
        ("sent",),
        first,
        (*first, "sent"),
        second,
        (*second, "sent"),
        (*second, "signed"),
        (*second, "answered"),
        (*second, "confirmed"),
    ]
    assert [case.decision for case in BoardCase.objects.order_by("sent_at", "case_id")] == [
        "designate",
        "",
        "",
    ]


def test_s4_goes_on_to_another_province_and_the_county_answers(everywhere: None) -> None:
    with in_centre("130726"):
        stage = play(s4.script())

    ours, theirs = finished(stage), finished(stage, "130700")
    assert (ours.state, theirs.state) == (State.CLOSED, State.CLOSED)
    with in_centre("130726"):
        referral = Referral.objects.get()
        assert (referral.state, referral.counterpart) == (ReferralState.CONFIRMED, Counterpart.CENTRE)
        assert ours.replies.count() == 1
    with in_centre("130700"):
        onward = Referral.objects.get(direction=Direction.SENT)
        assert (onward.unit_code, onward.counterpart) == ("150000", Counterpart.LETTER)
        assert onward.first_number == ours.number
        assert onward.answer_scan is not None
        assert theirs.replies.count() == 0


def test_s4_shows_three_units_clocks_at_the_county(everywhere: None) -> None:
    with in_centre("130726"):
        stage = Stage()
        for moment, step in timed(s4.script(), current_calendar()):
            with clock.at(moment):
                stage.play(step)
                carry(stage.trail)
                if step.act == "referral.send" and step.centre:
                    break

    with in_centre("130726"):
        referral = Referral.objects.get()
        assert referral.handle_due_on is not None
        assert referral.onward_unit.startswith("内蒙古")
        assert referral.onward_since is not None
