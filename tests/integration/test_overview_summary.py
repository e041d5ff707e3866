"""What is counted of a centre's work, on which day, under what."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bancheng.catalogue.words import Channel, DeclineReason, Kind, Mode
from bancheng.centres.scope import in_centre
from bancheng.exchange import dispatch
from bancheng.identity.roles import Role
from bancheng.overview.models import CentreFigure, ConsultationFact, Fact
from bancheng.tenancy import WrongSchema
from bancheng.timekeeping import clock
from bancheng.timekeeping.clock import SHANGHAI
from tenants.coordination import actions as coordination
from tenants.matters import actions
from tenants.matters.models import Matter
from tenants.workbook import summary
from tests.desk import Desk
from tests.integration.test_referrals import finish_there, refer, sign

ZHANGBEI = "130722"
MONDAY, TUESDAY = datetime(2026, 3, 9, 10, 0, tzinfo=SHANGHAI), datetime(2026, 3, 10, 10, 0, tzinfo=SHANGHAI)
THURSDAY = datetime(2026, 3, 12, 10, 0, tzinfo=SHANGHAI)


def fact(**only: Any) -> dict[str, Any]:
    """The one fact of the centre, as a dict."""
    found: Any = Fact.objects.filter(centre=ZHANGBEI, **only).values().get()
    return dict(found)


def figure() -> CentreFigure:
    return CentreFigure.objects.get(centre=ZHANGBEI)


def test_each_act_is_counted_on_its_own_day(desk: Desk) -> None:
    with clock.at(MONDAY):
        matter = desk.handling()
    with clock.at(TUESDAY):
        desk.resolve(matter.pk)
    with clock.at(THURSDAY):
        desk.close(desk.call_back(desk.reply(matter.pk).pk).pk)
        summary.summarise(ZHANGBEI)
    monday, tuesday, thursday = (fact(day=at.date()) for at in (MONDAY, TUESDAY, THURSDAY))
    assert (monday["registered"], monday["accepted"], monday["resolved"], monday["closed"]) == (1, 1, 0, 0)
    assert (tuesday["resolved"], tuesday["resolved_on_time"], tuesday["done"]) == (1, 1, 1)
    assert (thursday["replied"], thursday["closed"], thursday["registered"]) == (1, 1, 0)
    assert Fact.objects.count() == 3


def test_a_fact_carries_what_the_matter_is(desk: Desk) -> None:
    with clock.at(MONDAY):
        desk.accepted(level=4)
    summary.summarise(ZHANGBEI)
    assert {k: fact()[k] for k in ("day", "item", "kind", "level", "cause")} == {
        "day": MONDAY.date(),
        "item": "YL10",
        "kind": "hard",
        "level": 4,
        "cause": "C06",
    }


def test_before_triage_level_and_cause_are_open(desk: Desk) -> None:
    desk.registered()
    summary.summarise(ZHANGBEI)
    assert (fact()["level"], fact()["cause"]) == (0, "")


def test_the_day_is_the_one_in_shanghai(desk: Desk) -> None:
    with clock.at(datetime(2026, 3, 10, 0, 30, tzinfo=SHANGHAI)):  # still the 9th in UTC
        desk.registered()
    with clock.at(datetime(2026, 3, 10, 23, 59, 59, tzinfo=SHANGHAI)):
        desk.registered()
    summary.summarise(ZHANGBEI)
    assert (fact()["day"], fact()["registered"]) == (date(2026, 3, 10), 2)


def test_a_later_triage_moves_the_days_before_it_to_the_new_cause(desk: Desk) -> None:
    with clock.at(MONDAY):
        matter = desk.accepted()
        other = desk.accepted()
    summary.summarise(ZHANGBEI)
    assert (fact()["cause"], fact()["accepted"]) == ("C06", 2)
    with clock.at(TUESDAY):
        actions.triage(
            matter_id=matter.pk,
            actor=desk.actor(Role.WINDOW_LEAD),
            kind=Kind.NOVEL,
            item_code="YL10",
            level=3,
            mode=Mode.ROUTINE,
            principal_cause="C01",
        )
    summary.summarise(ZHANGBEI)
    assert set(Fact.objects.values_list("day", "kind", "cause", "accepted")) == {
        (MONDAY.date(), "novel", "C01", 1),
        (MONDAY.date(), "hard", "C06", 1),
    }
    assert other.pk != matter.pk


def test_closing_moves_the_rate_of_the_day_of_acceptance(desk: Desk) -> None:
    with clock.at(MONDAY):
        matter = desk.handling()
    summary.summarise(ZHANGBEI)
    assert fact(day=MONDAY.date())["accepted_closed"] == 0
    with clock.at(THURSDAY):
        desk.close(desk.call_back(desk.reply(desk.resolve(matter.pk).pk).pk).pk)
        summary.summarise(ZHANGBEI)
        assert fact(day=MONDAY.date())["accepted_closed"] == 1
        actions.reopen(matter_id=matter.pk, actor=desk.actor(Role.WINDOW_LEAD), reason="又出现")
        summary.summarise(ZHANGBEI)
    assert fact(day=MONDAY.date())["accepted_closed"] == 0
    assert (fact(day=THURSDAY.date())["closed"], fact(day=THURSDAY.date())["reopened"]) == (1, 1)


@pytest.mark.parametrize(
    ("resolved_at", "on_time"),
    [("2026-03-12 17:30", 1), ("2026-03-12 17:31", 0), ("2026-03-13 08:40", 0), ("2026-03-11 20:00", 1)],
)
def test_on_time_means_by_close_of_business_of_the_due_day(
    desk: Desk, resolved_at: str, on_time: int
) -> None:
    with clock.at(MONDAY):
        matter = desk.handling(level=2)  # three working days: due on Thursday
    with clock.at(datetime.fromisoformat(resolved_at).replace(tzinfo=SHANGHAI)):
        desk.resolve(matter.pk)
    summary.summarise(ZHANGBEI)
    late = fact(resolved=1)
    assert (late["resolved_on_time"], late["resolved"]) == (on_time, 1)


def test_a_late_result_stays_late_when_the_matter_is_reopened(desk: Desk) -> None:
    with clock.at(MONDAY):
        matter = desk.handling(level=2)
    with clock.at(MONDAY + timedelta(days=14)):
        desk.close(desk.call_back(desk.reply(desk.resolve(matter.pk).pk).pk).pk)
        actions.reopen(matter_id=matter.pk, actor=desk.actor(Role.WINDOW_LEAD), reason="又出现")
    summary.summarise(ZHANGBEI)
    assert (fact(resolved=1)["resolved_on_time"], fact(resolved=1)["reopened"]) == (0, 1)


@pytest.mark.parametrize(
    ("accepted_at", "resolved_at", "days"),
    [
        ("2026-03-09 10:00", "2026-03-12 09:00", 3),
        ("2026-03-09 17:40", "2026-03-12 09:00", 2),
        ("2026-03-13 10:00", "2026-03-16 09:00", 1),
        ("2026-03-09 10:00", "2026-03-09 16:00", 0),
        ("2026-03-09 18:00", "2026-03-09 18:30", 0),
    ],
)
def test_handling_takes_the_working_days_after_acceptance(
    desk: Desk, accepted_at: str, resolved_at: str, days: int
) -> None:
    with clock.at(datetime.fromisoformat(accepted_at).replace(tzinfo=SHANGHAI)):
        matter = desk.handling()
    with clock.at(datetime.fromisoformat(resolved_at).replace(tzinfo=SHANGHAI)):
        desk.resolve(matter.pk)
    summary.summarise(ZHANGBEI)
    assert fact(resolved=1)["handling_days"] == days


def test_contact_counts_for_the_day_of_acceptance_only_if_it_was_not_later(desk: Desk) -> None:
    def contact(matter: Matter) -> None:
        actions.contact(
            matter_id=matter.pk,
            actor=desk.actor(Role.WINDOW_CLERK),
            channel=Channel.PHONE,
            reached=True,
            text="已联系",
        )

    with clock.at(MONDAY):
        first, second = desk.accepted(), desk.accepted()
        contact(first)
    with clock.at(TUESDAY):
        contact(second)
    summary.summarise(ZHANGBEI)
    assert (fact()["accepted"], fact()["contacted_same_day"]) == (2, 1)


def test_what_nothing_is_counted_of_leaves_no_fact(desk: Desk) -> None:
    with clock.at(MONDAY):
        matter = desk.handling()
    with clock.at(TUESDAY):
        actions.progress(matter_id=matter.pk, actor=desk.actor(Role.HANDLER), text="正在核对")
    summary.summarise(ZHANGBEI)
    assert not Fact.objects.filter(day=TUESDAY.date()).exists()


def test_refusals_withdrawals_and_returns_are_counted(desk: Desk) -> None:
    lead = desk.actor(Role.WINDOW_LEAD)
    actions.decline(
        matter_id=desk.registered().pk,
        actor=lead,
        reason=DeclineReason.NOT_OURS,
        explanation="不属于",
        remedy="法院",
    )
    actions.withdraw(matter_id=desk.accepted().pk, actor=lead, reason="已解决", told_by="本人")
    coordination.return_to_window(
        matter_id=desk.assigned().pk,
        actor=desk.actor(Role.DEPARTMENT_HEAD),
        reason="不归",
        basis="职责",
        suggested="医保",
    )
    summary.summarise(ZHANGBEI)
    facts: list[Any] = list(Fact.objects.values("declined", "withdrawn", "returned"))
    assert {name: sum(row[name] for row in facts) for name in facts[0]} == {
        "declined": 1,
        "withdrawn": 1,
        "returned": 1,
    }


def test_consultations_are_counted_by_day_item_and_way(desk: Desk) -> None:
    clerk = desk.actor(Role.WINDOW_CLERK)
    with clock.at(TUESDAY):
        actions.record_consultation(actor=clerk, item_code="YL10", subject="问材料")
        actions.count_consultations(
            actor=clerk, day=MONDAY.date(), item_code="YL10", channel=Channel.PHONE, count=12
        )
    summary.summarise(ZHANGBEI)
    with clock.at(TUESDAY):
        actions.record_consultation(actor=clerk, item_code="YL10", subject="问时限")
    summary.summarise(ZHANGBEI)
    assert set(ConsultationFact.objects.values_list("day", "item", "channel", "count")) == {
        (MONDAY.date(), "YL10", "phone", 12),
        (TUESDAY.date(), "YL10", "counter", 2),
    }


def test_the_gauges_say_how_the_centre_stands(desk: Desk) -> None:
    with clock.at(MONDAY):
        desk.handling(level=2)
        desk.handling(level=5)
        desk.closed()
    with clock.at(MONDAY + timedelta(days=7)):
        summary.summarise(ZHANGBEI)
        assert figure().summarised_at == clock.now()
    assert (figure().open, figure().overdue, figure().no_owner, figure().no_reply) == (2, 1, 0, 0)


def test_what_has_nobody_and_what_has_no_reply_is_found(desk: Desk) -> None:
    lost, silent = desk.handling(), desk.closed()
    Matter.objects.filter(pk=lost.pk).update(holder="")
    Matter.objects.filter(pk=silent.pk).update(replied_at=None)
    summary.summarise(ZHANGBEI)
    assert (figure().no_owner, figure().no_reply) == (1, 1)


def test_a_referral_is_counted_on_both_sides(desk: Desk, city: Any) -> None:
    city_desk = Desk(city)
    referral = refer(desk, "130700")
    refer(desk, "130000")
    summary.summarise(ZHANGBEI)
    assert (figure().referrals_to_centres, figure().referrals_by_letter, figure().referrals_received) == (
        1,
        1,
        0,
    )
    assert sum(Fact.objects.values_list("referred_out", flat=True)) == 2
    dispatch.run_due()
    with in_centre("130700"):
        finish_there(city_desk, sign(city_desk, referral.pk))
        summary.summarise("130700")
        theirs = CentreFigure.objects.get(centre="130700")
    assert (theirs.referrals_received, theirs.no_reply) == (1, 0)
    row = Fact.objects.get(centre="130700")
    assert (row.registered, row.received, row.replied) == (1, 1, 1)


def test_counting_twice_changes_nothing(desk: Desk) -> None:
    desk.closed()
    summary.summarise(ZHANGBEI)
    before = list(Fact.objects.order_by("day").values(*_all_but_id()))
    summary.summarise(ZHANGBEI)
    summary.rebuild(ZHANGBEI)
    assert list(Fact.objects.order_by("day").values(*_all_but_id())) == before


def test_one_centre_cannot_be_counted_in_another(desk: Desk) -> None:
    with pytest.raises(WrongSchema):
        summary.summarise("130726")
    assert not CentreFigure.objects.exists()


def test_other_centres_facts_stay_untouched(desk: Desk, yuxian: Any) -> None:
    with in_centre("130726"):
        Desk(yuxian).registered()
        summary.summarise("130726")
    desk.registered()
    summary.rebuild(ZHANGBEI)
    assert set(Fact.objects.values_list("centre", "registered")) == {("130726", 1), (ZHANGBEI, 1)}


def test_a_watermark_from_another_cluster_leads_to_a_rebuild(desk: Desk) -> None:
    desk.registered()
    summary.summarise(ZHANGBEI)
    Fact.objects.update(registered=7)
    CentreFigure.objects.update(watermark=2**60)
    summary.summarise(ZHANGBEI)
    assert fact()["registered"] == 1
    assert figure().watermark < 2**60


def test_facts_from_before_they_knew_their_calendar_are_counted_anew(desk: Desk) -> None:
    desk.registered()
    summary.summarise(ZHANGBEI)
    Fact.objects.update(registered=7)
    CentreFigure.objects.update(calendar="", watermark=summary._oldest_running_transaction())
    summary.summarise(ZHANGBEI)
    assert fact()["registered"] == 1


def test_the_number_of_queries_does_not_grow_with_the_matters(
    desk: Desk, django_assert_max_num_queries: Any
) -> None:
    for day in range(4):
        with clock.at(MONDAY + timedelta(days=day)):
            desk.resolved()
    actions.record_consultation(actor=desk.actor(Role.WINDOW_CLERK), item_code="YL10", subject="问材料")
    CentreFigure.objects.create(centre=ZHANGBEI, board_at=clock.now())
    with django_assert_max_num_queries(28):
        summary.summarise(ZHANGBEI)


def _all_but_id() -> list[str]:
    return [field.name for field in Fact._meta.fields if field.name != "id"]
