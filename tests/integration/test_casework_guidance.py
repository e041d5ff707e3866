"""Guidance: units contacted, policies explained, retirements reckoned and explained, visits paid."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bancheng.catalogue.words import Capacity, ReporterKind
from bancheng.centres.scope import in_centre
from bancheng.errors import Conflict, Invalid, NotAllowed, NotFound
from bancheng.identity.roles import Role
from bancheng.privacy.models import AuditEntry
from bancheng.timekeeping import clock
from tenants.casework.actions import guidance
from tenants.casework.models import Liaison, PolicyExplanation, Reckoning, ReckoningParameters, Visit
from tenants.casework.selectors import guidance as selectors
from tenants.matters import acts, panels
from tenants.matters.actions import ReporterDetails
from tenants.matters.models import Matter
from tests import schemas
from tests.desk import REPORTER, Desk, card

URLCONF = "tenants.urls"
PARAMETERS = {
    "province": "示例省",
    "year": 2026,
    "base": Decimal("7000.00"),
    "coefficient": Decimal("1.3"),
    "source": "示例参数",
}
COMPANY = ReporterDetails(
    kind=ReporterKind.ENTERPRISE, name="示例有限公司", identifier="911307006MA0EXAM1", phone=""
)
LIAISON = {"unit": "示例机械厂", "way": "phone", "kind": "contact", "content": "请补开工龄证明。"}
POLICY = {
    "title": "国务院关于完善企业职工基本养老保险制度的决定",
    "document": "国发〔2005〕38号",
    "article": "第六条",
    "words": "逐项讲明养老金怎么算。",
    "told": "本人",
    "signed": "true",
}
RECKON = {
    "born": "1966-01",
    "category": "man",
    "planned": "2026-05",
    "actual_months": "200",
    "deemed_months": "80",
    "average_index": "0.85",
    "balance": "79200",
}


@pytest.fixture
def matter(desk: Desk) -> Matter:
    return desk.handling()


def do(desk: Desk, matter: Matter, name: str, data: dict[str, Any], role: str = Role.WINDOW_CLERK) -> Matter:
    return acts.perform(name=name, matter_id=matter.pk, actor=desk.actor(role), data=data)


def wrong(desk: Desk, matter: Matter, name: str, data: dict[str, Any]) -> dict[str, list[str]]:
    """The sentences by field with which the act is refused."""
    with pytest.raises(Invalid) as refused:
        do(desk, matter, name, data)
    return refused.value.errors


def enter(desk: Desk, **more: Any) -> ReckoningParameters:
    return guidance.set_parameters(actor=desk.actor(Role.WINDOW_LEAD), **{**PARAMETERS, **more})


def page(name: str, *args: object) -> str:
    return reverse(name, urlconf=URLCONF, args=args)


# --- Units -------------------------------------------------------------------------------------------


def test_a_contact_is_kept_and_told_in_the_timeline(desk: Desk, matter: Matter) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    do(desk, matter, "log_liaison", {**LIAISON, "contact": "示例科长", "next_on": tomorrow.isoformat()})

    row, event = Liaison.objects.get(), matter.events.get(act="log_liaison")
    assert (row.unit, row.contact, row.next_on) == ("示例机械厂", "示例科长", tomorrow)
    assert "请补开工龄证明" in event.note
    assert event.data == {"way": "phone", "kind": "contact", "next_on": tomorrow.isoformat()}


def test_a_contact_cannot_be_agreed_for_yesterday(desk: Desk, matter: Matter) -> None:
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    assert "已经过去" in wrong(desk, matter, "log_liaison", {**LIAISON, "next_on": yesterday})["next_on"][0]


def test_the_next_contact_opens_with_the_unit_of_the_last(desk: Desk, matter: Matter) -> None:
    do(desk, matter, "log_liaison", LIAISON)
    found = Matter.objects.get(pk=matter.pk)
    form = acts.bound("log_liaison").form(matter=found, actor=desk.actor(Role.WINDOW_CLERK))
    assert form.initial["unit"] == "示例机械厂"


def test_an_agreed_contact_is_due_until_somebody_makes_the_next(desk: Desk, matter: Matter) -> None:
    today = clock.today()
    do(desk, matter, "log_liaison", {**LIAISON, "next_on": today.isoformat()})

    assert [row.matter for row in selectors.liaisons_due(today)] == [matter]
    assert selectors.liaisons_due(today - timedelta(days=1)) == []
    do(desk, matter, "log_liaison", {**LIAISON, "unit": "另一单位"})
    assert [row.unit for row in selectors.liaisons_due(today)] == ["示例机械厂"]
    do(desk, matter, "log_liaison", {**LIAISON, "kind": "received"})
    assert selectors.liaisons_due(today) == []


# --- Policies ----------------------------------------------------------------------------------------


def test_a_policy_is_quoted_with_its_document_and_article(desk: Desk, matter: Matter) -> None:
    do(desk, matter, "explain_policy", POLICY)

    row, event = PolicyExplanation.objects.get(), matter.events.get(act="explain_policy")
    assert (row.document, row.article, row.signed) == ("国发〔2005〕38号", "第六条", True)
    assert event.note.startswith(
        "《国务院关于完善企业职工基本养老保险制度的决定》（国发〔2005〕38号）第六条："
    )
    assert event.data == {"signed": True, "reckoning": False}


def test_a_law_has_no_document_number(desk: Desk, matter: Matter) -> None:
    do(desk, matter, "explain_policy", {**POLICY, "title": "中华人民共和国社会保险法", "document": ""})
    assert PolicyExplanation.objects.get().document == ""


def test_a_sheet_counts_as_explained_once_it_is_signed_for(desk: Desk, matter: Matter) -> None:
    enter(desk)
    do(desk, matter, "reckon", RECKON)
    sheet = Reckoning.objects.get()

    do(desk, matter, "explain_policy", {**POLICY, "signed": "false", "reckoning": str(sheet.pk)})
    assert [row.signed for row in selectors.reckonings(matter)] == [False]
    do(desk, matter, "explain_policy", {**POLICY, "reckoning": str(sheet.pk)})
    assert [row.signed for row in selectors.reckonings(matter)] == [True]


def test_a_sheet_of_another_matter_is_not_explained_here(desk: Desk, matter: Matter) -> None:
    enter(desk)
    other = desk.handling()
    do(desk, other, "reckon", RECKON)
    foreign = str(Reckoning.objects.get().pk)
    assert (
        "没有这份测算单"
        in wrong(desk, matter, "explain_policy", {**POLICY, "reckoning": foreign})["reckoning"][0]
    )


# --- Reckoning ---------------------------------------------------------------------------------------


def test_a_reckoning_is_kept_with_what_it_was_made_of(desk: Desk, matter: Matter) -> None:
    parameters = enter(desk)
    do(desk, matter, "reckon", RECKON)

    row, event = Reckoning.objects.get(), matter.events.get(act="reckon")
    assert row.parameters == parameters
    assert row.inputs["born"] == "1966-01"
    assert (row.sheet["statutory"], row.sheet["total"]) == ("2026年5月", "2,596.28元")
    assert event.data == {"parameters": "示例省2026年（第1版）"}
    assert "测算仅供参考" in event.note


def test_nothing_of_a_reckoning_stands_in_clear_in_the_database(desk: Desk, matter: Matter) -> None:
    enter(desk)
    do(desk, matter, "reckon", RECKON)
    with connection.cursor() as cursor:
        cursor.execute("SELECT inputs::text || sheet::text FROM casework_reckoning")
        (stored,) = cursor.fetchone()
    for clear in ("1966-01", "79200", "2,596.28"):
        assert clear not in stored
        assert clear.encode().hex() not in stored


def test_the_month_of_birth_comes_from_the_card(desk: Desk, matter: Matter) -> None:
    enter(desk, year=2020)
    do(desk, matter, "reckon", {**RECKON, "born": "", "planned": "2020-03"})
    assert Reckoning.objects.get().inputs["born"] == "1960-03"


def test_it_comes_from_the_card_of_whom_one_acts_for(desk: Desk) -> None:
    enter(desk)
    agent = replace(
        REPORTER,
        capacity=Capacity.AGENT,
        principal_name="示例母亲",
        principal_identifier=card(born="19760115", serial="122"),
    )
    matter = desk.handling(reporter=agent)
    do(desk, matter, "reckon", {**RECKON, "born": "", "category": "woman_50", "planned": "2026-08"})
    assert Reckoning.objects.get().inputs["born"] == "1976-01"


def test_a_card_of_the_other_sex_is_noticed(desk: Desk, matter: Matter) -> None:
    enter(desk)
    errors = wrong(desk, matter, "reckon", {**RECKON, "born": "", "category": "woman_55"})
    assert "证件号显示为男" in errors["category"][0]


def test_without_a_card_the_month_is_asked_for(desk: Desk) -> None:
    enter(desk)
    matter = desk.handling(reporter=replace(REPORTER, identifier=""))
    assert "没有登记身份证号" in wrong(desk, matter, "reckon", {**RECKON, "born": ""})["born"][0]


def test_an_enterprise_has_no_birth_date(desk: Desk) -> None:
    enter(desk)
    matter = desk.handling(reporter=COMPANY)
    assert "反映人是单位" in wrong(desk, matter, "reckon", {**RECKON, "born": ""})["whom"][0]
    assert (
        "请填写其出生年月"
        in wrong(desk, matter, "reckon", {**RECKON, "born": "", "whom": "欧阳职工"})["born"][0]
    )
    do(desk, matter, "reckon", {**RECKON, "whom": "欧阳职工"})
    assert Reckoning.objects.get().inputs["whom"] == "欧阳职工"


@pytest.mark.parametrize(
    ("more", "field", "said"),
    [
        ({"born": "1966-13"}, "born", "年月不对"),
        ({"planned": ""}, "planned", "请填写此项"),
        ({"planned": "2025-01"}, "planned", "最早可在2026年1月退休"),
        ({"planned": "2035-01"}, "planned", "最晚可延迟到2029年5月退休"),
        ({"actual_months": "-1"}, "actual_months", "请填写0至720的整数。"),
        ({"actual_months": "二百"}, "actual_months", "请填写0至720的整数。"),
        ({"actual_months": "700"}, "actual_months", "只有532个月"),
        ({"average_index": "9"}, "average_index", "请填写0.1至5，最多4位小数。"),
        ({"average_index": "0.12345"}, "average_index", "请填写0.1至5，最多4位小数。"),
        ({"average_index": "很高"}, "average_index", "请填写0.1至5，最多4位小数。"),
        ({"balance": "1e30"}, "balance", "请填写0至99999999.99"),
        ({"category": "child"}, "category", "请从列表中选择"),
        ({"parameters": "0192c3a4-0000-7000-8000-000000000000"}, "parameters", "没有这组参数"),
        ({"parameters": "第一版"}, "parameters", "请检查后重填"),
    ],
)
def test_wrong_figures_are_named_at_their_field(
    desk: Desk, matter: Matter, more: dict[str, str], field: str, said: str
) -> None:
    enter(desk)
    errors = wrong(desk, matter, "reckon", {**RECKON, **more})
    assert list(errors) == [field]
    assert said in errors[field][0]
    assert not Reckoning.objects.exists()


def test_without_parameters_of_the_year_it_says_what_to_do(desk: Desk, matter: Matter) -> None:
    said = wrong(desk, matter, "reckon", RECKON)["parameters"][0]
    assert said == "没有2026年的测算参数：请窗口负责人在“测算参数”页面录入。"


def test_another_years_parameters_may_be_chosen_for_now(desk: Desk, matter: Matter) -> None:
    older = enter(desk, year=2025)
    assert "暂作测算" in wrong(desk, matter, "reckon", RECKON)["parameters"][0]
    do(desk, matter, "reckon", {**RECKON, "parameters": str(older.pk)})
    assert "2026年的参数公布后数额会有变化" in "".join(Reckoning.objects.get().sheet["notes"])


def test_parameters_of_a_later_year_do_not_fit(desk: Desk) -> None:
    later = enter(desk)
    matter = desk.handling()
    past = {**RECKON, "born": "1960-01", "planned": "2020-01", "parameters": str(later.pk)}
    assert "晚于计划退休的2020年" in wrong(desk, matter, "reckon", past)["parameters"][0]


def test_a_retirement_to_come_is_reckoned_by_this_years_parameters(desk: Desk, matter: Matter) -> None:
    this_year = enter(desk)
    do(desk, matter, "reckon", {**RECKON, "born": "1970-06", "planned": "2031-11"})
    assert Reckoning.objects.get().parameters == this_year


def test_of_two_provinces_one_must_be_chosen(desk: Desk, matter: Matter) -> None:
    enter(desk)
    enter(desk, province="另一示例省")
    assert "有2个省份的参数" in wrong(desk, matter, "reckon", RECKON)["parameters"][0]


# --- Visits ------------------------------------------------------------------------------------------


def visiting(desk: Desk, *roles: str, **more: Any) -> dict[str, Any]:
    went = [str(desk.staff(role).pk) for role in roles]
    return {
        "kind": "call",
        "on": clock.today().isoformat(),
        "went": went,
        "findings": "家中情况良好。",
        **more,
    }


def test_a_visit_names_who_went(desk: Desk, matter: Matter) -> None:
    data = visiting(desk, Role.WINDOW_CLERK, Role.HANDLER, kind="comfort", gift="500")
    do(desk, matter, "visit", data)

    row, event = Visit.objects.get(), matter.events.get(act="visit")
    assert {each.staff for each in row.visitors.all()} == {
        desk.staff(Role.WINDOW_CLERK),
        desk.staff(Role.HANDLER),
    }
    assert row.gift == 500
    assert event.data == {"kind": "comfort", "on": clock.today().isoformat(), "people": 2}


def test_certifying_at_home_takes_two(desk: Desk, matter: Matter) -> None:
    alone = visiting(desk, Role.WINDOW_CLERK, kind="certify")
    assert "两名工作人员" in wrong(desk, matter, "visit", alone)["went"][0]
    twice = {**alone, "went": alone["went"] * 2}
    assert "两名工作人员" in wrong(desk, matter, "visit", twice)["went"][0]
    do(desk, matter, "visit", visiting(desk, Role.WINDOW_CLERK, Role.HANDLER, kind="certify"))


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"went": []}, "went"),
        ({"went": ["0192c3a4-0000-7000-8000-000000000000"]}, "went"),
        ({"on": "2999-01-01"}, "on"),
        ({"on": "2001-01-01"}, "on"),
        ({"gift": "-1"}, "gift"),
    ],
)
def test_a_wrong_visit_is_refused_at_its_field(
    desk: Desk, matter: Matter, more: dict[str, Any], field: str
) -> None:
    errors = wrong(desk, matter, "visit", visiting(desk, Role.WINDOW_CLERK, **more))
    assert list(errors) == [field]


# --- Who and when ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["log_liaison", "explain_policy", "reckon", "visit"])
def test_a_department_without_a_part_in_it_guides_nobody(desk: Desk, matter: Matter, name: str) -> None:
    stranger = desk.actor(Role.HANDLER, "YB")
    with pytest.raises((NotAllowed, NotFound)):
        acts.perform(name=name, matter_id=matter.pk, actor=stranger, data={})


@pytest.mark.parametrize("name", ["log_liaison", "explain_policy", "reckon", "visit"])
def test_nothing_is_added_to_a_closed_matter(desk: Desk, name: str) -> None:
    closed = desk.closed()
    with pytest.raises(Conflict):
        acts.perform(name=name, matter_id=closed.pk, actor=desk.actor(Role.WINDOW_LEAD), data={})


# --- Parameters --------------------------------------------------------------------------------------


def test_a_correction_is_a_new_version_and_the_old_one_stays(desk: Desk, matter: Matter) -> None:
    first = enter(desk)
    do(desk, matter, "reckon", RECKON)
    second = enter(desk, base=Decimal(7100))

    assert (first.version, second.version) == (1, 2)
    assert selectors.parameters_in_force() == [second]
    assert Reckoning.objects.get().parameters == first


def test_parameters_cannot_be_changed_in_the_database(desk: Desk) -> None:
    row = enter(desk)
    for change in (row.delete, lambda: ReckoningParameters.objects.update(base=1)):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_only_the_lead_enters_parameters(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        guidance.set_parameters(actor=desk.actor(Role.WINDOW_CLERK), **PARAMETERS)


def test_two_who_enter_at_once_make_two_versions(
    zhangbei: Any, transactional_db: None, at_once: Callable[..., list[Any]]
) -> None:
    lead = Desk(zhangbei).actor(Role.WINDOW_LEAD)

    def one() -> int:
        with in_centre(zhangbei.code):
            return guidance.set_parameters(actor=lead, **PARAMETERS).version

    assert sorted(at_once(one, one)) == [1, 2]


# --- Pages, papers, API ------------------------------------------------------------------------------


def everything(desk: Desk, matter: Matter, *, times: int = 1) -> None:
    enter(desk)
    for _ in range(times):
        do(desk, matter, "log_liaison", LIAISON)
        do(desk, matter, "reckon", RECKON)
        do(desk, matter, "explain_policy", POLICY)
        do(desk, matter, "visit", visiting(desk, Role.WINDOW_CLERK, Role.HANDLER))


def queries_of_the_tab(matter: Matter) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        panels.parts(matter, "guidance")
    return len(asked)


def test_the_tab_asks_as_often_for_one_as_for_many(desk: Desk, matter: Matter) -> None:
    everything(desk, matter)
    few = queries_of_the_tab(matter)
    everything(desk, matter, times=3)
    assert queries_of_the_tab(matter) == few <= 7


def test_the_tab_counts_what_stands_in_it(desk: Desk, matter: Matter) -> None:
    everything(desk, matter)
    assert panels.counts(matter)["guidance"] == 4


def test_every_form_opens_with_its_fields(desk: Desk, matter: Matter) -> None:
    everything(desk, matter)
    client = schemas.client_for(desk.centre, desk.staff(Role.WINDOW_CLERK))
    for name, word in (
        ("log_liaison", "对接的单位"),
        ("explain_policy", "一并讲明的测算单"),
        ("reckon", "平均缴费指数"),
        ("visit", "前往人员"),
    ):
        shown = client.get(page("act", matter.pk, name)).content.decode()
        assert word in shown


def test_what_was_typed_stays_when_it_is_refused(desk: Desk, matter: Matter) -> None:
    client = schemas.client_for(desk.centre, desk.staff(Role.WINDOW_CLERK))
    answer = client.post(page("act", matter.pk, "reckon"), RECKON)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "没有2026年的测算参数" in shown
    assert 'value="1966-01"' in shown
    assert 'type="month"' in shown


def test_the_sheet_is_previewed_masked_and_printed_in_clear(desk: Desk, matter: Matter) -> None:
    everything(desk, matter)
    address = page("reckoning_paper", Reckoning.objects.get().pk)
    client = schemas.client_for(desk.centre, desk.staff(Role.HANDLER))

    preview = client.get(address).content.decode()
    assert REPORTER.name not in preview
    assert reasons_of_unmasking(desk) == []

    paper = client.post(address).content.decode()
    assert f"{REPORTER.name}：" in paper
    assert paper.count("测算仅供参考") >= 2
    assert "2,596.28元" in paper
    assert reasons_of_unmasking(desk) == ["打印退休测算单"]


def reasons_of_unmasking(desk: Desk) -> list[str]:
    with in_centre(desk.centre.code):
        return [entry.reason for entry in AuditEntry.objects.filter(act="person.unmask")]


def test_the_sheet_of_an_employee_names_the_employee(desk: Desk) -> None:
    enter(desk)
    matter = desk.handling(reporter=COMPANY)
    do(desk, matter, "reckon", {**RECKON, "whom": "欧阳职工"})
    address = page("reckoning_paper", Reckoning.objects.get().pk)
    client = schemas.client_for(desk.centre, desk.staff(Role.WINDOW_CLERK))
    assert "欧阳职工" not in client.get(address).content.decode()
    assert "欧阳职工：" in client.post(address).content.decode()


def test_the_page_of_parameters_shows_every_version(desk: Desk) -> None:
    enter(desk)
    enter(desk, base=Decimal(7100), payout_months={"60": "140"})
    shown = schemas.client_for(desk.centre, desk.staff(Role.WINDOW_LEAD)).get(page("reckoning_parameters"))
    for words in ("7,000.00 元", "7,100.00 元", "第1版", "第2版", "现行", "旧版", "60岁140个月"):
        assert words in shown.content.decode()


def test_the_page_of_parameters_knows_how_to_be_empty(desk: Desk) -> None:
    shown = schemas.client_for(desk.centre, desk.staff(Role.WINDOW_LEAD)).get(page("reckoning_parameters"))
    assert "还没有录入测算参数" in shown.content.decode()


def test_parameters_are_entered_on_their_page(desk: Desk) -> None:
    client = schemas.client_for(desk.centre, desk.staff(Role.WINDOW_LEAD))
    typed = {
        "province": "示例省",
        "year": str(clock.today().year),
        "base": "7000",
        "coefficient": "1.3",
        "payout_rule": "monthly",
        "payout_months": "60=139\n61：131.5\n",
        "source": "示例参数",
    }
    answer = client.post(page("reckoning_parameters"), typed)
    assert answer.status_code == 302
    with in_centre(desk.centre.code):
        row = ReckoningParameters.objects.get()
        assert (row.payout_months, row.payout_rule) == ({"60": "139", "61": "131.5"}, "monthly")
        assert AuditEntry.objects.filter(act="reckoning.parameters").count() == 1


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("province", " "),
        ("year", "1999"),
        ("year", "2999"),
        ("base", "0"),
        ("base", "7000.005"),
        ("coefficient", "13"),
        ("payout_months", "六十=139"),
        ("payout_months", "30=139"),
        ("payout_months", "60=0"),
        ("payout_months", "60=139\n60=140"),
        ("source", ""),
    ],
)
def test_wrong_parameters_are_refused_with_what_was_typed(desk: Desk, field: str, typed: str) -> None:
    client = schemas.client_for(desk.centre, desk.staff(Role.WINDOW_LEAD))
    right = {
        "province": "示例省",
        "year": "2026",
        "base": "7000",
        "coefficient": "1.3",
        "payout_rule": "whole",
        "payout_months": "",
        "source": "示例参数的来源",
    }
    answer = client.post(page("reckoning_parameters"), {**right, field: typed})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    with in_centre(desk.centre.code):
        assert not ReckoningParameters.objects.exists()


def test_the_api_reads_what_the_tab_shows(desk: Desk, matter: Matter, api_for: Callable[..., Any]) -> None:
    everything(desk, matter)
    told = api_for(desk.centre, desk.staff(Role.HANDLER)).get(page("api-matter-guidance", matter.pk)).json()
    assert told["liaisons"][0]["unit"] == "示例机械厂"
    assert told["policies"][0]["document"] == "国发〔2005〕38号"
    assert told["reckonings"][0]["sheet"]["total"] == "2,596.28元"
    assert len(told["visits"][0]["went"]) == 2


def test_the_api_reckons_by_the_same_form(desk: Desk, matter: Matter, api_for: Callable[..., Any]) -> None:
    enter(desk)
    api = api_for(desk.centre, desk.staff(Role.HANDLER))
    address = page("api-matter-reckon", matter.pk)
    body = {**RECKON, "actual_months": 200, "deemed_months": 80}

    refused = api.post(address, {**body, "planned": "2025-01"}, format="json")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "#/planned"
    assert api.post(address, body, format="json").status_code == 200
    with in_centre(desk.centre.code):
        reckoned = Reckoning.objects.get()
    assert reckoned.sheet["total"] == "2,596.28元"


def test_the_api_sets_and_lists_parameters(desk: Desk, api_for: Callable[..., Any]) -> None:
    address = page("api-reckoning-parameters")
    body = {"province": "示例省", "year": 2026, "base": "7000", "coefficient": "1.3", "source": "示例参数"}
    lead = api_for(desk.centre, desk.staff(Role.WINDOW_LEAD))
    assert lead.post(address, body, format="json").status_code == 201
    assert lead.post(address, {**body, "coefficient": "2"}, format="json").status_code == 422

    handler = api_for(desk.centre, desk.staff(Role.HANDLER))
    assert [row["base"] for row in handler.get(address).json()["results"]] == ["7000.00"]
    assert handler.post(address, body, format="json").status_code == 403
