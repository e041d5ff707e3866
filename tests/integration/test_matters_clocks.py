"""The due date follows the timeline: extensions, other levels, waiting, reopening, and who was told."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from bancheng.catalogue.words import Channel, Kind, Mode
from bancheng.centres.scope import in_centre
from bancheng.errors import Conflict, Invalid, NotAllowed
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from bancheng.timekeeping.calendar import WorkingCalendar
from bancheng.timekeeping.calendar import current as current_calendar
from tenants.matters import actions, clocks, selectors, workflow
from tenants.matters.models import Event, LevelLimit, Matter
from tenants.matters.states import RUNNING, State
from tenants.workbook import gauges
from tests.desk import Desk
from tests.integration.clockwork import extend, go_on, on, regrade, wait

MONDAY = on("03-09")


def handling(desk: Desk, *, level: int = 3, at: datetime = MONDAY, **more: Any) -> UUID:
    with clock.at(at):
        return desk.handling(level=level, **more).pk


def due(matter_id: UUID) -> str:
    return str(Matter.objects.get(pk=matter_id).due_on)


def last(matter_id: UUID) -> Event:
    event = Event.objects.filter(matter=matter_id).order_by("seq").last()
    assert event is not None
    return event


# --- What an event says ------------------------------------------------------------------------------


def test_acceptance_says_the_limit_and_what_follows_from_it(desk: Desk) -> None:
    with clock.at(MONDAY):
        matter = desk.accepted(level=4, mode=Mode.EXPEDITE)
    assert last(matter.pk).data == {
        "level": 4,
        "expedite": True,
        "days": 5,
        "statutory": 15,
        "due_on": "2026-03-16",
    }


def test_the_columns_come_from_the_replay(desk: Desk) -> None:
    matter = Matter.objects.get(pk=handling(desk))
    assert (str(matter.due_on), matter.handling_days, matter.due_provisional) == ("2026-03-16", 5, False)
    assert matter.reckoned_by == current_calendar().digest


def test_timelines_written_before_the_limits_stood_in_them_are_read(db: None) -> None:
    """As the first release wrote them: no days in a triage after acceptance, none in a reopening."""
    events = [
        Event(act="triage", at=MONDAY, data={"level": 2, "mode": "routine", "item": "YL10"}),
        Event(act="accept", at=MONDAY, data={"due_on": "2026-03-12", "days": 3}),
        Event(act="triage", at=on("03-10"), data={"level": 4, "mode": "expedite", "item": "none such"}),
        Event(act="resolve", at=on("03-11"), data={"outcome": "done", "due_on": "2026-03-16"}),
        Event(act="reopen", at=on("03-23"), data={"reopened": 1}),
    ]
    found = [clocks.term_of(events[:length], WorkingCalendar()) for length in (2, 3, 5)]
    assert [term and str(term.due_on) for term in found] == ["2026-03-12", "2026-03-16", "2026-03-30"]


def test_every_move_that_starts_stops_or_pauses_the_clock_is_a_mark_of_it() -> None:
    paused, running = State.AWAITING_MATERIAL, set(RUNNING)
    for transition in workflow.TRANSITIONS.values():
        if transition.target is None:
            continue
        for source in transition.sources:
            moved = (source in running, source == paused) != (
                transition.target in running,
                transition.target == paused,
            )
            assert not moved or transition.name in clocks.WINDING, transition.name


# --- Waiting for the reporter ------------------------------------------------------------------------


def test_waiting_for_the_reporter_stops_the_clock_and_says_so(desk: Desk) -> None:
    matter_id = handling(desk)
    with clock.at(on("03-11")):
        wait(desk, matter_id)
    with clock.at(on("03-30")):
        assert selectors.light_of(Matter.objects.get(pk=matter_id)).word == "暂停计时"


def test_when_the_material_is_here_the_due_date_is_later_by_the_days_waited(desk: Desk) -> None:
    matter_id = handling(desk)
    with clock.at(on("03-11")):
        wait(desk, matter_id)
    with clock.at(on("03-16")):
        go_on(desk, matter_id)
    assert due(matter_id) == "2026-03-19"
    assert last(matter_id).data["due_on"] == "2026-03-19"


def test_a_paused_matter_is_overdue_in_no_list_and_no_figure(desk: Desk) -> None:
    matter_id = handling(desk)
    with clock.at(on("03-11")):
        wait(desk, matter_id)
    with clock.at(on("03-16")):
        assert not selectors.due_today(desk.actor(Role.WINDOW_LEAD)).exists()
    with clock.at(on("03-30")):
        assert not selectors.overdue(desk.actor(Role.WINDOW_LEAD)).exists()
        assert gauges.gauges()["overdue"] == 0


def test_a_withdrawal_while_waiting_ends_the_pause(desk: Desk) -> None:
    matter_id = handling(desk)
    with clock.at(on("03-11")):
        wait(desk, matter_id)
    with clock.at(on("03-13")):
        lead = desk.actor(Role.WINDOW_LEAD)
        actions.withdraw(matter_id=matter_id, actor=lead, reason="已另行办成", told_by="电话")
    assert due(matter_id) == "2026-03-18"
    assert last(matter_id).data["due_on"] == "2026-03-18"


# --- Extensions --------------------------------------------------------------------------------------


def test_an_extension_moves_the_due_date_and_says_from_when_to_when(desk: Desk) -> None:
    matter_id = handling(desk)
    with clock.at(on("03-13")):
        matter = extend(desk, matter_id, days=3)
    assert (str(matter.due_on), matter.extensions, matter.handling_days) == ("2026-03-19", 1, 8)
    told = last(matter_id)
    assert told.data == {"days": 3, "channel": "phone", "was": "2026-03-16", "due_on": "2026-03-19"}
    assert told.note == "原单位档案待核。\n告知反映人：已电话说明原因和新的期限。"


def test_whoever_extends_has_told_the_reporter(desk: Desk) -> None:
    matter_id = handling(desk)
    with clock.at(on("03-13")):
        matter = extend(desk, matter_id, days=1)
    assert matter.first_contact_at == matter.last_told_at == on("03-13")


@pytest.mark.parametrize(
    ("role", "level", "most"),
    [
        (Role.WINDOW_LEAD, 2, 3),
        (Role.WINDOW_LEAD, 4, 5),
        (Role.DEPUTY, 2, 3),
        (Role.DEPUTY, 4, 5),  # 10, were it not for the statutory 15 of the item
    ],
)
def test_who_extends_by_how_much(desk: Desk, role: Role, level: int, most: int) -> None:
    matter_id = handling(desk, level=level)
    with clock.at(on("03-11")):
        with pytest.raises(Invalid) as refused:
            extend(desk, matter_id, days=most + 1, role=role)
        assert refused.value.errors == {"days": [f"延期天数应为1至{most}个工作日。"]}
        assert extend(desk, matter_id, days=most, role=role).extensions == 1


def test_a_deputy_may_double_a_term_that_the_law_does_not_limit(desk: Desk) -> None:
    with clock.at(MONDAY):
        registered = desk.registered()
        lead = desk.actor(Role.WINDOW_LEAD)
        actions.triage(
            matter_id=registered.pk,
            actor=lead,
            kind=Kind.HARD,
            item_code="YL01",
            level=4,
            mode=Mode.ROUTINE,
            principal_cause="C06",
        )
        matter = actions.accept(matter_id=registered.pk, actor=lead)
        with pytest.raises(Invalid):
            extend(desk, matter.pk, days=10, role=Role.WINDOW_LEAD)
        assert extend(desk, matter.pk, days=10, role=Role.DEPUTY).handling_days == 20


def test_a_statutory_term_that_is_used_up_is_not_extended(desk: Desk) -> None:
    matter_id = handling(desk, level=5)
    with clock.at(on("03-11")), pytest.raises(Invalid, match="法定办理时限15个工作日"):
        extend(desk, matter_id, days=1)


def test_the_second_extension_is_the_directors_and_there_is_no_third(desk: Desk) -> None:
    matter_id = handling(desk)
    with clock.at(on("03-11")):
        extend(desk, matter_id, days=1)
        with pytest.raises(Conflict, match="中心主任"):
            extend(desk, matter_id, days=1, role=Role.DEPUTY)
        assert extend(desk, matter_id, days=2, role=Role.DIRECTOR).extensions == 2
        with pytest.raises(Conflict, match="不能再延期"):
            extend(desk, matter_id, days=1, role=Role.DIRECTOR)
    assert due(matter_id) == "2026-03-19"


def test_the_director_does_not_grant_the_first(desk: Desk) -> None:
    matter_id = handling(desk)
    with clock.at(on("03-11")), pytest.raises(Conflict, match="首次延期"):
        extend(desk, matter_id, days=1, role=Role.DIRECTOR)


@pytest.mark.parametrize(("moment", "late"), [(on("03-16", 17, 30), False), (on("03-16", 17, 31), True)])
def test_an_extension_is_asked_for_before_the_due_date_has_passed(
    desk: Desk, moment: datetime, late: bool
) -> None:
    matter_id = handling(desk)
    with clock.at(moment):
        if late:
            with pytest.raises(Conflict, match="期限已过"):
                extend(desk, matter_id, days=1)
        else:
            assert extend(desk, matter_id, days=1).extensions == 1


def test_two_extensions_at_once_make_one(transactional_db: None, zhangbei: Any, at_once: Any) -> None:
    with in_centre(zhangbei.code):
        desk = Desk(zhangbei)
        matter_id = desk.handling(level=3).pk
        desk.actor(Role.WINDOW_LEAD), desk.actor(Role.DEPUTY)

    def grant(role: Role) -> Any:
        with in_centre(zhangbei.code):
            return extend(desk, matter_id, days=2, role=role)

    results = at_once(lambda: grant(Role.WINDOW_LEAD), lambda: grant(Role.DEPUTY))
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "Matter"]
    with in_centre(zhangbei.code):
        assert Matter.objects.get(pk=matter_id).extensions == 1


# --- Another level -----------------------------------------------------------------------------------


def test_another_level_counts_from_acceptance_and_keeps_what_was_waited_and_granted(desk: Desk) -> None:
    matter_id = handling(desk)
    with clock.at(on("03-10")):
        wait(desk, matter_id)
    with clock.at(on("03-11")):
        go_on(desk, matter_id)
        extend(desk, matter_id, days=2)
        matter = regrade(desk, matter_id, level=4)
    # Ten days by the level, two granted, one waited, from Monday the 9th.
    assert (str(matter.due_on), matter.handling_days, matter.level) == ("2026-03-26", 12, 4)
    assert last(matter_id).data["days"] == 10


def test_expediting_halves_rounded_up_and_can_be_taken_back(desk: Desk) -> None:
    matter_id = handling(desk)
    with clock.at(on("03-10")):
        assert str(regrade(desk, matter_id, level=3, expedite=True).due_on) == "2026-03-12"
        assert Matter.objects.get(pk=matter_id).mode == Mode.EXPEDITE
        assert str(regrade(desk, matter_id, level=3).due_on) == "2026-03-16"


def test_a_special_case_does_not_lose_its_two_signatures_by_being_expedited(desk: Desk) -> None:
    matter_id = handling(desk, mode=Mode.SPECIAL)
    with clock.at(on("03-10")), pytest.raises(Invalid, match="特事特办"):
        regrade(desk, matter_id, level=3, expedite=True)


def test_a_change_of_nothing_is_refused(desk: Desk) -> None:
    matter_id = handling(desk)
    with clock.at(on("03-10")), pytest.raises(Invalid, match="没有变化"):
        regrade(desk, matter_id, level=3)


def test_nobody_becomes_late_by_another_level(desk: Desk) -> None:
    matter_id = handling(desk, level=4)
    with clock.at(on("03-18")), pytest.raises(Invalid, match="已经过去"):
        regrade(desk, matter_id, level=2)
    assert Matter.objects.get(pk=matter_id).level == 4


def test_another_level_is_no_extension_asked_for_too_late(desk: Desk) -> None:
    matter_id = handling(desk)
    with clock.at(on("03-17")), pytest.raises(Invalid, match="已过"):
        regrade(desk, matter_id, level=5)


def test_a_paused_matter_is_judged_by_what_will_be_left_of_its_time(desk: Desk) -> None:
    matter_id = handling(desk)
    with clock.at(on("03-13")):
        wait(desk, matter_id)
    with clock.at(on("03-30")):
        assert regrade(desk, matter_id, level=4).level == 4


# --- Reopened ----------------------------------------------------------------------------------------


def test_reopened_the_clock_starts_anew_without_what_was_granted_before(desk: Desk) -> None:
    matter_id = handling(desk)
    with clock.at(on("03-11")):
        extend(desk, matter_id, days=4)
        desk.close(desk.call_back(desk.reply(desk.resolve(matter_id).pk).pk).pk)
    with clock.at(on("03-23")):
        lead = desk.actor(Role.WINDOW_LEAD)
        matter = actions.reopen(matter_id=matter_id, actor=lead, reason="待遇又停发")
        assert (str(matter.due_on), matter.handling_days) == ("2026-03-30", 5)
        assert matter.extensions == 1
        with pytest.raises(Conflict):
            extend(desk, matter_id, days=1)


def test_what_is_resolved_keeps_its_due_date(desk: Desk) -> None:
    matter_id = handling(desk)
    with clock.at(on("03-11")):
        desk.resolve(matter_id)
    assert due(matter_id) == last(matter_id).data["due_on"] == "2026-03-16"


# --- A centre's own limits ---------------------------------------------------------------------------


def test_a_stricter_limit_counts_for_what_is_accepted_from_then_on(desk: Desk) -> None:
    before = handling(desk)
    LevelLimit.objects.create(level=3, days=4)
    after = handling(desk)
    assert (due(before), due(after)) == ("2026-03-16", "2026-03-13")


# --- What the reporter hears -------------------------------------------------------------------------


def reach(desk: Desk, matter_id: UUID, *, reached: bool = True) -> Matter:
    return actions.contact(
        matter_id=matter_id,
        actor=desk.actor(Role.WINDOW_CLERK),
        channel=Channel.PHONE,
        reached=reached,
        text="已说明进展。",
    )


def test_a_try_that_reached_nobody_tells_nothing(desk: Desk) -> None:
    matter_id = handling(desk)
    with clock.at(on("03-10")):
        matter = reach(desk, matter_id, reached=False)
    assert (matter.first_contact_at, matter.last_told_at) == (None, None)


def test_each_contact_moves_the_last_word_and_the_first_stays(desk: Desk) -> None:
    matter_id = handling(desk)
    with clock.at(on("03-10")):
        reach(desk, matter_id)
    with clock.at(on("03-12")):
        matter = reach(desk, matter_id)
    assert (matter.first_contact_at, matter.last_told_at) == (on("03-10"), on("03-12"))


@pytest.mark.parametrize(
    ("level", "moment", "word"),
    [
        (1, on("03-09", 10, 59), "待联系"),
        (1, on("03-09", 11, 1), "超时未联系"),
        (3, on("03-09", 17, 30), "待联系"),
        (3, on("03-09", 17, 31), "超时未联系"),
    ],
)
def test_first_contact_is_on_the_spot_or_the_same_day(
    desk: Desk, level: int, moment: datetime, word: str
) -> None:
    matter = Matter.objects.get(pk=handling(desk, level=level))
    assert clocks.first_contact_light(matter, current_calendar(), moment).word == word


@pytest.mark.parametrize(("day", "word"), [("03-09", "已联系"), ("03-10", "联系超时")])
def test_a_first_contact_that_came_too_late_stays_so(desk: Desk, day: str, word: str) -> None:
    matter_id = handling(desk)
    with clock.at(on(day, 15)):
        matter = reach(desk, matter_id)
        assert clocks.first_contact_light(matter, current_calendar(), clock.now()).word == word


@pytest.mark.parametrize(
    ("day", "word"), [("03-13", "正常"), ("03-16", "临期"), ("03-17", "临期"), ("03-18", "超期")]
)
def test_a_word_is_owed_every_five_working_days(desk: Desk, day: str, word: str) -> None:
    matter_id = handling(desk, level=4)
    with clock.at(on("03-10")):
        matter = reach(desk, matter_id)
    with clock.at(on(day)):
        assert clocks.progress_light(matter, current_calendar(), clock.now()).word == word


def test_nothing_is_owed_while_the_reporter_is_waited_for_and_five_days_from_then(desk: Desk) -> None:
    matter_id = handling(desk, level=4)
    with clock.at(on("03-10")):
        wait(desk, matter_id)
    with clock.at(on("03-24")):
        assert not selectors.progress_due(desk.actor(Role.WINDOW_LEAD)).exists()
        matter = go_on(desk, matter_id)
        assert clocks.progress_by(matter, current_calendar()) == date(2026, 3, 31)


def test_the_lists_of_who_hears_nothing_are_what_the_lights_say(desk: Desk) -> None:
    silent, told, waiting, done = (handling(desk, level=4) for _ in range(4))
    with clock.at(on("03-11")):
        reach(desk, told)
        wait(desk, waiting)
        desk.reply(desk.resolve(done).pk)
    lead, calendar = desk.actor(Role.WINDOW_LEAD), current_calendar()
    seen = set()
    for days in range(21):
        with clock.at(on("03-11") + timedelta(days=days)):
            matters, now = Matter.objects.all(), clock.now()
            owed = {m.pk for m in matters if clocks.progress_light(m, calendar, now).remaining is not None}
            late = {pk for pk in owed if clocks.progress_by(matters.get(pk=pk), calendar) <= now.date()}
            missing = {
                m.pk
                for m in matters
                if clocks.first_contact_light(m, calendar, now).color in ("amber", "red")
            }
            assert set(selectors.progress_due(lead).values_list("pk", flat=True)) == late
            assert set(selectors.first_contact_missing(lead).values_list("pk", flat=True)) == missing
            seen |= late
    assert seen == {silent, told}


def test_a_matter_referred_to_us_is_told_by_the_centre_that_sent_it(desk: Desk) -> None:
    matter_id = handling(desk)
    Matter.objects.filter(pk=matter_id).update(origin_referral=matter_id)
    with clock.at(on("03-30")):
        lead = desk.actor(Role.WINDOW_LEAD)
        assert not selectors.progress_due(lead).exists()
        assert not selectors.first_contact_missing(lead).exists()


def test_a_handler_neither_extends_nor_regrades(desk: Desk) -> None:
    matter_id = handling(desk)
    with clock.at(on("03-10")), pytest.raises(NotAllowed):
        extend(desk, matter_id, days=1, role=Role.HANDLER)


# --- Shown -------------------------------------------------------------------------------------------


def test_the_page_shows_what_is_used_granted_and_owed(desk: Desk, client_for: Any) -> None:
    matter_id = handling(desk)
    with clock.at(on("03-10")):
        wait(desk, matter_id)
    with clock.at(on("03-12")):
        go_on(desk, matter_id)
        extend(desk, matter_id, days=2)
    with clock.at(on("03-13")):
        client = client_for(desk.centre, desk.staff(Role.WINDOW_LEAD))
        page = client.get(f"/matters/{matter_id}/").content.decode()
    assert "7个工作日，含延期；法定15个工作日" in page
    assert "2个工作日，另等待反映人2个工作日" in page
    assert "延长2个工作日；期限由2026-03-18延至2026-03-20；电话告知反映人" in page
    assert "下次不晚于2026-03-19" in page


def test_the_api_tells_the_same(desk: Desk, call: Any) -> None:
    matter_id = handling(desk)
    with clock.at(on("03-11")):
        told = call(Role.WINDOW_LEAD, "get", f"/matters/{matter_id}/").json()["clocks"]
    assert (told["days"], told["extended_by"], told["statutory_days"]) == (5, 0, 15)
    assert (told["used"], told["waited"], told["progress_by"]) == (2, 0, "2026-03-16")
    assert told["first_contact"]["word"] == "超时未联系"


def test_before_acceptance_no_clock_runs(desk: Desk, call: Any, client_for: Any) -> None:
    matter = desk.registered()
    told = call(Role.WINDOW_LEAD, "get", f"/matters/{matter.pk}/").json()["clocks"]
    assert (told["days"], told["progress_by"], told["progress"]["word"]) == (None, None, "未起算")
    page = client_for(desk.centre, desk.staff(Role.WINDOW_LEAD)).get(f"/matters/{matter.pk}/")
    assert "办理时限" not in page.content.decode().split("<h3>办理</h3>")[1].split("</dl>")[0]


def test_the_form_says_by_how_much_this_person_may_extend(desk: Desk, client_for: Any) -> None:
    matter_id = handling(desk, level=4)
    with clock.at(on("03-11")):
        client = client_for(desk.centre, desk.staff(Role.WINDOW_LEAD))
        page = client.get(f"/matters/{matter_id}/act/extend/").content.decode()
    assert "现在的期限是2026-03-23。您最多可延5个工作日。法定办理时限15个工作日，不能超过。" in page


def test_too_many_days_are_refused_beside_the_field_and_nothing_typed_is_lost(
    desk: Desk, client_for: Any
) -> None:
    matter_id = handling(desk)
    with clock.at(on("03-11")):
        client = client_for(desk.centre, desk.staff(Role.WINDOW_LEAD))
        typed = {"days": "9", "reason": "档案待核", "channel": "phone", "told": "已说明"}
        answer = client.post(f"/matters/{matter_id}/act/extend/", typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "延期天数应为1至5个工作日。" in page
    assert "档案待核" in page
