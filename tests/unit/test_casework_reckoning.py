"""The reckoning of a retirement: against the official tables, and what holds for everybody."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.casework.reckoning import pension
from tenants.casework.reckoning.ages import RULES, Category, least_contribution, retirement
from tenants.casework.reckoning.months import Month, age, length
from tenants.casework.reckoning.pension import PayoutRule, Record, Terms
from tenants.casework.reckoning.sheet import DISCLAIMER, Inputs, Sheet, Unreckonable, reckon

MAN, WOMAN_55, WOMAN_50 = Category.MAN, Category.WOMAN_55, Category.WOMAN_50
TERMS = Terms("示例省2026年（第1版）", 2026, Decimal(7000), Decimal("1.3"))
RECORD = Record(actual_months=200, deemed_months=80, index=Decimal("0.85"), balance=Decimal("79200.00"))
births = st.builds(Month, st.integers(1955, 2010), st.integers(1, 12))
categories = st.sampled_from(Category)


def month(text: str) -> Month:
    return Month.parse(text)


# --- Months ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["1965-03", "196503", "1965/3", "1965年3月", " 1965-3 "])
def test_a_month_is_read_in_every_usual_form(written: str) -> None:
    assert month(written) == Month(1965, 3)


@pytest.mark.parametrize(
    "written", ["", "1965", "1965-13", "1965-00", "0965-03", "３月", "1965-03-01", "十月"]
)
def test_what_is_no_month_is_refused_in_words(written: str) -> None:
    with pytest.raises(ValueError, match="年月不对"):
        month(written)


@given(births, st.integers(-600, 600))
def test_months_are_added_and_taken_away_alike(start: Month, apart: int) -> None:
    assert (start + apart) - start == apart


@given(births, st.integers(0, 600))
def test_later_months_are_greater(start: Month, apart: int) -> None:
    assert (start + apart > start) == (apart > 0)


def test_lengths_and_ages_are_said_in_words() -> None:
    assert [length(0), length(5), length(180), length(186)] == ["0个月", "5个月", "15年", "15年6个月"]
    assert [age(720), age(721)] == ["60岁", "60岁1个月"]


# --- The official tables -----------------------------------------------------------------------------

# born, category, statutory age in years and months, month of retirement: rows of tables 1 to 3.
TABLE = [
    ("1964-12", MAN, 60, 0, "2024-12"),
    ("1965-01", MAN, 60, 1, "2025-02"),
    ("1965-04", MAN, 60, 1, "2025-05"),
    ("1965-05", MAN, 60, 2, "2025-07"),
    ("1965-12", MAN, 60, 3, "2026-03"),
    ("1966-01", MAN, 60, 4, "2026-05"),
    ("1970-06", MAN, 61, 5, "2031-11"),
    ("1976-08", MAN, 62, 11, "2039-07"),
    ("1976-09", MAN, 63, 0, "2039-09"),
    ("1990-01", MAN, 63, 0, "2053-01"),
    ("1969-12", WOMAN_55, 55, 0, "2024-12"),
    ("1970-01", WOMAN_55, 55, 1, "2025-02"),
    ("1970-05", WOMAN_55, 55, 2, "2025-07"),
    ("1975-10", WOMAN_55, 56, 6, "2032-04"),
    ("1981-08", WOMAN_55, 57, 11, "2039-07"),
    ("1981-09", WOMAN_55, 58, 0, "2039-09"),
    ("1974-12", WOMAN_50, 50, 0, "2024-12"),
    ("1975-01", WOMAN_50, 50, 1, "2025-02"),
    ("1975-02", WOMAN_50, 50, 1, "2025-03"),
    ("1975-03", WOMAN_50, 50, 2, "2025-05"),
    ("1979-12", WOMAN_50, 52, 6, "2032-06"),
    ("1984-10", WOMAN_50, 54, 11, "2039-09"),
    ("1984-11", WOMAN_50, 55, 0, "2039-11"),
]


@pytest.mark.parametrize(("born", "category", "years", "rest", "retires"), TABLE)
def test_the_statutory_month_is_that_of_the_official_table(
    born: str, category: Category, years: int, rest: int, retires: str
) -> None:
    found = retirement(month(born), category)
    assert (found.age, found.statutory) == (years * 12 + rest, month(retires))


@pytest.mark.parametrize(
    ("year", "months"),
    [(2025, 180), (2029, 180), (2030, 186), (2031, 192), (2034, 210), (2038, 234), (2039, 240), (2050, 240)],
)
def test_the_least_contribution_is_that_of_the_official_table(year: int, months: int) -> None:
    assert least_contribution(year) == months


@pytest.mark.parametrize(
    ("years", "months"), [(40, 233), (50, 195), (55, 170), (60, 139), (63, 117), (70, 56)]
)
def test_payout_months_are_those_of_the_annex(years: int, months: int) -> None:
    assert pension.payout_months(TERMS, years * 12) == months


def test_the_annex_is_whole_and_falls_with_age() -> None:
    ages = sorted(pension.PAYOUT_MONTHS)
    assert ages == list(range(40, 71))
    assert [pension.PAYOUT_MONTHS[each] for each in ages] == sorted(
        pension.PAYOUT_MONTHS.values(), reverse=True
    )


# --- What holds for everybody ------------------------------------------------------------------------


@given(births, categories)
def test_nobody_retires_before_the_former_age_or_later_than_the_final_one(
    born: Month, category: Category
) -> None:
    rule, found = RULES[category], retirement(born, category)
    assert rule.former * 12 <= found.age <= rule.final * 12
    assert found.former <= found.earliest <= found.statutory <= found.latest


@given(births, categories)
def test_whoever_is_younger_retires_later(born: Month, category: Category) -> None:
    sooner, later = retirement(born, category), retirement(born + 1, category)
    assert later.statutory > sooner.statutory
    assert later.delay >= sooner.delay


@given(births, categories)
def test_the_flexible_months_are_at_most_three_years_each_way(born: Month, category: Category) -> None:
    found = retirement(born, category)
    assert found.statutory - found.earliest <= 36
    assert found.latest - found.statutory in (0, 36)


@given(births, categories)
def test_before_2025_nothing_rises_and_nothing_is_flexible(born: Month, category: Category) -> None:
    found = retirement(born, category)
    under_the_former_rule = found.former < Month(2025, 1)
    assert (found.delay == 0) == under_the_former_rule
    assert (found.latest == found.statutory) == under_the_former_rule


@given(st.integers(2000, 2100))
def test_the_least_contribution_never_falls(year: int) -> None:
    assert least_contribution(year) <= least_contribution(year + 1)


@given(st.integers(480, 840), st.sampled_from(PayoutRule))
def test_payout_months_never_rise_with_age(months: int, rule: PayoutRule) -> None:
    terms = Terms("", 2026, Decimal(7000), Decimal(1), payout_rule=rule)
    assert pension.payout_months(terms, months + 1) <= pension.payout_months(terms, months)


records = st.builds(
    Record,
    st.integers(0, 480),
    st.integers(0, 240),
    st.decimals("0.1", "5", places=4),
    st.decimals("0", "900000", places=2),
)


@given(records)
def test_one_month_more_never_means_less(record: Record) -> None:
    more = Record(record.actual_months + 1, record.deemed_months, record.index, record.balance)
    assert pension.basic(TERMS, more) >= pension.basic(TERMS, record)


@given(records)
def test_every_part_is_whole_in_fen_and_not_negative(record: Record) -> None:
    for part in (
        pension.basic(TERMS, record),
        pension.account(TERMS, record, 725),
        pension.transitional(TERMS, record),
    ):
        assert part >= 0
        assert part == part.quantize(Decimal("0.01"))


# --- How much ----------------------------------------------------------------------------------------


def test_the_three_parts_follow_their_formulas() -> None:
    # (7000 + 7000×0.85) ÷ 2 × 280 ÷ 12 × 1 % = 6475 × 0.2333…; 79200 ÷ 132; 5950 × 80 ÷ 12 × 1.3 %
    assert pension.basic(TERMS, RECORD) == Decimal("1510.83")
    assert pension.account(TERMS, RECORD, 61 * 12 + 4) == Decimal("600.00")
    assert pension.transitional(TERMS, RECORD) == Decimal("515.67")


def test_between_two_ages_the_completed_year_counts_unless_the_province_goes_by_month() -> None:
    by_month = Terms("", 2026, Decimal(7000), Decimal(1), payout_rule=PayoutRule.MONTHLY)
    assert pension.payout_months(TERMS, 60 * 12 + 1) == 139
    assert pension.payout_months(by_month, 60 * 12 + 1) == Decimal("138.4")
    assert pension.payout_months(by_month, 60 * 12) == 139


def test_a_provinces_own_payout_months_take_the_place_of_the_annex() -> None:
    own = Terms("", 2026, Decimal(7000), Decimal(1), payout_months={60: Decimal(140)})
    assert [pension.payout_months(own, years * 12) for years in (60, 61)] == [140, 132]


@pytest.mark.parametrize(("months", "as_of"), [(30 * 12, 233), (75 * 12, 56), (70 * 12 + 11, 56)])
def test_outside_the_annex_its_ends_count(months: int, as_of: int) -> None:
    assert pension.payout_months(TERMS, months) == as_of


def test_half_a_fen_is_rounded_up() -> None:
    record = Record(0, 12, Decimal("0.5"), Decimal(0))
    terms = Terms("", 2026, Decimal(101), Decimal(1))  # 50.5 × 1 × 1 % = 0.505
    assert pension.transitional(terms, record) == Decimal("0.51")


# --- The sheet ---------------------------------------------------------------------------------------


def inputs(**more: Any) -> Inputs:
    """A man born in 1966-01: statutory in 2026-05, 60 years and 4 months old."""
    given = {"born": month("1966-01"), "category": MAN, "record": RECORD, "planned": month("2026-05")}
    return Inputs(**{**given, **more})


def lines(sheet: Sheet) -> dict[str, str]:
    return {line.label: line.result for group in sheet.groups for line in group.lines}


def test_the_sheet_shows_every_step_with_its_figures() -> None:
    sheet = reckon(inputs(), TERMS)
    shown = lines(sheet)
    assert shown["原法定退休年龄（60周岁）"] == "2026年1月"
    assert shown["法定退休时间"] == "2026年5月"
    assert shown["弹性退休的范围"] == "2026年1月至2029年5月"
    assert shown["缴费年限"] == "23年4个月（280个月）"
    assert shown["是否达到"] == "已达到"
    assert shown["基础养老金"] == "1,510.83元"
    assert shown["个人账户养老金"] == "569.78元"  # 79200 ÷ 139
    assert shown["过渡性养老金"] == "515.67元"
    assert shown["合计（每月）"] == "2,596.28元"
    assert sheet.total == Decimal("2596.28")


def test_the_sheet_says_that_it_is_an_estimate_and_by_which_parameters() -> None:
    notes = "".join(reckon(inputs(), TERMS).notes)
    assert DISCLAIMER in notes
    assert "仅供参考" in notes
    assert TERMS.name in notes


def test_without_deemed_years_there_is_no_transitional_part() -> None:
    record = Record(280, 0, RECORD.index, RECORD.balance)
    assert "过渡性养老金" not in lines(reckon(inputs(record=record), TERMS))


def test_what_is_missing_is_said_in_months_with_the_year_it_is_measured_by() -> None:
    record = Record(150, 20, RECORD.index, RECORD.balance)
    born_later = inputs(born=month("1970-06"), planned=month("2031-11"), record=record)
    sheet = reckon(born_later, TERMS)
    assert sheet.short == 22  # 16 years are needed by those who retire in 2031
    assert "按2031年的最低缴费年限16年，还差22个月" in "".join(sheet.notes)


def test_whoever_goes_early_needs_the_least_contribution_of_that_year() -> None:
    early = inputs(born=month("1970-06"), planned=month("2030-06"))
    assert lines(reckon(early, TERMS))["最低缴费年限"] == "15年6个月（186个月）"


def test_whoever_goes_late_needs_no_more_than_in_the_statutory_year() -> None:
    late = inputs(born=month("1969-01"), planned=month("2032-01"))
    assert retirement(month("1969-01"), MAN).statutory == month("2030-02")
    assert lines(reckon(late, TERMS))["最低缴费年限"] == "15年6个月（186个月）"


@pytest.mark.parametrize(
    ("more", "field", "said"),
    [
        ({"planned": Month(2025, 12)}, "planned", "最早可在2026年1月退休"),
        ({"planned": Month(2029, 6)}, "planned", "最晚可延迟到2029年5月退休"),
        ({"planned": Month(2026, 5), "prolonged": True}, "planned", "应晚于法定退休时间2026年5月"),
        ({"born": Month(1960, 1), "planned": Month(2019, 12)}, "planned", "法定退休时间是2020年1月"),
        ({"record": Record(0, 0, Decimal(1), Decimal(0))}, "actual_months", "都是0"),
        ({"record": Record(533, 0, Decimal(1), Decimal(0))}, "actual_months", "只有532个月"),
        (
            {"planned": Month(2026, 1), "record": Record(170, 0, Decimal(1), Decimal(0))},
            "planned",
            "须先达到最低缴费年限15年，还差10个月",
        ),
    ],
)
def test_figures_that_do_not_go_together_are_refused_at_their_field(
    more: dict[str, Any], field: str, said: str
) -> None:
    with pytest.raises(Unreckonable, match=said) as refused:
        reckon(inputs(**more), TERMS)
    assert refused.value.field == field


def test_who_contributes_on_may_retire_later_than_the_flexible_limit() -> None:
    sheet = reckon(inputs(planned=month("2031-05"), prolonged=True), TERMS)
    assert sheet.planned == "2031年5月"


@given(births, categories, st.integers(-40, 40), records, st.booleans())
def test_any_figures_are_reckoned_or_refused_in_words(
    born: Month, category: Category, apart: int, record: Record, prolonged: bool
) -> None:
    planned = retirement(born, category).statutory + apart
    outcome = outcome_of(Inputs(born, category, record, planned, prolonged))
    if isinstance(outcome, Unreckonable):
        assert outcome.field in ("planned", "actual_months")
        assert outcome.sentence.endswith("。")
        return
    parts = lines(outcome)
    amounts = [parts[name] for name in ("基础养老金", "个人账户养老金", "过渡性养老金") if name in parts]
    assert sum(Decimal(text.rstrip("元").replace(",", "")) for text in amounts) == outcome.total
    assert outcome.notes[0] == DISCLAIMER


def outcome_of(given: Inputs) -> Sheet | Unreckonable:
    try:
        return reckon(given, TERMS)
    except Unreckonable as refused:
        return refused
