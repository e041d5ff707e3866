"""The indicators: what each is made of, and how it is said when there is little or nothing."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bancheng.identity.roles import Role
from bancheng.overview.indicators import REGISTRY, Figures, Shown, all_of, one_of, some_of
from bancheng.overview.models import (
    BoardCase,
    CentreFigure,
    CityDay,
    CitySpan,
    ConsultationFact,
    Fact,
    ProblemCard,
    ProblemState,
    Span,
    SpanKind,
    Verdict,
)
from bancheng.overview.scope import Scope
from bancheng.timekeeping import clock
from bancheng.timekeeping.clock import SHANGHAI
from tenants.matters import actions
from tenants.matters.models import Matter
from tenants.matters.states import OPEN, State
from tenants.workbook import summary
from tests import schemas
from tests.desk import Desk

DAY = date(2026, 3, 9)
MARCH = Scope(date(2026, 3, 1), date(2026, 3, 31))
ZHANGBEI = Scope(MARCH.since, MARCH.until, centre="130722")


@pytest.fixture(autouse=True)
def _centres(city: Any, zhangbei: Any, yuxian: Any) -> None:
    """The tables of public are there, and three of the city's centres."""


def city_day(day: date = DAY, **counts: int) -> None:
    CityDay.objects.create(day=day, **counts)


def fact(**given: Any) -> None:
    usual = {"centre": "130722", "day": DAY, "item": "YL10", "kind": "hard", "level": 3, "cause": "C06"}
    Fact.objects.create(**usual | given)


def said(code: str, scope: Scope = MARCH) -> Shown:
    return one_of(Figures(scope), code)


# --- How it is said ----------------------------------------------------------------------------------


def test_167_matters_of_which_139_are_done_are_83_23_percent() -> None:
    city_day(accepted=167, accepted_closed=139)
    shown = said("closing")
    assert (shown.text, shown.value, shown.of) == ("83.23 %（139/167）", "83.23 %", "139/167")
    assert shown.number == Decimal("83.23")


def test_three_matters_print_no_rate_but_their_number() -> None:
    city_day(accepted=3, accepted_closed=2)
    shown = said("closing")
    assert (shown.text, shown.value, shown.of) == ("样本不足（n=3）", "样本不足", "2/3")
    assert shown.number is None


def test_a_share_of_nothing_is_a_dash() -> None:
    assert said("closing").text == "—"


def test_a_half_percent_of_a_hundredth_is_rounded_up() -> None:
    city_day(accepted=800, accepted_closed=1)
    assert said("closing").value == "0.13 %"


def test_counts_are_grouped_by_thousands() -> None:
    city_day(registered=12345)
    assert said("registered").text == "12,345 件"


def test_a_mean_has_its_sum_and_number() -> None:
    city_day(resolved=8, handling_days=27)
    assert said("handling_mean").text == "3.4 个工作日（27/8）"


def test_a_mean_of_few_is_not_shown() -> None:
    city_day(resolved=4, handling_days=27)
    assert said("handling_mean").text == "样本不足（n=4）"


def test_a_median_and_nine_in_ten_come_from_single_matters() -> None:
    for value, count in ((1, 4), (3, 4), (20, 2)):
        CitySpan.objects.create(day=DAY, what=SpanKind.HANDLING, value=value, count=count)
    assert said("handling_median").text == "3 个工作日（n=10）"
    assert said("handling_p90").text == "20 个工作日（n=10）"


def test_a_median_of_few_is_not_shown_and_of_nothing_a_dash() -> None:
    CitySpan.objects.create(day=DAY, what=SpanKind.GROSS, value=9, count=4)
    assert said("gross_median").text == "样本不足（n=4）"
    assert said("contact_median").text == "—"


def test_elapsed_before_is_told_against_elapsed_with_us() -> None:
    city_day(registered=10, months_before=40, resolved=8, gross_days=80)
    shown = said("elapsed")
    assert (shown.value, shown.of) == ("12 倍", "1200/10 ÷ 80/8")


def test_every_indicator_has_words_and_can_be_said_of_nothing() -> None:
    for shown in all_of(Figures(MARCH)):
        assert "" not in (shown.name, shown.formula, shown.unit)
        assert shown.value in ("—", f"0 {shown.unit}", "样本不足") or shown.code == "coverage"


# --- What it is made of ------------------------------------------------------------------------------


def test_only_the_days_of_the_period_count() -> None:
    city_day(accepted=5)
    city_day(MARCH.since - timedelta(days=1), accepted=50)
    city_day(MARCH.until + timedelta(days=1), accepted=50)
    assert said("accepted").text == "5 件"


def test_clearing_counts_what_was_open_when_the_period_began() -> None:
    city_day(date(2026, 1, 5), accepted=20, closed=10, dropped=4)
    city_day(date(2026, 2, 5), reopened=2)
    city_day(accepted=12, closed=15)
    assert said("clearing").text == "75.00 %（15/20）"


def test_what_was_open_follows_from_the_facts_however_matters_ended(desk: Desk) -> None:
    lead = desk.actor(Role.WINDOW_LEAD)
    january = datetime(2026, 1, 12, 10, 0, tzinfo=SHANGHAI)
    with clock.at(january):
        desk.registered(), desk.declined(), desk.closed()
        open_still = [desk.accepted(), desk.handling(), desk.replied()]
        desk.withdrawn()
        taken = desk.handling()
        actions.withdraw(matter_id=taken.pk, actor=lead, reason="不再需要", told_by="电话")
        merged = desk.handling()
        actions.merge(matter_id=merged.pk, actor=lead, into=open_still[1].pk, reason="同一事项")
        again = desk.closed()
    with clock.at(january + timedelta(days=3)):
        actions.reopen(matter_id=again.pk, actor=lead, reason="又受阻")
        open_then = Matter.objects.filter(state__in=OPEN).exclude(state=State.REGISTERED).count()
        summary.summarise("130722")
    with clock.at(january + timedelta(days=30)):
        for _ in range(2):
            desk.closed()
        summary.summarise("130722")
    february = Scope(date(2026, 2, 1), date(2026, 2, 28), centre="130722")
    assert open_then == len(open_still) + 1
    assert Figures(february).open_at_start == open_then
    assert said("clearing", february).of == f"2/{open_then + 2}"


def test_a_centre_is_told_by_its_facts_alone() -> None:
    city_day(accepted=100, accepted_closed=100)
    fact(accepted=10, accepted_closed=9)
    fact(centre="130726", accepted=10)
    assert said("closing", ZHANGBEI).text == "90.00 %（9/10）"


def test_consultations_cannot_be_told_by_kind_and_say_so() -> None:
    ConsultationFact.objects.create(centre="130722", day=DAY, item="YL10", channel="window", count=7)
    assert said("consultations", ZHANGBEI).text == "7 次"
    shown = said("consultations", Scope(MARCH.since, MARCH.until, kind="hard"))
    assert (shown.value, shown.number) == ("不能计", None)
    assert shown.why == "咨询只按中心、事项统计，所选条件下不能计。"


def test_times_of_single_matters_cannot_be_told_by_cause() -> None:
    Span.objects.create(centre="130722", day=DAY, item="YL10", what=SpanKind.HANDLING, value=2, count=6)
    assert said("handling_median", ZHANGBEI).text == "2 个工作日（n=6）"
    assert said("handling_median", Scope(MARCH.since, MARCH.until, cause="C06")).value == "不能计"


def test_what_crosses_departments_is_a_share_of_the_accepted() -> None:
    city_day(accepted=8)
    fact(accepted=6, cross_department=True)
    fact(accepted=2, cross_region=True)
    shares = some_of(Figures(MARCH), ["cross_department", "cross_level", "cross_region"])
    assert [share.text for share in shares] == ["75.00 %（6/8）", "0.00 %（0/8）", "25.00 %（2/8）"]


def test_causes_follow_with_their_shares() -> None:
    city_day(accepted=8)
    fact(accepted=6)
    fact(accepted=2, cause="")
    causes = [shown for shown in all_of(Figures(MARCH)) if shown.group == "cause"]
    assert [(each.code, each.of) for each in causes] == [("cause_C06", "6/8"), ("cause_none", "2/8")]
    assert causes[1].name == "尚未研判"


def refer(**given: Any) -> None:
    at = clock.start_of(DAY) + timedelta(hours=10)
    usual = {
        "case_id": f"00000000-0000-7000-8000-{BoardCase.objects.count():012d}",
        "keeper": "130722",
        "source": "130722",
        "target": "130700",
        "item": "YL10",
        "state": "signed",
        "sent_at": at,
        "sign_due_on": DAY + timedelta(days=1),
        "signed_at": at + timedelta(hours=2),
        "moved_at": at,
        "parent": None,
    }
    BoardCase.objects.create(**usual | given)


def test_referrals_tell_how_many_came_back_and_were_signed_for_in_time() -> None:
    for _ in range(5):
        refer()
    refer(state="returned", ground="duty")
    refer(state="sent", signed_at=None)
    refer(signed_at=clock.start_of(DAY + timedelta(days=3)))
    with clock.at(clock.start_of(DAY + timedelta(days=9))):
        assert said("referral_returned").of == "1/8"
        assert said("referral_signed").of == "6/8"


def test_a_referral_that_may_still_be_signed_for_in_time_does_not_count_yet() -> None:
    refer(state="sent", signed_at=None)
    with clock.at(clock.start_of(DAY + timedelta(days=1))):
        assert said("referral_signed").of == "0/0"


def test_a_centre_answers_for_the_referrals_that_it_sent() -> None:
    refer()
    refer(source="130726")
    assert said("referral_returned", ZHANGBEI).of == "0/1"


def watched(before: int, after: int, **given: Any) -> None:
    usual = {
        "id": f"00000000-0000-7000-8000-{ProblemCard.objects.count():012d}",
        "centre": "130722",
        "number": "1",
        "item": "YL10",
        "cause": "C06",
        "state": ProblemState.MET,
        "verdict": Verdict.WORKED,
        "verdict_on": DAY,
    }
    ProblemCard.objects.create(**usual | given, before=before, after=after)


def test_recurrence_is_after_against_before_of_what_was_watched_in_the_period() -> None:
    watched(12, 2)
    watched(8, 8)
    watched(50, 50, verdict_on=MARCH.since - timedelta(days=1))
    assert said("recurrence").text == "50.00 %（10/20）"


def test_backlog_is_what_began_before_the_window_did() -> None:
    fact(registered=1, day=date(2026, 1, 5))
    for value, count in ((30, 4), (90, 6)):
        Span.objects.create(
            centre="130722", day=DAY, item="YL10", what=SpanKind.BEFORE, value=value, count=count
        )
    assert said("backlog").of == "6/10"


def test_coverage_is_of_the_citys_list_and_not_told_of_a_centre() -> None:
    assert said("coverage").of == "3/20"
    assert said("coverage", ZHANGBEI).value == "不能计"


def test_a_suspended_centre_does_not_cover(yuxian: Any) -> None:
    yuxian.suspended_at = clock.now()
    yuxian.save()
    assert said("coverage").of == "2/20"


def test_nobody_without_owner_or_reply_is_a_count_of_now() -> None:
    CentreFigure.objects.create(centre="130722", no_owner=2)
    CentreFigure.objects.create(centre="130726", no_owner=1, no_reply=4)
    assert [said("no_owner").text, said("no_reply").text] == ["3 件", "4 件"]
    assert said("no_owner", ZHANGBEI).text == "2 件"


# --- What it costs -----------------------------------------------------------------------------------

HEADLINE = ("accepted", "closing", "on_time", "contact_same_day", "satisfied", "handling_median")


def test_the_headline_reads_sums_by_day_alone(db: None) -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        some_of(Figures(MARCH), HEADLINE)
    tables = [query["sql"].split('FROM "')[1].split('"')[0] for query in queries]
    assert tables == ["overview_cityday", "overview_cityspan"]


def test_all_indicators_take_the_same_few_queries_whatever_there_is() -> None:
    with CaptureQueriesContext(connection) as queries:
        all_of(Figures(MARCH))
    assert len(queries) <= 12


def test_sums_that_are_known_already_are_not_read_again() -> None:
    figures = Figures(MARCH, counts={"accepted": 10, "accepted_closed": 5})
    with CaptureQueriesContext(connection) as queries:
        assert one_of(figures, "closing").text == "50.00 %（5/10）"
    assert len(queries) == 0


def test_a_sum_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TypeError, match="sum"):
        Figures(MARCH, count={})


def test_codes_are_plain_and_stable_names() -> None:
    assert all(code.isidentifier() and code.islower() for code in REGISTRY)


# --- By the API --------------------------------------------------------------------------------------

PERIOD = "since=2026-03-01&until=2026-03-31"


def test_the_api_says_what_the_page_says(office: Any) -> None:
    city_day(accepted=167, accepted_closed=139, resolved=3)
    api = schemas.api_for(office, schemas.make_staff(office, Role.CITY_ANALYST))
    found = api.get(f"/api/v1/indicators/?{PERIOD}").json()
    by_code = {each["code"]: each for each in found["indicators"]}
    assert (found["since"], found["narrowed"]) == ("2026-03-01", {})
    closing, on_time = by_code["closing"], by_code["on_time"]
    assert (closing["text"], closing["number"]) == ("83.23 %（139/167）", "83.23")
    assert (closing["part"], closing["whole"]) == (139, 167)
    assert (on_time["text"], on_time["number"]) == ("样本不足（n=3）", None)


def test_a_centres_api_tells_its_own_alone(zhangbei: Any) -> None:
    fact(accepted=10)
    fact(centre="130726", accepted=90)
    api = schemas.api_for(zhangbei, schemas.make_staff(zhangbei, Role.DIRECTOR))
    found = api.get(f"/api/v1/indicators/?{PERIOD}").json()
    assert found["narrowed"] == {"centre": "130722"}
    assert next(each["number"] for each in found["indicators"] if each["code"] == "accepted") == "10"
    assert api.get(f"/api/v1/indicators/?{PERIOD}&centre=130726").status_code == 422


@pytest.mark.parametrize(
    "query", ["since=x", "since=2026-05-01&until=2026-03-01", "centre=999999", "kind=none", "colour=red"]
)
def test_the_api_refuses_conditions_that_make_no_sense(office: Any, query: str) -> None:
    api = schemas.api_for(office, schemas.make_staff(office, Role.CITY_ANALYST))
    answer = api.get(f"/api/v1/indicators/?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"]


def test_who_may_not_see_figures_gets_none(zhangbei: Any) -> None:
    api = schemas.api_for(zhangbei, schemas.make_staff(zhangbei, Role.WINDOW_CLERK))
    assert api.get("/api/v1/indicators/").status_code == 403
