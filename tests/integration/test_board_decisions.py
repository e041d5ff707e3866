"""The coordinator urges, designates, redirects: once, carried out at home, in words for the centres alone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from bancheng.centres.models import Centre
from bancheng.centres.scope import in_centre
from bancheng.errors import Conflict, Invalid, NotAllowed, NotFound
from bancheng.exchange import dispatch
from bancheng.exchange.models import Message
from bancheng.identity.actors import Actor
from bancheng.identity.roles import OFFICE_ROLES, Role
from bancheng.overview import acts, board, course, deciding
from bancheng.overview.models import BoardCase
from bancheng.privacy import audit
from bancheng.timekeeping import clock
from tenants.matters.models import Matter
from tenants.matters.states import State as MatterState
from tenants.referrals import following, receiving
from tenants.referrals.models import Direction, Ground, Referral, State
from tests import schemas
from tests.desk import Desk
from tests.integration.test_board import CITY, MONDAY, ZHANGBEI, row, text
from tests.integration.test_referrals import PROVINCE, refer, sign

OFFICE, YUXIAN = "130700-office", "130726"
WORDS = "经核，欧阳示例的档案在市级，由市级承办。"


@pytest.fixture
def coordinator(office: Any) -> Actor:
    with in_centre(OFFICE):
        actor: Actor = schemas.make_staff(office, Role.CITY_COORDINATOR).actor
        return actor


def decide(coordinator: Actor, name: str, case_id: UUID, **given: str) -> BoardCase:
    """As the office does it; then everything is delivered."""
    with in_centre(OFFICE):
        found = acts.bound(name).run(case_id=case_id, actor=coordinator, **{"reason": WORDS} | given)
    dispatch.run_due()
    return found


def returned(county: Desk, city_desk: Desk, *, appeal: bool = True) -> Referral:
    """A referral of the county that the city gave back, against which the county appeals."""
    with in_centre(ZHANGBEI):
        referral = refer(county, CITY)
    dispatch.run_due()
    with in_centre(CITY):
        receiving.give_back(
            referral_id=referral.pk,
            actor=city_desk.actor(Role.WINDOW_LEAD),
            ground=Ground.TERRITORY,
            reason="属地认定",
            basis="示例依据",
            suggested=ZHANGBEI,
        )
    dispatch.run_due()
    if appeal:
        with in_centre(ZHANGBEI):
            following.appeal(
                referral_id=referral.pk, actor=county.actor(Role.WINDOW_LEAD), reason="档案在市级。"
            )
    return referral


@pytest.fixture
def county(zhangbei: Any) -> Desk:
    return Desk(zhangbei)


@pytest.fixture
def city_desk(city: Any) -> Desk:
    return Desk(city)


# --- Carried out at home -----------------------------------------------------------------------------


def test_a_designated_unit_gets_the_case_under_a_new_number(
    county: Desk, city_desk: Desk, coordinator: Actor
) -> None:
    referral = returned(county, city_desk)
    decide(coordinator, "designate", referral.pk, unit=CITY)

    with in_centre(ZHANGBEI):
        fresh = Referral.objects.get(direction=Direction.SENT, state=State.SENT)
        assert Matter.objects.get(pk=fresh.matter_id).state == MatterState.REFERRED
    assert fresh.number != referral.number
    with in_centre(CITY):
        assert Referral.objects.get(pk=fresh.pk).designated_at is not None
    lines = {case.number: board.Line(case) for case in board.cases()}
    assert (lines[referral.number].appealed, lines[fresh.number].designated) == (False, True)
    assert lines[referral.number].case.decided_unit == CITY


def test_home_itself_may_be_designated(county: Desk, city_desk: Desk, coordinator: Actor) -> None:
    referral = returned(county, city_desk)
    decide(coordinator, "designate", referral.pk, unit=ZHANGBEI)
    with in_centre(ZHANGBEI):
        assert Matter.objects.get().state == MatterState.HANDLING
        assert Referral.objects.get(pk=referral.pk).designated_at is not None
    assert board.waiting().count() == 0


def test_a_redirected_case_leaves_its_unit_and_goes_to_the_other(
    county: Desk, city_desk: Desk, yuxian: Any, coordinator: Actor
) -> None:
    with in_centre(ZHANGBEI):
        referral = refer(county, CITY)
    dispatch.run_due()
    with in_centre(CITY):
        sign(city_desk, referral.pk)
    dispatch.run_due()
    decide(coordinator, "redirect", referral.pk, unit=YUXIAN)

    assert course.case_for(referral.pk).state == "redirected"
    with in_centre(CITY):
        assert Referral.objects.get(pk=referral.pk).state == State.REDIRECTED
    with in_centre(YUXIAN):
        assert Referral.objects.get().state == State.SENT


def test_who_has_the_next_move_is_urged(county: Desk, city_desk: Desk, coordinator: Actor) -> None:
    with in_centre(ZHANGBEI):
        referral = refer(county, CITY)
    dispatch.run_due()
    decide(coordinator, "urge", referral.pk)
    urged = Message.objects.get(kind="referral.urged")
    assert (urged.target, urged.state) == (CITY, Message.State.DELIVERED)


def test_a_letter_is_urged_at_home(city_desk: Desk, coordinator: Actor) -> None:
    with in_centre(CITY):
        referral = refer(city_desk, PROVINCE)
    decide(coordinator, "urge", referral.pk, reason="")
    assert Message.objects.get(kind="referral.urged").target == CITY


def test_the_course_tells_what_was_decided_and_nothing_of_why(
    county: Desk, city_desk: Desk, coordinator: Actor, office: Any
) -> None:
    referral = returned(county, city_desk)
    decide(coordinator, "designate", referral.pk, unit=CITY)
    client = schemas.client_for(office, schemas.make_staff(office, Role.CITY_COORDINATOR))
    page = text(client.get(f"/board/{referral.pk}/"))
    assert "指定承办" in page
    assert "提请指定" in page
    assert WORDS not in page
    assert WORDS not in str([*BoardCase.objects.values(), *Message.objects.values("header", "last_error")])


# --- Once, and only what fits ------------------------------------------------------------------------


def test_a_second_press_changes_nothing(county: Desk, city_desk: Desk, coordinator: Actor) -> None:
    referral = returned(county, city_desk)
    decide(coordinator, "designate", referral.pk, unit=CITY)
    with pytest.raises(Conflict, match="协调员已于"):
        decide(coordinator, "designate", referral.pk, unit=YUXIAN)
    assert Message.objects.filter(kind="referral.designated").count() == 1


def test_of_two_coordinators_at_once_one_decides(
    at_once: Callable[..., list[Any]], city: Any, coordinator: Actor
) -> None:
    case = row(1, state="returned", ended_at=MONDAY, appealed_at=MONDAY)

    def press(unit: str) -> Callable[[], BoardCase]:
        def act() -> BoardCase:
            with in_centre(OFFICE):
                return deciding.designate(case_id=case.pk, actor=coordinator, unit=unit, reason=WORDS)

        return act

    answers = at_once(press(CITY), press(YUXIAN))
    assert {type(answer) for answer in answers} == {BoardCase, Conflict}
    assert Message.objects.filter(kind="referral.designated").count() == 1


def test_one_urges_once_a_day(db: None, city: Any, coordinator: Actor) -> None:
    case = row()

    def urge(moment: datetime) -> None:
        with clock.at(moment), in_centre(OFFICE):
            deciding.urge(case_id=case.pk, actor=coordinator, reason="")

    urge(MONDAY)
    with pytest.raises(Conflict, match="今天10:00已经催办过"):
        urge(MONDAY + timedelta(hours=5))
    urge(MONDAY + timedelta(days=1))
    assert Message.objects.filter(kind="referral.urged").count() == 2


SIGNED = {"state": "signed", "signed_at": MONDAY}


@pytest.mark.parametrize(
    ("name", "case", "said"),
    [
        ("urge", {"state": "confirmed"}, "已经了结"),
        ("urge", {**SIGNED, "decision": "redirect", "decided_at": MONDAY}, "正在等待"),
        ("designate", SIGNED, "退回两次"),
        ("designate", {"state": "returned"}, "还没有提请指定"),
        ("redirect", {"state": "answered"}, "尚未反馈"),
        ("redirect", {"state": "returned", "appealed_at": MONDAY}, "尚未反馈"),
        ("redirect", {**SIGNED, "decision": "redirect", "decided_at": MONDAY}, "正在等待"),
        ("redirect", {**SIGNED, "keeper": CITY, "source": PROVINCE, "way": "peer"}, "外系统"),
        ("urge", {"state": "asked", "keeper": CITY, "source": PROVINCE, "way": "peer"}, "电话联系"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(
    coordinator: Actor, name: str, case: dict[str, Any], said: str
) -> None:
    found = row(**case)
    given = {} if name == "urge" else {"unit": YUXIAN}
    with pytest.raises(Conflict, match=said):
        decide(coordinator, name, found.pk, **given)
    assert not Message.objects.exists()


def test_a_case_that_was_referred_on_is_not_redirected(coordinator: Actor) -> None:
    case = row(1, **SIGNED)
    row(2, parent=case.pk, target_name="省级中心", state="sent")
    with pytest.raises(Conflict, match="再转省级中心"):
        decide(coordinator, "redirect", case.pk, unit=YUXIAN)
    BoardCase.objects.filter(parent=case.pk).update(state="confirmed")
    decide_only(coordinator, "redirect", case.pk, YUXIAN)


def decide_only(coordinator: Actor, name: str, case_id: UUID, unit: str) -> None:
    with in_centre(OFFICE):
        acts.bound(name).run(case_id=case_id, actor=coordinator, unit=unit, reason=WORDS)


def test_a_redirection_that_home_could_not_carry_out_may_be_tried_again(coordinator: Actor) -> None:
    case = row(**SIGNED, decision="redirect", decided_at=MONDAY, designated_at=MONDAY + timedelta(hours=1))
    decide_only(coordinator, "redirect", case.pk, YUXIAN)
    assert course.case_for(case.pk).decided_unit == YUXIAN


@pytest.mark.parametrize("unit", [CITY, ZHANGBEI, "999999"])
def test_a_case_is_redirected_to_another_unit_that_there_is(coordinator: Actor, unit: str) -> None:
    case = row(**SIGNED)
    with pytest.raises(Invalid) as refused:
        decide(coordinator, "redirect", case.pk, unit=unit)
    assert list(refused.value.errors) == ["unit"]
    assert not Message.objects.exists()


def test_nothing_is_given_to_a_suspended_centre(coordinator: Actor) -> None:
    case = row(**SIGNED)
    Centre.objects.filter(code=YUXIAN).update(suspended_at=MONDAY)
    with pytest.raises(Invalid):
        decide(coordinator, "redirect", case.pk, unit=YUXIAN)


def test_what_is_not_on_the_board_cannot_be_decided(coordinator: Actor) -> None:
    with pytest.raises(NotFound):
        decide(coordinator, "urge", UUID(int=0))


@pytest.mark.parametrize("role", sorted(OFFICE_ROLES - {Role.CITY_COORDINATOR}))
@pytest.mark.parametrize("name", board.DECISIONS)
def test_the_coordinator_alone_decides(office: Any, role: Role, name: str) -> None:
    case = row(state="returned", ended_at=MONDAY, appealed_at=MONDAY)
    with in_centre(OFFICE):
        actor = schemas.make_staff(office, role).actor
        given = {} if name == "urge" else {"unit": CITY}
        with pytest.raises(NotAllowed):
            acts.bound(name).run(case_id=case.pk, actor=actor, reason=WORDS, **given)


def test_who_decided_what_is_in_the_offices_trail(coordinator: Actor) -> None:
    case = row(state="returned", ended_at=MONDAY, appealed_at=MONDAY)
    decide_only(coordinator, "designate", case.pk, YUXIAN)
    with in_centre(OFFICE):
        entry = audit.entries(act="board.designate").get()
    assert (entry.actor_id, entry.reason) == (coordinator.id, WORDS)
    assert entry.data == {"number": case.number, "unit": YUXIAN}


# --- The pages and the API ---------------------------------------------------------------------------


@pytest.fixture
def browser(office: Any) -> Client:
    return schemas.client_for(office, schemas.make_staff(office, Role.CITY_COORDINATOR))


def test_the_page_offers_what_can_be_decided_and_says_why_not_the_rest(browser: Client, city: Any) -> None:
    case = row(**SIGNED)
    page = text(browser.get(f"/board/{case.pk}/"))
    assert f'href="/board/{case.pk}/urge/"' in page
    assert f'href="/board/{case.pk}/redirect/"' in page
    assert "退回两次、转出单位提请指定后才能指定承办单位。" in page


def test_a_decision_is_taken_on_the_page_and_seen_there(browser: Client, city: Any) -> None:
    case = row(**SIGNED)
    assert "市级平台" in text(browser.get(f"/board/{case.pk}/redirect/"))
    answer = browser.post(f"/board/{case.pk}/redirect/", {"unit": YUXIAN, "reason": WORDS}, follow=True)
    assert "“改派”已送出。" in text(answer)
    assert course.case_for(case.pk).decision == "redirect"


def test_what_was_typed_stays_when_something_is_missing(browser: Client, city: Any) -> None:
    case = row(**SIGNED)
    page = text(browser.post(f"/board/{case.pk}/redirect/", {"unit": "", "reason": WORDS}), 422)
    assert "请选择“承办单位”。" in page
    assert WORDS in page


def test_too_late_is_said_above_the_form_with_what_was_typed(browser: Client, city: Any) -> None:
    case = row(state="answered")
    page = text(browser.post(f"/board/{case.pk}/redirect/", {"unit": YUXIAN, "reason": WORDS}), 409)
    assert "尚未反馈的转办才能改派" in page
    assert WORDS in page


def test_htmx_gets_a_dialog_and_goes_on_to_the_case(browser: Client, city: Any) -> None:
    case = row(**SIGNED)
    headers = {"HX-Request": "true"}
    dialog = browser.get(f"/board/{case.pk}/urge/", headers=headers)
    assert 'id="decide-form"' in text(dialog)
    answer = browser.post(f"/board/{case.pk}/urge/", {"reason": ""}, headers=headers)
    assert answer.headers["HX-Redirect"] == f"/board/{case.pk}/"


@pytest.mark.parametrize("name", ["nonsense", "close"])
def test_an_unknown_decision_is_not_found(browser: Client, name: str) -> None:
    assert browser.get(f"/board/{row().pk}/{name}/").status_code == 404


def test_the_api_reads_the_board_and_decides(office: Any, city: Any) -> None:
    api = schemas.api_for(office, schemas.make_staff(office, Role.CITY_COORDINATOR))
    case = row(**SIGNED)
    listed = api.get("/api/v1/board/?state=open").json()["results"]
    assert [(each["number"], each["holder"]) for each in listed] == [(case.number, "张家口市中心")]
    one = api.get(f"/api/v1/board/{case.pk}/").json()
    assert [choice["name"] for choice in one["decisions"] if not choice["why_not"]] == ["urge", "redirect"]
    done = api.post(f"/api/v1/board/{case.pk}/redirect/", {"unit": YUXIAN, "reason": WORDS}, format="json")
    assert (done.status_code, done.json()["decision"]) == (200, "redirect")
    again = api.post(f"/api/v1/board/{case.pk}/redirect/", {"unit": YUXIAN, "reason": WORDS}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "not_now")


def test_the_api_says_which_field_is_wrong(office: Any, city: Any) -> None:
    api = schemas.api_for(office, schemas.make_staff(office, Role.CITY_COORDINATOR))
    wrong = api.post(f"/api/v1/board/{row(**SIGNED).pk}/redirect/", {"unit": "999999"}, format="json")
    assert wrong.status_code == 422
    assert {each["pointer"] for each in wrong.json()["errors"]} == {"#/unit", "#/reason"}
    assert api.get("/api/v1/board/?nonsense=1").status_code == 422


@pytest.mark.parametrize("role", sorted(OFFICE_ROLES - {Role.CITY_COORDINATOR}))
def test_the_api_of_the_board_is_the_coordinators(office: Any, role: Role) -> None:
    api = schemas.api_for(office, schemas.make_staff(office, role))
    case = row()
    for path in ("/api/v1/board/", f"/api/v1/board/{case.pk}/"):
        assert api.get(path).status_code == 403
    assert api.post(f"/api/v1/board/{case.pk}/urge/", {}, format="json").status_code == 403
