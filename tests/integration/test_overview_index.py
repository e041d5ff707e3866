"""无事可办指数: the sum, the guards that keep it honest, its history, page and API."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bancheng.centres.models import Centre
from bancheng.identity.roles import Role
from bancheng.overview import index
from bancheng.overview.index import months
from bancheng.overview.models import (
    CityDay,
    ConsultationFact,
    ElsewhereCount,
    Fact,
    ProblemCard,
    ProblemState,
    Verdict,
    ZeroReport,
)
from bancheng.timekeeping import clock
from bancheng.timekeeping.clock import SHANGHAI
from tests import schemas

NOW = datetime(2026, 11, 24, 16, 0, tzinfo=SHANGHAI)
OCTOBER, FIRST = date(2026, 10, 1), date(2025, 12, 1)
YEAR = months.until(OCTOBER, 11)
CODES = ("130700", "130722", "130726")


@pytest.fixture(autouse=True)
def _now(city: Any, zhangbei: Any, yuxian: Any) -> Iterator[None]:
    """Three centres whose windows were opened in November of last year."""
    Centre.objects.update(created_at=datetime(2025, 11, 10, tzinfo=SHANGHAI))
    with clock.at(NOW):
        yield


def register(code: str, month: date, number: int, *, repeated: int = 0) -> None:
    """So many matters of a centre in a month, in its facts and in the city's sums."""
    Fact.objects.create(
        centre=code, day=month, item="YL10", kind="hard", registered=number, repeated=repeated
    )
    day, _ = CityDay.objects.get_or_create(day=month)
    day.registered += number
    day.repeated += repeated
    day.save()


def honest(*, but: tuple[str, date] | None = None) -> None:
    """Everything that the guards ask for, of all centres, except what `but` names."""
    for code in CODES:
        for month in YEAR:
            if (code, month) != but:
                ConsultationFact.objects.create(
                    centre=code, day=month, item="YL10", channel="window", count=3
                )
            ElsewhereCount.objects.create(centre=code, month=month, count=2, recorded_at=NOW)


def falling() -> None:
    """A year whose fullest three months had 40 matters, and whose last three have 12."""
    for month, number in zip(YEAR, (10, 20, 10, 8, 8, 8, 6, 6, 4, 4, 4), strict=True):
        register("130722", month, number, repeated=1 if month >= date(2026, 8, 1) else 0)
    for code in ("130700", "130726"):
        for month in YEAR:
            ZeroReport.objects.create(centre=code, month=month, filed_at=NOW)


def problem(**given: Any) -> None:
    usual = {
        "id": f"00000000-0000-7000-8000-{ProblemCard.objects.count():012d}",
        "centre": "130722",
        "number": "1",
        "item": "YL10",
        "cause": "C06",
        "state": ProblemState.OPEN,
        "opened_on": date(2026, 2, 1),
    }
    ProblemCard.objects.create(**usual | given)


def held(code: str, found: index.Index) -> bool:
    return next(guard.holds for guard in found.guards if guard.code == code)


# --- The sum -----------------------------------------------------------------------------------------


def test_the_formula_by_hand() -> None:
    honest()
    falling()
    problem(
        state=ProblemState.MET,
        routine_on=date(2026, 5, 1),
        verdict=Verdict.WORKED,
        verdict_on=date(2026, 9, 1),
        before=20,
        after=5,
    )
    problem()
    found = index.of(OCTOBER)
    assert [(term.code, term.part, term.whole) for term in found.terms] == [
        ("inflow", 12, 40),
        ("routine", 1, 2),
        ("recurrence", 5, 20),
        ("repeats", 3, 12),
    ]
    # 35 × (1 − 0.3) + 25 × 0.5 + 20 × (1 − 0.25) + 20 × (1 − 0.25) = 24.5 + 12.5 + 15 + 15
    assert (found.value, found.text, found.why) == (Decimal("67.0"), "67.0", "")
    assert (
        found.formula == "100 × [0.35 ×（1 − 12/40） + 0.25 × 1/2 + 0.20 ×（1 − 5/20） + 0.20 ×（1 − 3/12）]"
    )


def test_a_problem_counts_from_the_month_in_which_it_was_opened_and_made_routine() -> None:
    honest()
    falling()
    problem(routine_on=date(2026, 9, 15))
    routine = {each.month: each.terms[1] for each in index.history()}
    assert (routine[date(2026, 1, 1)].whole, routine[date(2026, 2, 1)].whole) == (0, 1)
    assert (routine[date(2026, 8, 1)].part, routine[date(2026, 9, 1)].part) == (0, 1)


def test_nothing_identified_and_nothing_watched_earns_nothing() -> None:
    honest()
    falling()
    assert [float(term.points) for term in index.of(OCTOBER).terms] == [24.5, 0, 0, 15]


def test_where_nobody_came_nobody_came_twice() -> None:
    honest()
    for month in YEAR[:3]:
        register("130722", month, 10)
    for code in CODES:
        for month in YEAR:
            ZeroReport.objects.get_or_create(centre=code, month=month, defaults={"filed_at": NOW})
    found = index.of(OCTOBER)
    assert [
        (term.code, float(term.points)) for term in found.terms if term.code in ("inflow", "repeats")
    ] == [
        ("inflow", 35),
        ("repeats", 20),
    ]


def test_a_problem_that_came_back_more_often_takes_no_more_than_its_share() -> None:
    honest()
    falling()
    problem(verdict=Verdict.RETURNED, verdict_on=date(2026, 9, 1), before=5, after=9)
    recurrence = index.of(OCTOBER).terms[2]
    assert (recurrence.part, recurrence.whole, float(recurrence.points)) == (9, 5, 0)


def test_a_centre_is_judged_by_its_own_matters_and_problems() -> None:
    honest()
    falling()
    register("130726", OCTOBER, 50)
    problem(centre="130726")
    assert [(term.part, term.whole) for term in index.of(OCTOBER, "130722").terms][:2] == [(12, 40), (0, 0)]


# --- The guards --------------------------------------------------------------------------------------


def test_a_centre_without_consultations_in_a_month_makes_it_untold_and_is_named() -> None:
    honest(but=("130726", date(2026, 9, 1)))
    falling()
    found = index.of(OCTOBER)
    assert (found.value, found.text) == (None, "不可评")
    guard = next(guard for guard in found.failing)
    assert (guard.code, guard.for_whom) == ("consultations", [("蔚县", "2026年9月")])
    assert index.of(OCTOBER, "130722").value is not None


def test_a_month_with_nothing_and_no_zero_report_makes_it_untold() -> None:
    honest()
    falling()
    ZeroReport.objects.filter(centre="130700", month=OCTOBER).delete()
    found = index.of(OCTOBER)
    assert [(guard.code, guard.for_whom) for guard in found.failing] == [
        ("zero_reports", [("张家口市", "2026年10月")])
    ]
    assert index.of(date(2026, 9, 1)).value is not None


def test_more_complaints_elsewhere_than_in_the_three_months_before_make_it_untold() -> None:
    honest()
    falling()
    ElsewhereCount.objects.filter(centre="130700", month=OCTOBER).update(count=3)
    found = index.of(OCTOBER)
    assert [guard.says for guard in found.failing] == ["其他渠道投诉近三个月 19 件，前三个月 18 件，上升。"]


def test_complaints_that_nobody_recorded_are_not_taken_for_none() -> None:
    honest()
    falling()
    ElsewhereCount.objects.filter(centre="130726", month=date(2026, 6, 1)).delete()
    assert [guard.for_whom for guard in index.of(OCTOBER).failing] == [[("蔚县", "2026年6月")]]
    assert held("elsewhere", index.of(date(2026, 5, 1)))


def test_a_short_time_has_no_peak_to_compare_with() -> None:
    honest()
    falling()
    early = index.of(date(2026, 5, 1))
    assert not held("data", early)
    assert "不足 6 个月" in early.why
    assert held("data", index.of(date(2026, 6, 1)))


def test_a_handful_of_matters_has_no_rate() -> None:
    honest()
    for month in YEAR:
        register("130722", month, 1)
    assert "样本不足" in index.of(OCTOBER, "130722").why


def test_a_suspended_centre_and_one_that_came_in_the_middle_are_not_asked(yuxian: Any) -> None:
    honest(but=("130726", OCTOBER))
    falling()
    Centre.objects.filter(code="130726").update(suspended_at=datetime(2026, 10, 20, tzinfo=SHANGHAI))
    assert index.of(OCTOBER).value is not None
    Centre.objects.filter(code="130726").update(suspended_at=None)
    assert index.of(OCTOBER).value is None


def test_history_asks_no_more_queries_than_a_month() -> None:
    honest()
    falling()
    with CaptureQueriesContext(connection) as one:
        index.of(OCTOBER)
    with CaptureQueriesContext(connection) as twelve:
        assert len(index.history()) == 12
    assert len(twelve) == len(one) <= 8


# --- Page and API ------------------------------------------------------------------------------------


@pytest.fixture
def analyst(office: Any) -> Client:
    return schemas.client_for(office, schemas.make_staff(office, Role.CITY_ANALYST))


def page_of(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_page_shows_the_formula_with_its_numbers_and_the_guards(analyst: Client) -> None:
    honest()
    falling()
    told = page_of(analyst, "/index/")
    for said in (
        "0.35 ×（1 − 12/40）",
        "咨询照常登记",
        "满足",
        "2026年10月",
        "100 × [0.35 ×（1 − 近三个月登记件",
    ):
        assert said in told


def test_the_page_says_untold_and_for_whom(analyst: Client) -> None:
    honest(but=("130726", date(2026, 9, 1)))
    falling()
    told = page_of(analyst, "/index/")
    assert "不可评" in told
    assert "蔚县" in told


@pytest.mark.parametrize(
    "query", ["?month=2026-13", "?month=x", "?month=2027-01", "?centre=999999", "?month=1999-01"]
)
def test_a_month_or_centre_that_there_is_not_gets_a_sentence(analyst: Client, query: str) -> None:
    told = page_of(analyst, f"/index/{query}")
    assert "现按" in told
    assert "2026年10月" in told


def test_a_centre_sees_its_own_index_whatever_the_address_says(zhangbei: Any) -> None:
    honest()
    falling()
    register("130726", OCTOBER, 99)
    lead = schemas.client_for(zhangbei, schemas.make_staff(zhangbei, Role.WINDOW_LEAD))
    assert "12/40" in page_of(lead, "/figures/index/?centre=130726")


def test_a_clerk_sees_no_index(zhangbei: Any) -> None:
    clerk = schemas.client_for(zhangbei, schemas.make_staff(zhangbei, Role.WINDOW_CLERK))
    assert clerk.get("/figures/index/").status_code == 403


def test_the_api_tells_the_same(office: Any) -> None:
    honest(but=("130726", date(2026, 9, 1)))
    falling()
    api = schemas.api_for(office, schemas.make_staff(office, Role.CITY_ANALYST))
    found = api.get("/api/v1/index/?month=2026-10").json()
    assert [(each["month"], each["text"], each["value"]) for each in found] == [("2026-10", "不可评", None)]
    guard = next(each for each in found[0]["guards"] if not each["holds"])
    assert guard["lacking"] == [{"centre": "蔚县", "months": ["2026-09"]}]
    assert len(api.get("/api/v1/index/?centre=130722").json()) == 12
    assert api.get("/api/v1/index/?month=2026-99").status_code == 422
    assert api.get("/api/v1/index/?mouth=2026-10").status_code == 422
