"""The sweep of the clocks: what falls due is done and told, each step once for each term."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from bancheng.catalogue.words import Channel
from bancheng.centres.scope import in_centre
from bancheng.identity.models import Staff
from bancheng.identity.roles import Role
from bancheng.overview.models import CentreFigure, CityNotice
from bancheng.timekeeping import clock
from bancheng.timekeeping.calendar import current as current_calendar
from bancheng.timekeeping.clock import SHANGHAI
from tenants.casework.models import Material, MaterialStatus
from tenants.coordination import actions as coordination
from tenants.coordination.models import SupervisionOrder
from tenants.coordination.offices import Office
from tenants.matters import actions
from tenants.matters.models import Matter
from tenants.notices.kinds import NoticeKind
from tenants.notices.models import LadderStep, Notice
from tenants.referrals import by_letter, sending
from tenants.replies.models import Grade, Rating, Rectification, Via
from tenants.workbook import ladder, reconcile, summary
from tests.desk import REPORTER, Desk

MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=SHANGHAI)
"""A level 3 matter accepted now is due in five working days, on the Monday after."""


@pytest.fixture(autouse=True)
def everybody(desk: Desk) -> None:
    for role in (
        Role.DIRECTOR,
        Role.DEPUTY,
        Role.SUPERVISOR,
        Role.DEPARTMENT_HEAD,
        Role.HANDLER,
        Role.CALLER,
    ):
        desk.staff(role)


def at_work(desk: Desk, **more: Any) -> Matter:
    """Being handled since Monday, the reporter told that day."""
    with clock.at(MONDAY):
        matter = desk.handling(**more)
        return hear(desk, matter)


def hear(desk: Desk, matter: Matter) -> Matter:
    return actions.contact(
        matter_id=matter.pk,
        actor=desk.actor(Role.WINDOW_CLERK),
        channel=Channel.PHONE,
        reached=True,
        text="已告知进展。",
    )


def late(matter: Matter, days: int) -> datetime:
    """The morning on which the matter is overdue by so many working days."""
    assert matter.due_on
    day = current_calendar().add(matter.due_on, days)
    return datetime(day.year, day.month, day.day, 9, 0, tzinfo=SHANGHAI)


def sweep(moment: datetime) -> int:
    with clock.at(moment):
        return ladder.sweep()


def told(kind: NoticeKind) -> set[str]:
    """The roles of those who were told."""
    found = Notice.objects.filter(kind=kind).values_list("recipient__roles", flat=True)
    return {role for roles in found for role in roles}


def machine_acts(matter: Matter) -> list[str]:
    return list(matter.events.filter(actor_id=None).order_by("seq").values_list("act", flat=True))


# --- The lights --------------------------------------------------------------------------------------


def test_what_is_green_is_left_alone(desk: Desk) -> None:
    at_work(desk)

    assert sweep(MONDAY + timedelta(days=1)) == 0


def test_what_turns_amber_is_told_to_the_handler_and_the_lead(desk: Desk) -> None:
    matter = at_work(desk)

    assert sweep(late(matter, 0) - timedelta(days=3)) == 1  # Friday: one working day is left
    assert told(NoticeKind.DUE_SOON) == {"handler", "window_lead"}


def test_what_turns_red_is_told_the_same_evening(desk: Desk) -> None:
    matter = at_work(desk)

    sweep(late(matter, 0).replace(hour=17, minute=45))

    assert told(NoticeKind.OVERDUE) == {"handler", "window_lead"}


def test_nothing_is_told_twice(desk: Desk) -> None:
    matter = at_work(desk)
    moment = late(matter, 10)
    sweep(moment)
    notices = Notice.objects.count()

    assert sweep(moment + timedelta(minutes=5)) == 0
    assert Notice.objects.count() == notices


def test_a_date_that_moved_is_told_anew(desk: Desk) -> None:
    matter = at_work(desk)
    amber = late(matter, 0) - timedelta(days=3)
    sweep(amber)
    with clock.at(amber):
        matter = actions.extend(
            matter_id=matter.pk,
            actor=desk.actor(Role.WINDOW_LEAD),
            days=5,
            reason="示例理由",
            channel=Channel.PHONE,
            told="已告知。",
        )

    assert sweep(amber + timedelta(minutes=5)) == 0
    sweep(late(matter, 0) - timedelta(days=3))
    keys = Notice.objects.filter(kind=NoticeKind.DUE_SOON).values_list("key", flat=True)
    assert set(keys) == {"due_soon 2026-03-09", f"due_soon {matter.due_on}"}


def test_who_waits_for_the_reporter_is_left_in_peace(desk: Desk) -> None:
    with clock.at(MONDAY):
        matter = desk.awaiting_material()

    assert sweep(late(matter, 20)) == 0


def test_what_was_handled_in_time_is_left_in_peace(desk: Desk) -> None:
    matter = at_work(desk)
    with clock.at(MONDAY):
        desk.resolve(matter.pk)
        desk.reply(matter.pk)
        desk.call_back(matter.pk)

    assert sweep(late(matter, 20)) == 0


# --- The rungs ---------------------------------------------------------------------------------------

RUNGS = ["remind", "supervise", "take_over", "notify_city"]


@pytest.mark.parametrize(("days", "done"), [(0, 0), (1, 1), (2, 1), (3, 2), (4, 2), (5, 3), (9, 3), (10, 4)])
def test_the_rungs_follow_day_by_day(desk: Desk, days: int, done: int) -> None:
    matter = at_work(desk)

    for day in range(days + 1):
        sweep(late(matter, day))

    assert machine_acts(matter) == RUNGS[:done]


def test_missed_days_are_caught_up_in_order(desk: Desk) -> None:
    matter = at_work(desk)

    sweep(late(matter, 12))

    assert machine_acts(matter) == RUNGS


def test_each_rung_tells_whom_it_concerns(desk: Desk) -> None:
    sweep(late(at_work(desk), 10))

    assert told(NoticeKind.REMINDED) == {"department_head"}
    assert {"department_head", "handler", "window_lead"} <= told(NoticeKind.SUPERVISED)
    assert {"director", "department_head"} <= told(NoticeKind.TAKEN_OVER)
    assert told(NoticeKind.CITY_NOTICE) == {"director", "deputy", "window_lead"}


def test_on_the_fifth_day_the_director_leads_the_case(desk: Desk) -> None:
    matter = at_work(desk)

    sweep(late(matter, 5))

    matter.refresh_from_db()
    assert matter.supervised
    assert matter.case_leader_id == desk.staff(Role.DIRECTOR).pk
    assert SupervisionOrder.objects.get(matter=matter).issued_by is None


def test_the_reminder_says_how_late_it_is(desk: Desk) -> None:
    matter = at_work(desk)

    sweep(late(matter, 2))

    assert matter.events.get(act="remind").data == {"days": 2, "due_on": str(matter.due_on)}


def test_the_city_is_told_a_header_and_no_person(desk: Desk) -> None:
    matter = at_work(desk)

    sweep(late(matter, 11))
    sweep(late(matter, 12))

    (row,) = CityNotice.objects.values()
    assert (row["centre"], row["number"], row["item"]) == ("130722", matter.machine_number, "YL10")
    assert (row["due_on"], row["days"]) == (matter.due_on, 11)
    assert not any(word in str(row) for word in (REPORTER.name, REPORTER.phone, REPORTER.identifier))


def test_the_overview_counts_what_leaders_have_in_hand_as_a_recount_does(desk: Desk) -> None:
    matter = at_work(desk)
    at_work(desk, level=5)
    sweep(late(matter, 10))

    with clock.at(late(matter, 10)):
        summary.summarise("130722")
        figure = CentreFigure.objects.get(centre="130722")
        assert reconcile.differences("130722") == []

    assert (figure.supervised, figure.taken_over, figure.city_notices) == (1, 1, 1)


def test_what_somebody_did_by_hand_is_not_done_again(desk: Desk) -> None:
    matter = at_work(desk)
    with clock.at(MONDAY + timedelta(days=1)):
        coordination.supervise(matter_id=matter.pk, actor=desk.actor(Role.SUPERVISOR), demand="请加快办理。")

    sweep(late(matter, 3))

    assert machine_acts(matter) == ["remind"]
    assert LadderStep.objects.filter(matter=matter, step="supervise").exists()


def test_without_a_director_the_other_rungs_go_on_and_it_is_tried_again(desk: Desk) -> None:
    matter = at_work(desk)
    directors = Staff.objects.filter(roles__contains=[Role.DIRECTOR])
    directors.update(is_active=False)
    sweep(late(matter, 10))
    assert machine_acts(matter) == ["remind", "supervise", "notify_city"]

    directors.update(is_active=True)
    sweep(late(matter, 11))

    assert machine_acts(matter)[-1] == "take_over"


def test_before_a_department_is_named_the_lead_is_reminded(desk: Desk) -> None:
    with clock.at(MONDAY):
        matter = hear(desk, desk.accepted())

    sweep(late(matter, 1))

    assert told(NoticeKind.REMINDED) == {"window_lead"}


def test_a_sensitive_matter_is_told_to_those_on_it_alone(desk: Desk) -> None:
    matter = at_work(desk)
    stranger = desk.staff(Role.DEPUTY)
    matter.sensitive = True
    matter.save(update_fields=["sensitive"])

    sweep(late(matter, 10))

    assert not Notice.objects.filter(recipient=stranger).exists()
    assert told(NoticeKind.CITY_NOTICE) == {"director", "window_lead"}


# --- What else falls due -----------------------------------------------------------------------------


def test_what_is_not_signed_for_after_a_working_day_is_told(desk: Desk) -> None:
    with clock.at(MONDAY):
        hear(desk, desk.assigned())

    assert sweep(MONDAY.replace(day=3, hour=17)) == 0
    assert sweep(MONDAY.replace(day=3, hour=17, minute=45)) == 1
    assert told(NoticeKind.SIGN_DUE) == {"handler", "department_head", "window_lead"}


def test_whoever_was_not_contacted_on_the_day_is_told_of(desk: Desk) -> None:
    with clock.at(MONDAY):
        desk.handling()

    assert sweep(MONDAY.replace(hour=17)) == 0
    assert sweep(MONDAY.replace(hour=17, minute=45)) == 1
    assert told(NoticeKind.FIRST_CONTACT) == {"window_clerk", "window_lead", "handler"}


def test_after_five_working_days_without_a_word_progress_is_owed_again_and_again(desk: Desk) -> None:
    matter = at_work(desk, level=5)
    assert sweep(MONDAY + timedelta(days=4)) == 0
    assert sweep(MONDAY + timedelta(days=7)) == 1
    with clock.at(MONDAY + timedelta(days=7)):
        hear(desk, matter)

    assert sweep(MONDAY + timedelta(days=8)) == 0
    sweep(MONDAY + timedelta(days=14))

    keys = Notice.objects.filter(kind=NoticeKind.PROGRESS).values_list("key", flat=True)
    assert set(keys) == {"progress 2026-03-09", "progress 2026-03-16"}


def test_three_working_days_after_the_reply_the_callback_is_due(desk: Desk) -> None:
    with clock.at(MONDAY):
        desk.replied()

    assert sweep(MONDAY + timedelta(days=2)) == 0
    assert sweep(MONDAY + timedelta(days=3)) == 1
    assert told(NoticeKind.CALLBACK_DUE) == {"caller", "window_lead"}


def test_a_part_that_was_not_answered_in_time_is_told_to_its_department(desk: Desk) -> None:
    matter, theirs = at_work(desk, level=5), desk.staff(Role.HANDLER, "YB")
    with clock.at(MONDAY):
        coordination.ask_support(
            matter_id=matter.pk,
            actor=desk.actor(Role.WINDOW_LEAD),
            office=Office("YB", "医保", is_department=True),
            question="请核实。",
        )
        part = matter.joint_parts.get()

    sweep(datetime.combine(part.due_on, MONDAY.time(), SHANGHAI))
    assert not Notice.objects.filter(kind=NoticeKind.SUPPORT_DUE).exists()
    sweep(datetime.combine(part.due_on, MONDAY.time(), SHANGHAI).replace(hour=18))

    assert Notice.objects.filter(kind=NoticeKind.SUPPORT_DUE, recipient=theirs).count() == 1


def test_a_paper_that_was_to_follow_and_did_not_is_told(desk: Desk) -> None:
    matter = at_work(desk, level=5)
    Material.objects.create(
        matter=matter,
        position=90,
        name="示例证明",
        status=MaterialStatus.FOLLOWS,
        follow_by=(MONDAY + timedelta(days=1)).date(),
    )

    assert sweep(MONDAY + timedelta(days=1)) == 0
    assert sweep(MONDAY + timedelta(days=2)) == 1
    assert {"window_lead", "window_clerk"} <= told(NoticeKind.FOLLOW_OVERDUE)


def test_an_order_whose_day_has_passed_is_told_to_the_supervisor(desk: Desk) -> None:
    matter = at_work(desk, level=5)
    with clock.at(MONDAY):
        coordination.supervise(matter_id=matter.pk, actor=desk.actor(Role.SUPERVISOR), demand="请加快办理。")

    sweep(MONDAY + timedelta(days=4))

    assert told(NoticeKind.SUPERVISION_DUE) == {"supervisor", "deputy"}


def test_a_rectification_is_due_also_after_the_matter_was_closed(desk: Desk) -> None:
    with clock.at(MONDAY):
        matter = desk.closed()
    rating = Rating.objects.create(matter=matter, round=0, grade=Grade.BAD, via=Via.CODE, at=MONDAY)
    Rectification.objects.create(
        matter=matter, rating=rating, opened_at=MONDAY, due_on=(MONDAY + timedelta(days=21)).date()
    )

    assert sweep(MONDAY + timedelta(days=21)) == 0
    assert sweep(MONDAY + timedelta(days=22)) == 1
    assert told(NoticeKind.RECTIFY_DUE) == {"window_lead", "deputy"}


# --- Whatever happens meanwhile ----------------------------------------------------------------------


def test_one_that_fails_keeps_nobody_waiting(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = at_work(desk), at_work(desk)
    climb = ladder.climb

    def fails_for_the_first(matter_id: UUID) -> int:
        if matter_id == first.pk:
            raise RuntimeError
        return climb(matter_id)

    monkeypatch.setattr(ladder, "climb", fails_for_the_first)

    sweep(late(second, 1))

    assert machine_acts(second) == ["remind"]
    assert f"clocks of matter {first.pk} not swept" in caplog.text


def test_what_breaks_off_leaves_nothing_of_the_step(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    matter = at_work(desk)
    with monkeypatch.context() as broken:
        broken.setattr(ladder, "notify", lambda **_: 1 / 0)
        sweep(late(matter, 1))
    assert not Notice.objects.exists()
    assert not LadderStep.objects.exists()
    assert machine_acts(matter) == []

    sweep(late(matter, 1))

    assert machine_acts(matter) == ["remind"]


def test_of_two_sweeps_at_once_each_step_is_taken_by_one(
    transactional_db: None, zhangbei: Any, at_once: Callable[..., list[Any]]
) -> None:
    with in_centre(zhangbei.code):
        desk = Desk(zhangbei)
        for role in (Role.DIRECTOR, Role.DEPARTMENT_HEAD):
            desk.staff(role)
        matters = [at_work(desk) for _ in range(4)]
        moment = late(matters[0], 10)

    def run() -> int:
        with in_centre(zhangbei.code):
            return sweep(moment)

    done = at_once(run, run)

    with in_centre(zhangbei.code):
        assert sum(done) == LadderStep.objects.count()
        assert all(machine_acts(matter) == RUNGS for matter in matters)


def test_a_sweep_that_finds_all_done_asks_the_same_of_more_matters(
    desk: Desk, django_assert_num_queries: Callable[..., Any]
) -> None:
    matter = at_work(desk)
    sweep(late(matter, 10))
    with django_assert_num_queries(9):
        assert sweep(late(matter, 10)) == 0
    for _ in range(5):
        at_work(desk)
    sweep(late(matter, 10))

    with django_assert_num_queries(9):
        assert sweep(late(matter, 10)) == 0


def test_a_silent_office_is_chased_once_for_each_silence(desk: Desk, city: Any) -> None:
    lead = desk.actor(Role.WINDOW_LEAD)
    with clock.at(MONDAY):
        matter = desk.handling(level=5)
        draft = sending.draft(
            matter_id=matter.pk, actor=lead, unit="130000", reason="示例理由", requested="示例请求"
        )
        sending.send(referral_id=draft.pk, actor=lead)

    def chased() -> int:
        return matter.events.filter(act="hear", data__chased=True).count()

    with clock.at(MONDAY + timedelta(days=7)):  # the fifth working day is not over yet
        ladder.sweep()
        assert chased() == 0
    with clock.at(MONDAY + timedelta(days=8)):
        ladder.sweep()
        ladder.sweep()
        assert chased() == 1
        assert Notice.objects.filter(matter=matter, kind=NoticeKind.CHASED).exists()
        by_letter.log_contact(
            referral_id=draft.pk, actor=lead, way="call", person="示例人员", content="答应办理。"
        )
    with clock.at(MONDAY + timedelta(days=10)):
        ladder.sweep()
        assert chased() == 1
    with clock.at(MONDAY + timedelta(days=16)):
        ladder.sweep()
        assert chased() == 2
