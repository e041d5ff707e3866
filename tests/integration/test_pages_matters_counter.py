"""The workbench, the intake form with its help, and consultations."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from bancheng.catalogue.words import Channel, Kind, Mode
from bancheng.centres.scope import in_centre
from bancheng.exchange import dispatch
from bancheng.identity.roles import CENTRE_ROLES, Role
from bancheng.timekeeping import clock
from tenants.coordination import actions as coordination
from tenants.coordination.models import Purpose
from tenants.matters import actions
from tenants.matters.actions import Story
from tenants.matters.models import Consultation, ConsultationTally, Matter
from tenants.referrals import sending
from tests import schemas
from tests.desk import REPORTER, Desk, card

URLCONF = "tenants.urls"
TYPED = {
    "reporter_kind": "person",
    "name": "欧阳示例",
    "identifier": card(),
    "phone": "",
    "capacity": "self",
    "kind": "hard",
    "subject": "遗属待遇多处询问未办成",
    "narrative": "示例：去过三处。",
    "urgency": "ordinary",
    "channel": "counter",
    "purpose": "request",
    "item_code": "YL10",
    "trips_before": "3",
    "months_before": "13",
    "attempts-office": ["甲单位", "乙单位", ""],
    "attempts-when": ["去年三月", "", ""],
    "attempts-answer": ["让去乙单位", "让去甲单位", ""],
}
OTHER = Story(subject="另一事项未办成", narrative="示例。", kind=Kind.URGENT, item_code="YL06")


def page(name: str, *args: object) -> str:
    return reverse(name, urlconf=URLCONF, args=args)


def browser(desk: Desk, role: str, department: str = "") -> Client:
    return schemas.client_for(desk.centre, desk.staff(role, department))


# --- The workbench -----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", sorted(CENTRE_ROLES))
def test_the_workbench_opens_for_every_role(desk: Desk, role: Role) -> None:
    matter = desk.assigned()
    client = browser(desk, role)

    for view in (
        "",
        "mine",
        "department",
        "to_sign",
        "due_today",
        "due_soon",
        "overdue",
        "to_reply",
        "other",
    ):
        assert client.get("/", {"list": view}).status_code == 200, view
    assert matter.number in client.get("/", {"list": "to_sign"}).content.decode()


def test_numbers_on_the_workbench_lead_to_what_they_count(desk: Desk) -> None:
    late = desk.handling()
    Matter.objects.filter(pk=late.pk).update(due_on=clock.today() - timedelta(days=10))
    client = browser(desk, Role.WINDOW_LEAD)

    first = client.get("/")
    listed = client.get("/", {"list": "overdue"})

    assert {view.key: n for view, n in first.context["tiles"]}["overdue"] == 1
    assert 'href="?list=overdue"' in first.content.decode()
    assert [row.matter.pk for row in listed.context["rows"]] == [late.pk]
    assert "超期" in listed.content.decode()


def test_a_row_has_the_one_next_act_of_this_person(desk: Desk) -> None:
    matter = desk.assigned()

    handler = browser(desk, Role.HANDLER).get("/").content.decode()
    director = browser(desk, Role.DIRECTOR).get("/", {"list": "to_sign"}).content.decode()

    assert page("act", matter.pk, "sign") in handler
    assert page("act", matter.pk, "sign") not in director


def test_the_reporter_is_masked_in_lists(desk: Desk) -> None:
    desk.registered()

    text = browser(desk, Role.WINDOW_LEAD).get("/").content.decode()

    assert "欧*" in text
    assert REPORTER.name not in text


def test_an_empty_list_says_what_to_do(desk: Desk) -> None:
    text = browser(desk, Role.WINDOW_CLERK).get("/").content.decode()

    assert "现在没有等您办理的反映件" in text
    assert page("intake") in text


def test_the_workbenchs_queries_do_not_grow_with_its_rows(
    desk: Desk, django_assert_max_num_queries: Any
) -> None:
    for _ in range(5):
        desk.registered()
    client = browser(desk, Role.WINDOW_LEAD)
    client.get("/")
    with django_assert_max_num_queries(100) as few:
        client.get("/")
    count = len(few)  # now: the next request begins the log anew
    with in_centre(desk.centre.code):
        for _ in range(45):
            desk.registered()
    client.get("/")  # what processes remember for some seconds is remembered again

    with django_assert_max_num_queries(count):
        response = client.get("/")

    assert response.context["page"].paginator.count == 50
    assert len(response.context["rows"]) == 20


def test_the_navigation_counts_what_waits(desk: Desk) -> None:
    desk.registered()
    desk.registered()

    text = browser(desk, Role.WINDOW_LEAD).get("/").content.decode()

    assert "2 件待处理" in text


def awaiting_signoff(desk: Desk) -> Matter:
    return coordination.request_signoff(
        matter_id=desk.handling(mode=Mode.SPECIAL).pk,
        actor=desk.actor(Role.HANDLER),
        purpose=Purpose.SPECIAL,
        basis="示例依据",
        risk="示例风险",
        precedent="已查，无先例。",
    )


def listed(desk: Desk, role: Role) -> list[Any]:
    return [row.matter.pk for row in browser(desk, role).get("/").context["rows"]]


def test_a_signature_waits_only_for_those_who_are_asked(desk: Desk) -> None:
    matter = awaiting_signoff(desk)

    before = {role: listed(desk, role) for role in (Role.WINDOW_LEAD, Role.DIRECTOR, Role.DEPUTY)}
    with in_centre(desk.centre.code):
        coordination.sign_off(matter_id=matter.pk, actor=desk.actor(Role.WINDOW_LEAD), opinion="同意。")
    after = {role: listed(desk, role) for role in before}

    assert before == {Role.WINDOW_LEAD: [matter.pk], Role.DIRECTOR: [matter.pk], Role.DEPUTY: []}
    assert after == {Role.WINDOW_LEAD: [], Role.DIRECTOR: [matter.pk], Role.DEPUTY: []}


def test_a_replied_matter_waits_for_the_caller_and_then_for_the_lead(desk: Desk) -> None:
    matter = desk.replied()

    before = {role: listed(desk, role) for role in (Role.CALLER, Role.WINDOW_LEAD)}
    with in_centre(desk.centre.code):
        desk.call_back(matter.pk)
    after = {role: listed(desk, role) for role in before}

    assert before == {Role.CALLER: [matter.pk], Role.WINDOW_LEAD: []}
    assert after == {Role.CALLER: [], Role.WINDOW_LEAD: [matter.pk]}


def test_a_triaged_matter_above_level_one_waits_for_the_lead_alone(desk: Desk) -> None:
    matter = desk.triaged(level=3)

    assert listed(desk, Role.WINDOW_LEAD) == [matter.pk]
    assert listed(desk, Role.WINDOW_CLERK) == []


def test_an_incoming_referral_waits_on_the_leads_workbench(desk: Desk, city: Any) -> None:
    draft = desk.drafted(city.code)
    referral = sending.send(referral_id=draft.pk, actor=desk.actor(Role.WINDOW_LEAD))
    connection.set_schema_to_public()
    dispatch.run_due()
    there = Desk(city)

    lead = browser(there, Role.WINDOW_LEAD).get("/").content.decode()
    handler = browser(there, Role.HANDLER).get("/").content.decode()

    assert "待签收的来件" in lead
    assert referral.number in lead
    assert "待签收的来件" not in handler


# --- Intake ------------------------------------------------------------------------------------------


def test_a_matter_is_registered_and_its_page_offers_the_receipt(desk: Desk) -> None:
    response = browser(desk, Role.WINDOW_CLERK).post(page("intake"), TYPED, follow=True)

    with in_centre(desk.centre.code):
        matter = Matter.objects.get()
        assert [a.office for a in matter.prior_attempts.all()] == ["甲单位", "乙单位"]
    text = response.content.decode()
    assert response.redirect_chain == [(page("matter", matter.pk), 302)]
    assert f"已登记，编号{matter.number}" in text
    assert page("receipt", matter.pk) in text


def test_errors_stand_beside_their_fields_and_nothing_typed_is_lost(desk: Desk) -> None:
    wrong = TYPED | {"identifier": "130722196003071234", "item_code": "NOPE", "phone": "123"}

    response = browser(desk, Role.WINDOW_CLERK).post(page("intake"), wrong)

    text = response.content.decode()
    assert response.status_code == 422
    for field in ("identifier", "item_code", "phone"):
        assert f'id="id_{field}_error"' in text, field
    assert 'value="130722196003071234"' in text
    assert "示例：去过三处。" in text
    assert 'value="乙单位"' in text
    with in_centre(desk.centre.code):
        assert not Matter.objects.exists()


def test_an_unknown_area_prefix_warns_and_does_not_block(desk: Desk) -> None:
    typed = TYPED | {"identifier": card(prefix="770000")}

    text = browser(desk, Role.WINDOW_CLERK).post(page("intake"), typed, follow=True).content.decode()

    assert "已登记，编号" in text
    assert "不在已知的行政区划内" in text


@pytest.mark.parametrize("role", sorted(CENTRE_ROLES - {Role.WINDOW_CLERK, Role.WINDOW_LEAD}))
def test_only_the_window_registers(desk: Desk, role: Role) -> None:
    client = browser(desk, role)

    assert client.get(page("intake")).status_code == 403
    assert client.post(page("intake"), TYPED).status_code == 403
    assert client.post(page("intake_help"), TYPED).status_code == 403


def test_the_form_offers_room_for_what_the_clerk_types_next(desk: Desk) -> None:
    text = browser(desk, Role.WINDOW_CLERK).get(page("intake")).content.decode()

    assert text.count('name="attempts-office"') == 20
    assert 'data-draft="intake"' in text


def consultation(desk: Desk) -> Consultation:
    return actions.record_consultation(
        actor=desk.actor(Role.WINDOW_CLERK),
        item_code="YL06",
        subject="退休材料不清",
        channel=Channel.PHONE,
        question="要带哪些材料？",
        answer="先带身份证。",
        name="司马示例",
        phone="13800005678",
    )


def test_a_consultation_becomes_a_matter_with_nothing_retyped(desk: Desk) -> None:
    row = consultation(desk)
    client = browser(desk, Role.WINDOW_CLERK)

    form = client.get(page("intake"), {"consultation": row.pk}).context["form"]
    filled = {name: form[name].value() for name in form.fields if name != "attempts"}
    sent = {name: value for name, value in filled.items() if value is not None}
    response = client.post(page("intake"), sent | {"kind": "hard"}, follow=True)

    assert response.status_code == 200
    with in_centre(desk.centre.code):
        matter = Matter.objects.select_related("reporter").get()
        row.refresh_from_db()
    assert row.matter_id == matter.pk
    assert (matter.subject, matter.item_code, matter.channel) == ("退休材料不清", "YL06", "phone")
    assert (matter.reporter.name, matter.reporter.phone) == ("司马示例", "13800005678")
    assert "要带哪些材料？" in matter.narrative


def test_a_consultation_is_promoted_only_once(desk: Desk) -> None:
    row = consultation(desk)
    client = browser(desk, Role.WINDOW_CLERK)
    typed = TYPED | {"consultation_id": str(row.pk)}
    client.post(page("intake"), typed)

    again = client.post(page("intake"), typed)

    assert again.status_code == 409
    assert "已经转为反映件" in again.content.decode()
    assert "示例：去过三处。" in again.content.decode()
    assert client.get(page("intake"), {"consultation": row.pk}).status_code == 409


@pytest.mark.parametrize("given", ["nonsense", "0190b2f0-0000-7000-8000-000000000000"])
def test_an_unknown_consultation_is_not_found(desk: Desk, given: str) -> None:
    assert browser(desk, Role.WINDOW_CLERK).get(page("intake"), {"consultation": given}).status_code == 404


# --- Help beside the form ----------------------------------------------------------------------------


def test_help_finds_the_person_by_card(desk: Desk) -> None:
    before = desk.registered(story=OTHER)

    text = (
        browser(desk, Role.WINDOW_CLERK)
        .post(page("intake_help"), {"reporter_kind": "person", "identifier": card()})
        .content.decode()
    )

    assert before.number in text
    assert "90天内" not in text
    assert card() not in text


def test_help_says_when_it_would_be_a_repeat(desk: Desk) -> None:
    before = desk.registered()

    text = (
        browser(desk, Role.WINDOW_CLERK)
        .post(page("intake_help"), {"reporter_kind": "person", "identifier": card(), "item_code": "YL10"})
        .content.decode()
    )

    assert before.number in text
    assert "将标记为重复反映" in text


def test_help_shows_how_the_same_item_was_done_before(desk: Desk) -> None:
    before = desk.closed()

    text = browser(desk, Role.WINDOW_CLERK).post(page("intake_help"), {"item_code": "YL10"}).content.decode()

    assert before.number in text
    assert "首例" not in text


def test_help_hints_at_a_first_of_its_kind(desk: Desk) -> None:
    text = browser(desk, Role.WINDOW_CLERK).post(page("intake_help"), {"item_code": "YL10"}).content.decode()

    assert "可能是首例" in text


def test_help_is_never_asked_by_get(desk: Desk) -> None:
    client = browser(desk, Role.WINDOW_CLERK)

    assert client.get(page("intake_help"), {"identifier": "x"}).status_code == 405
    assert f'hx-post="{page("intake_help")}"' in client.get(page("intake")).content.decode()


def test_help_tells_of_a_wrong_card_before_it_is_sent(desk: Desk) -> None:
    client = browser(desk, Role.WINDOW_CLERK)

    whole = client.post(page("intake_help"), {"reporter_kind": "person", "identifier": "130722196003071234"})
    half = client.post(page("intake_help"), {"reporter_kind": "person", "identifier": "13072219"})

    assert "请核对证件号码" in whole.content.decode()
    assert "请核对证件号码" not in half.content.decode()


# --- Consultations -----------------------------------------------------------------------------------


def test_consultations_are_listed_searched_and_masked(desk: Desk) -> None:
    row = consultation(desk)
    client = browser(desk, Role.WINDOW_CLERK)

    found = client.post(page("consultations"), {"q": "退休"}, follow=True)
    assert "退休" not in found.redirect_chain[-1][0]
    found = found.content.decode()
    missed = client.post(page("consultations"), {"q": "工伤"}, follow=True).content.decode()
    one = client.get(page("consultation", row.pk)).content.decode()

    assert row.subject in found
    assert f"{page('intake')}?consultation={row.pk}" in found
    assert "没有符合条件的咨询" in missed
    for text in (found, one):
        assert "司*" in text
        assert "司马示例" not in text
    assert "138****5678" in one
    assert "先带身份证。" in one


def test_an_empty_list_of_consultations_says_what_to_do(desk: Desk) -> None:
    assert "还没有记录咨询" in browser(desk, Role.WINDOW_CLERK).get(page("consultations")).content.decode()


def test_a_consultation_is_written_down_and_may_go_on_to_intake(desk: Desk) -> None:
    typed = {"reporter_kind": "person", "channel": "counter", "item_code": "YL06", "subject": "示例咨询"}
    client = browser(desk, Role.WINDOW_CLERK)

    saved = client.post(page("consultation_new"), typed)
    on = client.post(page("consultation_new"), typed | {"then": "intake"})

    assert saved.url == page("consultations")
    assert on.url.startswith(f"{page('intake')}?consultation=")
    with in_centre(desk.centre.code):
        assert Consultation.objects.count() == 2


def test_a_consultation_without_a_subject_stays_on_its_form(desk: Desk) -> None:
    response = browser(desk, Role.WINDOW_CLERK).post(page("consultation_new"), {"question": "要带什么？"})

    assert response.status_code == 422
    assert 'id="id_subject_error"' in response.content.decode()
    assert "要带什么？" in response.content.decode()


def test_many_consultations_are_counted_together(desk: Desk) -> None:
    typed = {"day": str(clock.today()), "channel": "counter", "item_code": "YL06", "count": "12"}
    client = browser(desk, Role.WINDOW_CLERK)

    client.post(page("consultation_count"), typed)
    client.post(page("consultation_count"), typed)

    with in_centre(desk.centre.code):
        assert ConsultationTally.objects.get().count == 24


def test_a_count_for_tomorrow_is_refused_beside_its_field(desk: Desk) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    typed = {"day": str(tomorrow), "channel": "counter", "item_code": "YL06", "count": "12"}

    response = browser(desk, Role.WINDOW_CLERK).post(page("consultation_count"), typed)

    assert response.status_code == 422
    assert 'id="id_day_error"' in response.content.decode()


def test_only_the_window_records_consultations(desk: Desk) -> None:
    client = browser(desk, Role.HANDLER)

    assert client.get(page("consultation_new")).status_code == 403
    assert client.get(page("consultation_count")).status_code == 403
    assert client.get(page("consultations")).status_code == 200


def test_the_lists_queries_do_not_grow_with_its_rows(desk: Desk, django_assert_max_num_queries: Any) -> None:
    for _ in range(5):
        consultation(desk)
    client = browser(desk, Role.WINDOW_CLERK)
    client.get(page("consultations"))
    with django_assert_max_num_queries(100) as few:
        client.get(page("consultations"))
    count = len(few)  # now: the next request begins the log anew
    with in_centre(desk.centre.code):
        for _ in range(45):
            consultation(desk)
    client.get(page("consultations"))

    with django_assert_max_num_queries(count):
        response = client.get(page("consultations"))

    assert response.context["page"].paginator.count == 50
