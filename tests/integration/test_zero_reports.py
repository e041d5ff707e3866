"""零报告 and 其他渠道投诉: who owes one, filing it, who sees what, wrong input."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client

from bancheng.catalogue.words import Channel
from bancheng.centres.models import Centre
from bancheng.centres.scope import in_centre
from bancheng.errors import Conflict, Invalid, NotAllowed
from bancheng.identity.roles import Role
from bancheng.overview.index import elsewhere, months, zero
from bancheng.overview.models import ConsultationFact, ElsewhereCount, Fact, ZeroReport
from bancheng.privacy import audit
from bancheng.timekeeping import clock
from bancheng.timekeeping.clock import SHANGHAI
from tasks import notices
from tenants.matters.actions import count_consultations
from tenants.notices.kinds import NoticeKind
from tenants.notices.models import Notice
from tenants.workbook import summary
from tenants.workbook import zero as filing
from tests import schemas
from tests.desk import Desk

OPENED = datetime(2026, 6, 10, 9, 0, tzinfo=SHANGHAI)
NOW = datetime(2026, 11, 24, 16, 0, tzinfo=SHANGHAI)
OCTOBER, SEPTEMBER, JULY, JUNE = (date(2026, n, 1) for n in (10, 9, 7, 6))


@pytest.fixture(autouse=True)
def _now(city: Any, zhangbei: Any) -> Iterator[None]:
    """Windows that were opened in the middle of June."""
    Centre.objects.update(created_at=OPENED)
    with clock.at(NOW):
        yield


def stands(centre: str) -> dict[date, str]:
    lines = zero.grid(months.until(months.first_of(clock.today())), centre)
    return {cell.month: cell.stand.value for cell in lines[0].cells}


# --- Who owes one ------------------------------------------------------------------------------------


def test_a_month_over_with_nothing_is_owed_from_the_first_whole_month_on() -> None:
    found = stands("130722")
    assert [found[date(2026, n, 1)] for n in (5, 6, 7, 8, 9, 10, 11)] == [
        "absent",
        "absent",
        "owed",
        "owed",
        "owed",
        "owed",
        "running",
    ]
    assert zero.owed_by("130722") == [JULY, date(2026, 8, 1), SEPTEMBER, OCTOBER]


def test_a_month_with_a_matter_owes_nothing() -> None:
    Fact.objects.create(centre="130722", day=date(2026, 9, 30), item="YL10", kind="hard", registered=1)
    assert stands("130722")[SEPTEMBER] == "busy"
    assert stands("130700")[SEPTEMBER] == "owed"


def test_what_was_counted_before_the_centre_was_added_tells_how_old_the_window_is() -> None:
    ConsultationFact.objects.create(
        centre="130722", day=date(2026, 5, 1), item="YL10", channel=Channel.COUNTER, count=1
    )
    assert stands("130722")[date(2026, 5, 1)] == "owed"


def test_a_suspended_centre_owes_nothing_more() -> None:
    Centre.objects.filter(code="130722").update(suspended_at=datetime(2026, 9, 15, tzinfo=SHANGHAI))
    found = stands("130722")
    assert (found[date(2026, 8, 1)], found[SEPTEMBER], found[OCTOBER]) == ("owed", "absent", "absent")


def test_the_summary_of_a_month_names_who_filed_and_who_did_not(yuxian: Any) -> None:
    Centre.objects.update(created_at=OPENED)
    ZeroReport.objects.create(centre="130726", month=OCTOBER, filed_at=NOW)
    Fact.objects.create(centre="130722", day=OCTOBER, item="YL10", kind="hard", registered=2)
    found = zero.summary(OCTOBER)
    assert (found.filed, found.owed, found.busy) == (["蔚县"], ["张家口市"], 1)


# --- Filing ------------------------------------------------------------------------------------------


def test_a_lead_files_and_it_is_audited(desk: Desk) -> None:
    lead = desk.actor(Role.WINDOW_LEAD)
    report = filing.file_zero_report(actor=lead, month=OCTOBER)
    assert (report.centre, report.month, report.filed_at) == ("130722", OCTOBER, NOW)
    assert stands("130722")[OCTOBER] == "filed"
    entry = audit.entries(act="zero_report.file").get()
    assert (entry.actor_id, entry.subject_id) == (lead.id, "2026-10")


def test_consultations_of_the_month_stand_in_the_report(desk: Desk) -> None:
    with clock.at(datetime(2026, 10, 12, 10, 0, tzinfo=SHANGHAI)):
        count_consultations(
            actor=desk.actor(Role.WINDOW_CLERK),
            day=clock.today(),
            item_code="YL10",
            channel=Channel.COUNTER,
            count=7,
        )
    assert filing.file_zero_report(actor=desk.actor(Role.WINDOW_LEAD), month=OCTOBER).consultations == 7


def test_a_month_with_a_matter_in_the_book_is_refused_even_before_it_was_counted(desk: Desk) -> None:
    with clock.at(datetime(2026, 10, 12, 10, 0, tzinfo=SHANGHAI)):
        desk.registered()
    with pytest.raises(Conflict) as refused:
        filing.file_zero_report(actor=desk.actor(Role.WINDOW_LEAD), month=OCTOBER)
    assert refused.value.code == "not_nothing"
    assert "登记了1件反映件" in refused.value.message


def test_a_month_is_reported_once(desk: Desk) -> None:
    lead = desk.actor(Role.WINDOW_LEAD)
    filing.file_zero_report(actor=lead, month=OCTOBER)
    with pytest.raises(Conflict) as refused:
        filing.file_zero_report(actor=lead, month=OCTOBER)
    assert refused.value.code == "filed_already"
    assert audit.entries(act="zero_report.file").count() == 1


@pytest.mark.parametrize(
    "month",
    [date(2026, 11, 1), date(2026, 12, 1), date(2025, 10, 1), date(2026, 10, 2), JUNE, date(2026, 5, 1)],
)
def test_a_month_not_over_too_old_or_without_a_window_is_refused(desk: Desk, month: date) -> None:
    with pytest.raises(Invalid) as refused:
        filing.file_zero_report(actor=desk.actor(Role.WINDOW_LEAD), month=month)
    assert refused.value.errors["month"]


@pytest.mark.parametrize("role", [Role.WINDOW_CLERK, Role.HANDLER, Role.DIRECTOR, Role.AUDITOR])
def test_nobody_but_the_lead_files(desk: Desk, role: str) -> None:
    with pytest.raises(NotAllowed):
        filing.file_zero_report(actor=desk.actor(role), month=OCTOBER)


def test_two_leads_at_once_file_one_report(
    zhangbei: Any, at_once: Callable[..., list[Any]], city: Any
) -> None:
    desk = Desk(zhangbei)
    lead = desk.actor(Role.WINDOW_LEAD)

    def file() -> Any:
        with clock.at(NOW), in_centre("130722"):
            return filing.file_zero_report(actor=lead, month=OCTOBER)

    found = at_once(file, file)
    assert sorted(type(each).__name__ for each in found) == ["Conflict", "ZeroReport"]
    assert ZeroReport.objects.count() == 1


def test_a_summary_of_the_facts_changes_nothing_about_a_filed_report(desk: Desk) -> None:
    filing.file_zero_report(actor=desk.actor(Role.WINDOW_LEAD), month=OCTOBER)
    summary.summarise("130722")
    assert stands("130722")[OCTOBER] == "filed"


def test_leads_are_told_once_which_reports_are_owed(desk: Desk) -> None:
    lead = desk.staff(Role.WINDOW_LEAD)
    desk.staff(Role.WINDOW_CLERK)
    ZeroReport.objects.create(centre="130722", month=OCTOBER, filed_at=NOW)
    assert (filing.remind(), filing.remind()) == (3, 0)
    told = Notice.objects.filter(kind=NoticeKind.ZERO_REPORT_DUE)
    assert {notice.recipient_id for notice in told} == {lead.pk}
    assert {notice.text for notice in told} == {
        f"2026年{n}月没有登记反映件，请核对后报送零报告。" for n in (7, 8, 9)
    }


def test_the_morning_of_a_working_day_reminds(zhangbei: Any) -> None:
    schemas.make_staff(zhangbei, Role.WINDOW_LEAD)
    notices.digest(centre="130722")
    with in_centre("130722"):
        assert Notice.objects.filter(kind=NoticeKind.ZERO_REPORT_DUE).count() == 4


def test_a_notice_of_an_owed_report_leads_to_the_page(zhangbei: Any) -> None:
    person = schemas.make_staff(zhangbei, Role.WINDOW_LEAD)
    with in_centre("130722"):
        filing.remind()
        notice = Notice.objects.filter(recipient=person)[0]
    answer = schemas.client_for(zhangbei, person).post(f"/notices/{notice.pk}/open/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/zero-reports/")


# --- The centre's page and API -----------------------------------------------------------------------


@pytest.fixture
def lead(zhangbei: Any) -> Client:
    return schemas.client_for(zhangbei, schemas.make_staff(zhangbei, Role.WINDOW_LEAD))


def test_a_lead_files_on_the_page(lead: Client) -> None:
    assert "有零报告未报" in lead.get("/zero-reports/").content.decode()
    answer = lead.post("/zero-reports/", {"month": "2026-10"}, follow=True)
    assert "2026年10月零报告已报送" in answer.content.decode()
    assert ZeroReport.objects.filter(month=OCTOBER).exists()


@pytest.mark.parametrize("month", ["", "2026-11", "2026-1", "十月", "2026-06", "\x00"])
def test_wrong_months_on_the_page_get_a_sentence(lead: Client, month: str) -> None:
    answer = lead.post("/zero-reports/", {"month": month})
    assert answer.status_code == 422
    assert "没有报送" in answer.content.decode() or "不需要报送" in answer.content.decode()


def test_a_director_reads_and_has_no_button(zhangbei: Any) -> None:
    director = schemas.client_for(zhangbei, schemas.make_staff(zhangbei, Role.DIRECTOR))
    told = director.get("/zero-reports/").content.decode()
    assert "请窗口负责人报送" in told
    assert "data-confirm" not in told
    assert director.post("/zero-reports/", {"month": "2026-10"}).status_code == 403


def test_the_api_files_and_lists(zhangbei: Any) -> None:
    api = schemas.api_for(zhangbei, schemas.make_staff(zhangbei, Role.WINDOW_LEAD))
    made = api.post("/api/v1/zero-reports/", {"month": "2026-10"}, format="json")
    assert (made.status_code, made.json()["stand"]) == (201, "filed")
    assert api.post("/api/v1/zero-reports/", {"month": "2026-10"}, format="json").status_code == 409
    assert api.post("/api/v1/zero-reports/", {"month": "2026-11"}, format="json").status_code == 422
    listed = api.get("/api/v1/zero-reports/").json()
    assert [(each["month"], each["stand"]) for each in listed[:2]] == [
        ("2026-10", "filed"),
        ("2026-09", "owed"),
    ]


# --- The office --------------------------------------------------------------------------------------


@pytest.fixture
def analyst(office: Any) -> Client:
    return schemas.client_for(office, schemas.make_staff(office, Role.CITY_ANALYST))


def test_the_office_sees_who_did_not(analyst: Client) -> None:
    ZeroReport.objects.create(centre="130722", month=OCTOBER, filed_at=NOW)
    told = analyst.get("/zero-reports/?month=2026-10").content.decode()
    assert "未报" in told
    assert "张家口市" in told.split("<dt>未报</dt>")[1].split("<dt>")[0]
    assert "张北县" in told.split("<dt>已报</dt>")[1].split("</dl>")[0]


def test_the_offices_api_lists_every_centre(office: Any) -> None:
    api = schemas.api_for(office, schemas.make_staff(office, Role.CITY_ANALYST))
    found = api.get("/api/v1/zero-reports/?month=2026-10").json()
    assert found["count"] == 3
    assert [(each["code"], each["months"][0]["stand"]) for each in found["results"]] == [
        ("130700", "owed"),
        ("130722", "owed"),
        ("130726", "owed"),
    ]


# --- Complaints elsewhere ----------------------------------------------------------------------------


def test_an_analyst_notes_a_number_for_each_centre_and_it_is_audited(analyst: Client, office: Any) -> None:
    answer = analyst.post("/elsewhere/?month=2026-10", {"130700": "4", "130722": "0"}, follow=True)
    assert "2026年10月：已登记2个中心的件数" in answer.content.decode()
    assert dict(ElsewhereCount.objects.values_list("centre", "count")) == {"130700": 4, "130722": 0}
    with in_centre(office.code):
        assert audit.entries(act="elsewhere.record").get().data["counts"] == {"130700": 4, "130722": 0}


def test_nothing_typed_is_not_recorded_and_is_not_zero(analyst: Client) -> None:
    analyst.post("/elsewhere/?month=2026-10", {"130700": "4", "130722": ""})
    assert ElsewhereCount.objects.get().centre == "130700"
    analyst.post("/elsewhere/?month=2026-10", {"130700": "", "130722": ""})
    assert not ElsewhereCount.objects.exists()


@pytest.mark.parametrize("typed", ["-1", "三", "1.5", "10000", "99999999999999999999"])
def test_wrong_numbers_stand_beside_their_field_and_nothing_typed_is_lost(
    analyst: Client, typed: str
) -> None:
    answer = analyst.post("/elsewhere/?month=2026-10", {"130700": "7", "130722": typed})
    told = answer.content.decode()
    assert answer.status_code == 422
    assert "请填写0至9999的整数" in told
    assert 'value="7"' in told
    assert f'value="{typed}"' in told
    assert not ElsewhereCount.objects.exists()


@pytest.mark.parametrize("month", ["2026-11", "2030-01", "x"])
def test_a_month_that_is_not_over_is_not_written(analyst: Client, month: str) -> None:
    assert analyst.post(f"/elsewhere/?month={month}", {"130700": "7"}).status_code == 422
    assert not ElsewhereCount.objects.exists()


def test_an_operator_reads_and_does_not_write(office: Any) -> None:
    operator = schemas.client_for(office, schemas.make_staff(office, Role.OPERATOR))
    told = operator.get("/elsewhere/").content.decode()
    assert "未登记" in told
    assert "保存" not in told
    assert operator.post("/elsewhere/", {"130700": "7"}).status_code == 403


def test_what_did_not_change_is_not_audited_again(office: Any) -> None:
    with in_centre(office.code):
        actor = schemas.make_staff(office, Role.CITY_ANALYST).actor
        assert elsewhere.record_counts(actor=actor, month=OCTOBER, counts={"130700": 4}) == 1
        assert elsewhere.record_counts(actor=actor, month=OCTOBER, counts={"130700": 4}) == 0
        assert audit.entries(act="elsewhere.record").count() == 1


def test_the_api_notes_one_number(office: Any) -> None:
    api = schemas.api_for(office, schemas.make_staff(office, Role.CITY_COORDINATOR))
    body = {"month": "2026-10", "centre": "130722", "count": 5}
    assert api.post("/api/v1/elsewhere/", body, format="json").json() == {"changed": 1}
    found = api.get("/api/v1/elsewhere/?month=2026-10").json()["results"]
    assert [(each["code"], each["count"]) for each in found] == [
        ("130700", None),
        ("130722", 5),
        ("130726", None),
    ]
    for wrong in ({"count": -1}, {"centre": "999999"}, {"month": "2026-11"}, {"more": 1}):
        assert api.post("/api/v1/elsewhere/", body | wrong, format="json").status_code in (400, 422)
