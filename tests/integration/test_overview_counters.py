"""Each counter, dimension and span of the overview, by an example that can be reckoned by hand."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from bancheng.catalogue.words import Channel, ReporterKind
from bancheng.centres.scope import in_centre
from bancheng.exchange import dispatch
from bancheng.identity.actors import Actor
from bancheng.identity.roles import Role
from bancheng.overview.models import COUNTERS, DIMENSION_WORDS, DIMENSIONS, Fact, Span
from bancheng.timekeeping import calendar, clock
from bancheng.timekeeping.models import CalendarDay, DayKind
from tenants.coordination import actions as coordination
from tenants.coordination.offices import Office
from tenants.matters import actions
from tenants.matters.models import Matter
from tenants.replies import actions as replies
from tenants.replies.models import ThanksKind
from tenants.workbook import reconcile, summary
from tests.desk import REPORTER, STORY, Desk
from tests.integration.clockwork import extend, go_on, on, regrade, wait
from tests.integration.test_referrals import finish_there, refer, sign

ZHANGBEI = "130722"
CALM = dict.fromkeys(COUNTERS, 0)


def counted(day: str = "", **dimensions: Any) -> dict[str, int]:
    """What 张北县 has of a day of March 2026, or of all, over everything that the rest leaves open."""
    summary.summarise(ZHANGBEI)
    facts = Fact.objects.filter(centre=ZHANGBEI, **dimensions)
    if day:
        facts = facts.filter(day=date.fromisoformat(f"2026-{day}"))
    rows = list(facts.values(*COUNTERS))
    return {name: found for name in COUNTERS if (found := sum(row[name] for row in rows))}


def spans(what: str) -> list[tuple[str, int, int]]:
    summary.summarise(ZHANGBEI)
    rows = Span.objects.filter(centre=ZHANGBEI, what=what).order_by("day", "value")
    return [(f"{row.day:%m-%d}", row.value, row.count) for row in rows]


@pytest.fixture(autouse=True)
def _recounted(desk: Desk) -> Any:
    """Whatever a test of this module lets happen, the other way of counting comes to the same."""
    yield
    assert [str(each) for each in reconcile.differences(ZHANGBEI)] == []
    calendar.forget()  # a test may have changed it


def test_what_the_reporter_went_through_before_is_counted_on_the_day_of_registration(desk: Desk) -> None:
    with clock.at(on("03-09")):
        desk.registered(story=replace(STORY, trips_before=3, months_before=14))
        desk.registered(story=replace(STORY, trips_before=2))  # the same person and item: a repeat
    assert counted("03-09") == {"registered": 2, "repeated": 1, "trips_before": 5, "months_before": 14}
    assert spans("before") == [("03-09", 420, 1)]


@pytest.mark.parametrize(
    ("contacted", "same_day", "next_day", "minutes"),
    [
        (on("03-13", 9), 1, 1, 0),  # before acceptance
        (on("03-13", 10, 5), 1, 1, 5),
        (on("03-14", 10), 0, 1, 24 * 60),  # a Saturday
        (on("03-16", 17), 0, 1, 3 * 24 * 60 + 7 * 60),  # the Monday after
        (on("03-17", 10), 0, 0, 4 * 24 * 60),
    ],
)
def test_how_soon_the_reporter_was_reached(
    desk: Desk, contacted: datetime, same_day: int, next_day: int, minutes: int
) -> None:
    def contact(matter: Matter) -> None:
        clerk = desk.actor(Role.WINDOW_CLERK)
        actions.contact(matter_id=matter.pk, actor=clerk, channel=Channel.PHONE, reached=True, text="a")

    friday = on("03-13")
    with clock.at(min(contacted, friday)):
        matter = desk.triaged()
    if contacted < friday:
        with clock.at(contacted):
            contact(matter)
    with clock.at(friday):
        actions.accept(matter_id=matter.pk, actor=desk.actor(Role.WINDOW_LEAD))
    if contacted > friday:
        with clock.at(contacted):
            contact(matter)
    found = CALM | counted("03-13")
    assert (found["contacted_same_day"], found["contacted_next_day"]) == (same_day, next_day)
    assert spans("contact") == [("03-13", minutes, 1)]


def test_a_matter_nobody_contacted_has_no_time_of_contact(desk: Desk) -> None:
    desk.accepted()
    assert spans("contact") == []


def test_a_resolution_tells_days_and_hands(desk: Desk) -> None:
    with clock.at(on("03-09", 9)):  # Monday
        matter = desk.handling(level=4)
    with clock.at(on("03-10", 9)):
        wait(desk, matter.pk)
    with clock.at(on("03-12", 9)):
        go_on(desk, matter.pk)
    with clock.at(on("03-13", 17)):
        desk.resolve(matter.pk)
    # Four working days after Monday, of which the reporter took Wednesday and Thursday.
    assert counted("03-13") == {
        "resolved": 1,
        "resolved_on_time": 1,
        "done": 1,
        "handling_days": 2,
        "gross_days": 4,
        "held_department": (9 + 9 + 8) * 60,
        "held_reporter": 2 * 9 * 60,
    }
    assert (spans("handling"), spans("gross")) == ([("03-13", 2, 1)], [("03-13", 4, 1)])


def test_the_hands_are_those_of_the_page(desk: Desk) -> None:
    with clock.at(on("03-09", 8, 40)):
        matter = desk.accepted(level=4)
    with clock.at(on("03-09", 10, 10)):
        desk.assign(matter.pk)
    with clock.at(on("03-09", 11, 10)):
        actions.sign(matter_id=matter.pk, actor=desk.actor(Role.HANDLER))
        desk.resolve(matter.pk)
    found = CALM | counted()
    assert (found["held_window"], found["held_department"]) == (90, 60)


def test_a_second_round_starts_with_the_reopening(desk: Desk) -> None:
    with clock.at(on("03-09", 9)):
        matter = desk.handling()
        extend(desk, matter.pk, days=2)
    with clock.at(on("03-10", 9)):
        desk.close(desk.call_back(desk.reply(desk.resolve(matter.pk).pk).pk).pk)
    with clock.at(on("03-19", 9)):
        actions.reopen(matter_id=matter.pk, actor=desk.actor(Role.WINDOW_LEAD), reason="又出现")
    with clock.at(on("03-20", 9)):
        desk.resolve(matter.pk)
    first, second = counted("03-10"), counted("03-20")
    assert (first["resolved_extended"], first["gross_days"]) == (1, 1)
    assert second == {
        "resolved": 1,
        "resolved_on_time": 1,
        "done": 1,
        "handling_days": 1,
        "gross_days": 1,
        "held_department": 9 * 60,
    }
    assert spans("gross") == [("03-10", 1, 1), ("03-20", 1, 1)]


def test_what_leaders_and_the_clock_do_is_counted(desk: Desk) -> None:
    with clock.at(on("03-09")):
        matter = desk.handling()
    with clock.at(on("03-10")):
        director = desk.actor(Role.DIRECTOR)
        extend(desk, matter.pk, days=2)
        extend(desk, matter.pk, days=2, role=Role.DIRECTOR)
        coordination.supervise(matter_id=matter.pk, actor=desk.actor(Role.SUPERVISOR), demand="a")
        coordination.escalate(matter_id=matter.pk, actor=director, reason="a")
        coordination.take_over(matter_id=matter.pk, actor=director, reason="a")
    assert counted("03-10") == {"extended": 2, "supervised": 1, "escalated": 1, "taken_over": 1}


def test_a_callback_counts_only_what_a_reporter_who_was_reached_said(desk: Desk) -> None:
    def call(matter: Matter, *, reached: bool, **said: Any) -> None:
        caller = desk.actor(Role.CALLER)
        replies.call_back(matter_id=matter.pk, actor=caller, reached=reached, note="a", **said)

    with clock.at(on("03-09")):
        matters = [desk.replied() for _ in range(4)]
    with clock.at(on("03-10")):
        call(matters[0], reached=True, solved=True, satisfied=True, trips_after=2, blocked_again=False)
        call(matters[1], reached=True, solved=False, satisfied=False, trips_after=0, blocked_again=True)
        call(matters[2], reached=True, solved=True)
        call(matters[3], reached=False, solved=True, trips_after=9, blocked_again=True)
    assert counted("03-10") == {
        "called_back": 3,
        "solved": 2,
        "blocked_again": 1,
        "trips_told": 2,
        "trips_after": 2,
    }


def test_only_the_reporters_own_grades_are_counted(desk: Desk) -> None:
    with clock.at(on("03-09")):
        matters = [desk.replied() for _ in range(6)]
    with clock.at(on("03-10")):
        for grade, matter in enumerate(matters[:5], start=1):
            replies.rate(matter_id=matter.pk, actor=Actor.reporter(ZHANGBEI), grade=grade)
        caller = desk.actor(Role.CALLER)
        replies.record_rating(matter_id=matters[5].pk, actor=caller, grade=5, comment="a")
    assert counted("03-10") == {"rated": 5, "satisfied": 3}


def test_thanks_are_counted_by_their_number(desk: Desk) -> None:
    with clock.at(on("03-09")):
        matter = desk.replied()
    with clock.at(on("03-10")):
        clerk, today = desk.actor(Role.WINDOW_CLERK), clock.today()
        replies.thank(matter_id=matter.pk, actor=clerk, kind=ThanksKind.BANNER, on=today, count=2)
        replies.thank(matter_id=matter.pk, actor=clerk, kind=ThanksKind.LETTER, on=today)
    assert counted("03-10") == {"thanked": 3}


def test_what_ends_after_acceptance_without_being_closed_is_dropped(desk: Desk) -> None:
    lead = desk.actor(Role.WINDOW_LEAD)
    with clock.at(on("03-09")):
        master, accepted, registered = desk.handling(), desk.accepted(), desk.registered()
    with clock.at(on("03-10")):
        actions.merge(matter_id=accepted.pk, actor=lead, into=master.pk, reason="a")
        actions.withdraw(matter_id=registered.pk, actor=lead, reason="a", told_by="b")
    assert counted("03-10") == {"dropped": 1, "withdrawn": 1}


# --- Under what --------------------------------------------------------------------------------------


def test_every_dimension_has_its_words() -> None:
    assert DIMENSION_WORDS.keys() == set(DIMENSIONS)


def test_the_reporter_the_mode_and_the_outcome_tell_facts_apart(desk: Desk) -> None:
    with clock.at(on("03-09")):
        company = replace(REPORTER, kind=ReporterKind.ENTERPRISE, identifier="91130700MA0CXX1X1X")
        desk.registered(reporter=company)
        matter = desk.handling()
        regrade(desk, matter.pk, level=3, expedite=True)
        desk.resolve(matter.pk)
    assert counted(reporter="enterprise") == {"registered": 1}
    assert counted(reporter="person", mode="expedite", outcome="done")["registered"] == 1


def test_a_matter_with_a_supporting_office_crosses_departments_on_all_its_days(desk: Desk) -> None:
    with clock.at(on("03-09")):
        matter = desk.handling()
        desk.handling()
    assert counted("03-09", cross_department=False)["registered"] == 2
    with clock.at(on("03-10")):
        coordination.ask_support(
            matter_id=matter.pk,
            actor=desk.actor(Role.WINDOW_LEAD),
            office=Office("YB", "医保", is_department=True),
            question="a",
        )
    assert counted("03-09", cross_department=True)["registered"] == 1
    assert counted("03-09", cross_department=False)["registered"] == 1


def test_support_asked_for_with_the_assignment_crosses_departments_too(desk: Desk) -> None:
    matter = desk.accepted()
    coordination.assign(
        matter_id=matter.pk, actor=desk.actor(Role.WINDOW_LEAD), department="SB", supporting=["YB"]
    )
    assert counted(cross_department=True)["registered"] == 1


@pytest.mark.parametrize(
    ("unit", "level", "region"),
    [("130700", True, False), ("130726", False, True), ("130000", True, False), ("150000", True, True)],
)
def test_a_referral_crosses_levels_or_regions_by_the_codes_of_both(
    desk: Desk, unit: str, level: bool, region: bool
) -> None:
    desk.drafted(unit)  # a draft has gone nowhere
    assert counted(cross_level=False, cross_region=False)["registered"] == 1
    refer(desk, unit)
    assert counted(cross_level=level, cross_region=region)["referred_out"] == 1


def test_a_matter_that_came_by_a_referral_crosses_for_its_receiver_as_well(desk: Desk, city: Any) -> None:
    city_desk = Desk(city)
    referral = refer(desk, "130700")
    dispatch.run_due()
    with in_centre("130700"):
        finish_there(city_desk, sign(city_desk, referral.pk))
        assert reconcile.differences("130700") == []
    fact = Fact.objects.get(centre="130700")
    assert (fact.received, fact.cross_level, fact.cross_region) == (1, True, False)


# --- The calendar ------------------------------------------------------------------------------------


def test_another_calendar_has_everything_counted_anew(desk: Desk) -> None:
    with clock.at(on("03-09")):
        matter = desk.handling()
    with clock.at(on("03-11")):
        desk.resolve(matter.pk)
    assert counted("03-11")["handling_days"] == 2
    CalendarDay.objects.update_or_create(
        date=date(2026, 3, 10), defaults={"kind": DayKind.HOLIDAY, "notice": "示例"}
    )
    calendar.forget()
    assert counted("03-11")["handling_days"] == 1
