"""The coordinator's board: every referral by its header, the stuck ones on top, and nobody's name."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from uuid6 import uuid7

from bancheng.catalogue.words import Outcome
from bancheng.centres.scope import in_centre
from bancheng.errors import NotFound
from bancheng.exchange import dispatch
from bancheng.identity.roles import Role
from bancheng.overview import board, course
from bancheng.overview.models import BoardCase, CentreFigure
from bancheng.timekeeping import clock
from bancheng.timekeeping.clock import SHANGHAI
from tenants.referrals import board as written
from tenants.referrals import by_letter
from tenants.referrals.models import Counterpart, Ground, Referral, State
from tenants.workbook import reconcile, summary
from tests import schemas
from tests.desk import REPORTER, Desk
from tests.integration.test_referrals import PROVINCE, finish_there, refer, sign

MONDAY = datetime(2026, 3, 9, 10, 0, tzinfo=SHANGHAI)
TUESDAY_EVENING = datetime(2026, 3, 10, 18, 0, tzinfo=SHANGHAI)
ZHANGBEI, CITY = "130722", "130700"


@pytest.fixture
def coordinator(office: Any) -> Client:
    return schemas.client_for(office, schemas.make_staff(office, Role.CITY_COORDINATOR))


def row(serial: int = 1, **given: Any) -> BoardCase:
    """A referral of 张北 to the city, sent on Monday, due to be signed for on Tuesday."""
    usual = {
        "case_id": uuid7(),
        "keeper": ZHANGBEI,
        "number": f"张北社转〔2026〕{serial}号",
        "source": ZHANGBEI,
        "source_name": "张北县中心",
        "matter": f"BF130722-2026-{serial:06}",
        "target": CITY,
        "target_name": "张家口市中心",
        "way": "centre",
        "item": "YL10",
        "level": 5,
        "state": "sent",
        "sent_at": MONDAY,
        "sign_due_on": MONDAY.date() + timedelta(days=1),
        "moved_at": MONDAY,
    }
    return BoardCase.objects.create(**usual | given)


def numbers(**narrowed: str) -> list[str]:
    return [case.number.partition("〕")[2] for case in board.cases(**narrowed)]


def text(response: Any, status: int = 200) -> str:
    assert response.status_code == status
    return str(response.content.decode())


# --- What is found -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", board.FILTERS)
def test_what_is_asked_for_is_found_and_nothing_else(db: None, name: str) -> None:
    signed = {"state": "signed", "signed_at": MONDAY}
    late_by_a_day = MONDAY.date() + timedelta(days=1)
    rows = {
        "late": row(1),
        "appealed": row(2, state="returned", ended_at=MONDAY, appealed_at=MONDAY),
        "escalated": row(3, **signed, escalated_at=MONDAY),
        "late_material": row(4, state="asked", signed_at=MONDAY, asked_due_on=late_by_a_day),
        "late_handling": row(5, **signed, handle_due_on=late_by_a_day),
        "silent": row(6, **signed, moved_at=MONDAY - timedelta(days=7)),
        "done": row(7, state="confirmed", ended_at=MONDAY),
    }
    overdue = {rows[each].number for each in ("late", "late_material", "late_handling")}
    under_way = {case.number for each, case in rows.items() if each not in ("appealed", "done")}
    wanted = {"open": under_way, "overdue": overdue}.get(name) or {rows[name].number}
    with clock.at(TUESDAY_EVENING):
        assert {case.number for case in board.cases(state=name)} == wanted
        assert board.figures()[name] == len(wanted)


@pytest.mark.parametrize("state", State.values)
def test_every_state_of_a_referral_has_its_word_on_the_board(state: str) -> None:
    if state != State.DRAFT:
        assert board.STATES[state] == State(state).label


def test_ways_and_grounds_are_called_what_the_centres_call_them() -> None:
    assert dict(Counterpart.choices) == board.WAYS
    assert dict(Ground.choices) == board.GROUNDS


def test_the_close_of_business_makes_late(db: None) -> None:
    row()
    with clock.at(TUESDAY_EVENING.replace(hour=17, minute=30)):
        assert numbers(state="late") == []
    with clock.at(TUESDAY_EVENING.replace(hour=17, minute=31)):
        assert numbers(state="late") == ["1号"]


def test_five_working_days_without_a_move_are_not_yet_silent(db: None) -> None:
    case = row(state="signed", signed_at=MONDAY)
    with clock.at(MONDAY + timedelta(days=7)):  # the Monday after: five working days
        assert (numbers(state="silent"), board.Line(case).silent) == ([], False)
    with clock.at(MONDAY + timedelta(days=8)):
        assert (numbers(state="silent"), board.Line(case).silent) == (["1号"], True)


def test_the_stuck_ones_stand_on_top_and_among_them_who_waited_longest(db: None) -> None:
    signed = {"state": "signed", "signed_at": MONDAY, "handle_due_on": MONDAY.date() + timedelta(days=90)}
    long_ago = MONDAY - timedelta(days=30)
    row(1, **signed, sent_at=MONDAY)
    row(2, **signed, sent_at=MONDAY + timedelta(hours=1))
    row(3, **signed, moved_at=long_ago)
    row(4, **signed, moved_at=long_ago - timedelta(days=1))
    row(5)
    row(6, **signed, escalated_at=MONDAY)
    row(7, state="returned", ended_at=MONDAY, appealed_at=MONDAY)
    row(8, state="returned", ended_at=MONDAY, appealed_at=MONDAY - timedelta(hours=1))
    with clock.at(TUESDAY_EVENING):
        assert numbers() == ["8号", "7号", "6号", "5号", "4号", "3号", "2号", "1号"]


def test_what_was_decided_waits_no_longer(db: None) -> None:
    later = MONDAY + timedelta(hours=1)
    returned = {"state": "returned", "ended_at": MONDAY, "appealed_at": MONDAY}
    row(1, **returned, decision="designate", decided_at=later)
    row(2, state="signed", signed_at=MONDAY, escalated_at=MONDAY, decision="urge", decided_at=later)
    with clock.at(later):
        assert board.waiting().count() == 0
    BoardCase.objects.update(appealed_at=later + timedelta(hours=1), escalated_at=later + timedelta(hours=1))
    with clock.at(later):
        assert board.waiting().count() == 2


@pytest.mark.parametrize(
    ("case", "holder"),
    [
        ({"state": "sent"}, "张家口市中心"),
        ({"state": "signed"}, "张家口市中心"),
        ({"state": "recalling"}, "张家口市中心"),
        ({"state": "asked"}, "张北县中心"),
        ({"state": "answered"}, "张北县中心"),
        ({"state": "returned", "appealed_at": MONDAY}, board.COORDINATOR),
        ({"state": "returned"}, ""),
        ({"state": "confirmed"}, ""),
    ],
)
def test_who_has_the_next_move_holds_it(db: None, case: dict[str, Any], holder: str) -> None:
    assert board.Line(row(**case)).holder == holder


def test_the_list_is_narrowed_by_either_unit_way_item_and_number(db: None) -> None:
    row(1)
    row(2, source="130726", target=ZHANGBEI, way="centre", item="YL06")
    row(3, target=PROVINCE, way="letter")
    assert sorted(numbers(unit=ZHANGBEI)) == ["1号", "2号", "3号"]
    assert numbers(unit=CITY) == ["1号"]
    assert numbers(way="letter") == ["3号"]
    assert numbers(item="YL06") == ["2号"]
    assert numbers(number="2026-000003") == ["3号"]
    assert numbers(number="〔2026〕1号") == ["1号"]


# --- The pages ---------------------------------------------------------------------------------------


def test_a_number_is_found_whatever_brackets_are_typed(coordinator: Client) -> None:
    row(1)
    row(2)
    page = text(coordinator.get("/board/", {"number": "张北社转[2026]2号"}))
    assert "张北社转〔2026〕2号" in page
    assert "张北社转〔2026〕1号" not in page


@pytest.mark.parametrize("query", ["state=nonsense", "unit=999999", "way=pigeon", "item=%00", "number=%00"])
def test_an_unknown_condition_shows_everything_and_says_so(coordinator: Client, query: str) -> None:
    row()
    page = text(coordinator.get(f"/board/?{query}&page=99"))
    assert "张北社转〔2026〕1号" in page
    assert "现显示全部" in page


def test_an_empty_board_says_what_comes_there(coordinator: Client) -> None:
    assert "还没有转办" in text(coordinator.get("/board/"))
    assert "放宽条件" in text(coordinator.get("/board/?state=late"))


def test_a_long_board_comes_in_pages(coordinator: Client) -> None:
    for serial in range(1, 33):
        row(serial)
    assert len(coordinator.get("/board/").context["lines"]) == 30
    assert len(coordinator.get("/board/?page=2").context["lines"]) == 2


def test_figures_stand_on_top_and_lead_to_what_they_count(coordinator: Client) -> None:
    row(1)
    row(2, state="returned", ended_at=MONDAY, appealed_at=MONDAY)
    page = text(coordinator.get("/board/"))
    assert 'href="?state=appealed"' in page
    assert "签收1，补正0，办理0" in page


def test_what_waits_for_the_coordinator_is_counted_in_the_navigation(coordinator: Client) -> None:
    row(1, state="returned", ended_at=MONDAY, appealed_at=MONDAY)
    row(2, state="confirmed", ended_at=MONDAY)
    assert "1 件待处理" in text(coordinator.get("/board/"))


def test_more_cases_take_no_more_queries(coordinator: Client) -> None:
    row(1)
    few = _queries(coordinator, "/board/")
    for serial in range(2, 20):
        row(serial, state="signed", signed_at=MONDAY, handle_due_on=MONDAY.date())
    assert _queries(coordinator, "/board/") == few


def test_a_case_shows_its_chain_and_the_other_referrals_of_its_matter(coordinator: Client) -> None:
    first = row(1, state="returned", ended_at=MONDAY, ground="territory", suggested="130726")
    second = row(2, matter=first.matter, sent_at=MONDAY + timedelta(days=1))
    onward = {
        "source": CITY,
        "source_name": "张家口市中心",
        "target": PROVINCE,
        "way": "letter",
        "matter": "",
    }
    row(3, parent=second.pk, sent_at=MONDAY + timedelta(days=2), **onward)
    page = text(coordinator.get(f"/board/{second.pk}/"))
    assert [line.case.number for line in coordinator.get(f"/board/{second.pk}/").context["chain"]] == [
        "张北社转〔2026〕2号",
        "张北社转〔2026〕3号",
    ]
    assert "张北社转〔2026〕1号" in page
    assert "属地不符，建议由蔚县" in text(coordinator.get(f"/board/{first.pk}/"))


def test_a_circle_in_a_chain_ends(db: None) -> None:
    first, second = row(1), row(2)
    BoardCase.objects.filter(pk=first.pk).update(parent=second.pk)
    BoardCase.objects.filter(pk=second.pk).update(parent=first.pk)
    assert len(course.chain(course.case_for(first.pk))) == 2


def test_an_unknown_case_is_said_to_be_unknown(coordinator: Client) -> None:
    assert "台账上没有这件转办" in text(coordinator.get(f"/board/{uuid7()}/"), 404)


@pytest.mark.parametrize(
    ("role", "status"), [(Role.CITY_ANALYST, 403), (Role.CITY_COORDINATOR, 200), (Role.OPERATOR, 403)]
)
def test_cases_are_the_coordinators_alone(office: Any, role: Role, status: int) -> None:
    case = row()
    client = schemas.client_for(office, schemas.make_staff(office, role))
    for path in ("/board/", f"/board/{case.pk}/", f"/board/{case.pk}/urge/"):
        answer = client.get(path)
        assert answer.status_code == status
        assert (case.number in answer.content.decode()) == (status == 200)


# --- What the centres write --------------------------------------------------------------------------


def test_the_board_follows_a_referral_from_sending_to_its_end(zhangbei: Any, city: Any) -> None:
    county, city_desk = Desk(zhangbei), Desk(city)
    seen = []

    def look() -> None:
        dispatch.run_due()
        seen.append(BoardCase.objects.get().state)

    with clock.at(MONDAY):
        with in_centre(ZHANGBEI):
            referral = refer(county, CITY)
        look()
        with in_centre(CITY):
            theirs = sign(city_desk, referral.pk)
        look()
        with in_centre(CITY):
            finish_there(city_desk, theirs)
        look()
    case = BoardCase.objects.get()
    assert seen == ["sent", "signed", "answered"]
    assert (case.number, case.keeper, case.source, case.target) == (
        referral.number,
        ZHANGBEI,
        ZHANGBEI,
        CITY,
    )
    assert (case.sent_at, case.signed_at, case.answered_at, case.outcome) == (MONDAY, MONDAY, MONDAY, "done")


def test_a_draft_is_nobodys_business_yet(zhangbei: Any, city: Any) -> None:
    with in_centre(ZHANGBEI):
        draft = Desk(zhangbei).drafted(CITY)
        written.show(draft)
    assert not BoardCase.objects.exists()


def test_a_letter_is_on_the_board_like_any_other(city: Any, coordinator: Client) -> None:
    desk = Desk(city)
    with in_centre(CITY), clock.at(MONDAY):
        referral = refer(desk, PROVINCE)
        lead = desk.actor(Role.WINDOW_LEAD)
        by_letter.log_contact(
            referral_id=referral.pk,
            actor=lead,
            way="call",
            person=REPORTER.name,
            content="已收到",
            signed_for=True,
        )
        by_letter.record_answer(
            referral_id=referral.pk,
            actor=lead,
            outcome=Outcome.DONE,
            number="示例函〔2026〕1号",
            dated=MONDAY.date(),
            answer=REPORTER.name,
            unscanned="对方以电话答复。",
        )
    case = BoardCase.objects.get()
    assert (case.way, case.state, case.outcome) == ("letter", "answered", "done")
    page = text(coordinator.get(f"/board/{case.pk}/"))
    assert "函件单位" in page
    assert {entry.what for entry in course.entries(case, {})} == {"办结反馈", "签收", "送出"}


def test_being_chased_is_no_move(zhangbei: Any, city: Any) -> None:
    with in_centre(ZHANGBEI):
        with clock.at(MONDAY):
            referral = refer(Desk(zhangbei), CITY)
        with clock.at(MONDAY + timedelta(days=10)):
            referral.chases = 1
            written.show(referral, heard=False)
    case = BoardCase.objects.get()
    assert (case.chases, case.moved_at) == (1, MONDAY)


def test_no_name_no_card_and_no_sentence_of_the_case_is_on_the_board(
    zhangbei: Any, city: Any, coordinator: Client
) -> None:
    with in_centre(ZHANGBEI):
        referral = refer(Desk(zhangbei), CITY)
    dispatch.run_due()
    planted = (
        REPORTER.name,
        REPORTER.identifier,
        REPORTER.phone,
        referral.subject,
        referral.reason,
        referral.requested,
    )
    pages = [text(coordinator.get(path)) for path in ("/board/", f"/board/{referral.pk}/")]
    kept = str(BoardCase.objects.values())
    assert [word for word in planted if word in kept or any(word in page for page in pages)] == []


def test_an_envelope_that_died_is_said_to_have_stopped(zhangbei: Any, city: Any) -> None:
    from bancheng.exchange.models import Message

    with in_centre(ZHANGBEI):
        referral = refer(Desk(zhangbei), CITY)
    case = course.case_for(referral.pk)
    assert "传送中" in course.entries(case, {})[0].text
    Message.objects.filter(kind="referral.sent").update(state=Message.State.DEAD)
    assert "已停办" in course.entries(case, {})[-1].text
    assert board.cases().get().undelivered


# --- Written anew, and held against the centres' own records ------------------------------------------


def test_rows_that_were_never_written_are_written_by_the_first_summary(zhangbei: Any, city: Any) -> None:
    with in_centre(ZHANGBEI):
        with clock.at(MONDAY):
            referral = refer(Desk(zhangbei), CITY)
        before = BoardCase.objects.values().get()
        BoardCase.objects.all().delete()
        summary.summarise(ZHANGBEI)
    assert BoardCase.objects.values().get() == before
    assert before["case_id"] == referral.pk


def test_a_summary_writes_the_board_once(in_zhangbei: Any) -> None:
    summary.summarise(ZHANGBEI)
    row()
    summary.summarise(ZHANGBEI)
    assert BoardCase.objects.exists()
    summary.rebuild(ZHANGBEI)
    assert not BoardCase.objects.exists()
    assert CentreFigure.objects.get(centre=ZHANGBEI).board_at is not None


def test_writing_anew_leaves_what_was_decided_and_when_it_moved(zhangbei: Any, city: Any) -> None:
    later = MONDAY + timedelta(days=1)
    with in_centre(ZHANGBEI):
        with clock.at(MONDAY):
            refer(Desk(zhangbei), CITY)
        BoardCase.objects.update(decision="urge", decided_at=later, moved_at=later, state="confirmed")
        assert written.rebuild() == 1
    case = BoardCase.objects.get()
    assert (case.decision, case.decided_at, case.moved_at, case.state) == ("urge", later, later, "sent")


@pytest.mark.parametrize(
    "wrong", [{"state": "signed"}, {"chases": 3}, {"target": "130726"}, {"appealed_at": MONDAY}]
)
def test_a_row_that_says_something_else_than_the_centre_is_found(
    zhangbei: Any, city: Any, wrong: dict[str, Any]
) -> None:
    with in_centre(ZHANGBEI):
        refer(Desk(zhangbei), CITY)
        assert reconcile.differences(ZHANGBEI) == []
        BoardCase.objects.update(**wrong)
        found = reconcile.differences(ZHANGBEI)
        assert len(found) == 2  # what the board says, and what it does not
        assert "转办台账" in str(found[0])
        summary.rebuild(ZHANGBEI)
        assert reconcile.differences(ZHANGBEI) == []


def test_a_row_without_a_referral_and_a_referral_without_a_row_are_found(zhangbei: Any, city: Any) -> None:
    with in_centre(ZHANGBEI):
        summary.summarise(ZHANGBEI)
        row()
        assert reconcile.differences(ZHANGBEI) != []
        BoardCase.objects.all().delete()
        referral = refer(Desk(zhangbei), CITY)
        assert reconcile.differences(ZHANGBEI) == []
        BoardCase.objects.all().delete()
        assert reconcile.differences(ZHANGBEI) != []
        assert Referral.objects.get().pk == referral.pk


def test_an_unknown_case_cannot_be_opened(db: None) -> None:
    with pytest.raises(NotFound):
        course.case_for(UUID(int=0))


def _queries(client: Client, path: str) -> int:
    client.get(path)  # the host and the dictionaries are remembered from here on
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)
