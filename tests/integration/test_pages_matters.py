"""The page of a matter: every state for every role, the acts on it, what is masked, what is printed."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from bancheng.catalogue.words import Mode
from bancheng.centres.scope import in_centre
from bancheng.identity.roles import CENTRE_ROLES, Role
from bancheng.privacy.models import AuditEntry
from tenants.coordination import actions as coordination
from tenants.coordination.models import Purpose
from tenants.matters import actions
from tenants.matters.models import Matter
from tenants.matters.states import State
from tenants.referrals import sending
from tests import schemas
from tests.desk import REPORTER, Desk

URLCONF = "tenants.urls"
HTMX = {"HTTP_HX_REQUEST": "true"}


def page(name: str, *args: object) -> str:
    return reverse(name, urlconf=URLCONF, args=args)


def browser(desk: Desk, role: str, department: str = "") -> Client:
    return schemas.client_for(desk.centre, desk.staff(role, department))


def awaiting_signoff(desk: Desk) -> Matter:
    return coordination.request_signoff(
        matter_id=desk.handling(mode=Mode.SPECIAL).pk,
        actor=desk.actor(Role.HANDLER),
        purpose=Purpose.SPECIAL,
        basis="示例依据",
        risk="示例风险",
        precedent="已查，无先例。",
    )


STATES: dict[State, Callable[[Desk], Matter]] = {
    State.REGISTERED: Desk.registered,
    State.ACCEPTED: Desk.accepted,
    State.DECLINED: Desk.declined,
    State.ASSIGNED: Desk.assigned,
    State.HANDLING: Desk.handling,
    State.AWAITING_MATERIAL: Desk.awaiting_material,
    State.AWAITING_SIGNOFF: awaiting_signoff,
    State.RESOLVED: Desk.resolved,
    State.REPLIED: Desk.replied,
    State.CLOSED: Desk.closed,
    State.WITHDRAWN: Desk.withdrawn,
}


@pytest.mark.parametrize("state", STATES)
def test_the_page_of_each_state_renders_for_each_role(desk: Desk, state: State) -> None:
    matter = STATES[state](desk)
    if not matter.department_id:
        Matter.objects.filter(pk=matter.pk).update(department_id="SB")

    for role in CENTRE_ROLES:
        with in_centre(desk.centre.code):
            client = browser(desk, role)
        response = client.get(page("matter", matter.pk))

        assert response.status_code == 200, role
        text = response.content.decode()
        assert matter.number in text
        assert state.label in text
        assert "欧*" in text
        assert REPORTER.name not in text
        assert REPORTER.identifier not in text


def test_only_acts_of_the_role_are_offered(desk: Desk) -> None:
    matter = desk.triaged()

    lead = browser(desk, Role.WINDOW_LEAD).get(page("matter", matter.pk)).content.decode()
    auditor = browser(desk, Role.AUDITOR).get(page("matter", matter.pk)).content.decode()

    assert page("act", matter.pk, "accept") in lead
    assert page("act", matter.pk, "accept") not in auditor
    assert "这一步不由您办理" in auditor


def test_a_guard_says_why_not_beside_the_act(desk: Desk) -> None:
    matter = desk.registered()

    text = browser(desk, Role.WINDOW_LEAD).get(page("matter", matter.pk)).content.decode()

    assert "请先研判" in text
    assert page("act", matter.pk, "accept") not in text


def test_a_provisional_due_date_says_so(desk: Desk) -> None:
    matter = desk.accepted()
    Matter.objects.filter(pk=matter.pk).update(due_provisional=True)

    text = browser(desk, Role.WINDOW_LEAD).get(page("matter", matter.pk)).content.decode()

    assert "日历未公布，暂按周一至周五测算" in text


def test_another_departments_matter_is_refused_with_403(desk: Desk) -> None:
    matter = desk.assigned()

    response = browser(desk, Role.HANDLER, "YB").get(page("matter", matter.pk))

    assert response.status_code == 403
    assert "没有交办给您所在的部门" in response.content.decode()


def test_a_matter_of_another_centre_is_not_found(desk: Desk, yuxian: Any) -> None:
    with in_centre(yuxian.code):
        matter = Desk(yuxian).registered()

    with in_centre(desk.centre.code):
        client = browser(desk, Role.WINDOW_LEAD)
    for url in (
        page("matter", matter.pk),
        page("act", matter.pk, "triage"),
        page("unmask", matter.pk),
        page("receipt", matter.pk),
    ):
        response = client.get(url)
        assert response.status_code == 404, url
        assert matter.number not in response.content.decode()


def test_the_pages_queries_do_not_grow_with_the_timeline(
    desk: Desk, django_assert_max_num_queries: Any
) -> None:
    short, long = desk.handling(), desk.handling()
    for day in range(40):
        actions.progress(matter_id=long.pk, actor=desk.actor(Role.HANDLER), text=f"第{day}次")
    client = browser(desk, Role.HANDLER)
    client.get(page("matter", short.pk))

    with django_assert_max_num_queries(100) as few:
        client.get(page("matter", short.pk))
    count = len(few)  # now: the next request begins the log anew
    with django_assert_max_num_queries(count):
        client.get(page("matter", long.pk))


def test_a_referred_matter_shows_where_it_went(desk: Desk, city: Any) -> None:
    draft = desk.drafted(city.code)
    referral = sending.send(referral_id=draft.pk, actor=desk.actor(Role.WINDOW_LEAD))

    text = browser(desk, Role.WINDOW_LEAD).get(page("matter", referral.matter_id)).content.decode()

    assert "已转其他单位办理" in text
    assert referral.unit_name in text


# --- Acts --------------------------------------------------------------------------------------------


def test_an_act_is_a_fragment_for_htmx_and_else_a_page(desk: Desk) -> None:
    matter = desk.triaged()
    client = browser(desk, Role.WINDOW_LEAD)

    fragment = client.get(page("act", matter.pk, "accept"), **HTMX).content.decode()
    whole = client.get(page("act", matter.pk, "accept")).content.decode()

    assert "<html" not in fragment
    assert "dialog-head" in fragment
    assert "<html" in whole
    assert 'name="csrfmiddlewaretoken"' in fragment
    assert 'name="csrfmiddlewaretoken"' in whole


def test_a_posted_act_is_done_and_leads_to_the_matter(desk: Desk) -> None:
    matter = desk.triaged()
    client = browser(desk, Role.WINDOW_LEAD)

    response = client.post(page("act", matter.pk, "accept"), follow=True)

    assert response.redirect_chain == [(page("matter", matter.pk), 302)]
    assert "“受理”已完成，现为“已受理”" in response.content.decode()
    with in_centre(desk.centre.code):
        assert Matter.objects.get(pk=matter.pk).state == State.ACCEPTED


def test_an_act_posted_from_the_dialog_moves_the_whole_page(desk: Desk) -> None:
    matter = desk.triaged()

    response = browser(desk, Role.WINDOW_LEAD).post(page("act", matter.pk, "accept"), **HTMX)

    assert response.status_code == 200
    assert response.headers["HX-Redirect"] == page("matter", matter.pk)


def test_what_is_missing_stands_beside_its_field_and_nothing_typed_is_lost(desk: Desk) -> None:
    matter = desk.assigned()

    response = browser(desk, Role.DEPARTMENT_HEAD).post(
        page("act", matter.pk, "return_to_window"),
        {"reason": "不属于本部门", "basis": "", "suggested": "医保"},
    )

    text = response.content.decode()
    assert response.status_code == 422
    assert text.count("请填写此项。") == 1
    assert 'id="id_basis_error"' in text
    assert "不属于本部门" in text
    assert 'value="医保"' in text


def test_a_refusal_by_the_action_stands_beside_its_field(desk: Desk) -> None:
    matter = desk.handling()
    typed = {
        "outcome": "done",
        "result": "已补发。",
        "basis": "示例依据",
        "paid_on": "2026-01-05",
        "paid_amount": "100.00",
        "paid_tail": "12a4",
    }

    response = browser(desk, Role.HANDLER).post(page("act", matter.pk, "resolve"), typed)

    text = response.content.decode()
    assert response.status_code == 422
    assert 'id="id_paid_tail_error"' in text
    assert "请填写到账账号末四位数字" in text
    assert "已补发。" in text


def test_a_second_accept_is_a_conflict_that_keeps_the_page(desk: Desk) -> None:
    matter = desk.accepted()
    client = browser(desk, Role.WINDOW_LEAD)

    response = client.post(page("act", matter.pk, "accept"))
    dialog = client.post(page("act", matter.pk, "accept"), **HTMX)

    assert response.status_code == 409
    assert "此件现在是“已受理”" in response.content.decode()
    assert dialog.status_code == 409
    assert dialog.headers["HX-Retarget"] == "#dialog-body"
    assert "此件现在是“已受理”" in dialog.content.decode()


def test_an_act_of_another_role_is_refused_with_403(desk: Desk) -> None:
    matter = desk.triaged()

    response = browser(desk, Role.AUDITOR).post(page("act", matter.pk, "accept"))

    assert response.status_code == 403
    assert "您没有办理此事的权限" in response.content.decode()
    with in_centre(desk.centre.code):
        assert Matter.objects.get(pk=matter.pk).state == State.REGISTERED


@pytest.mark.parametrize("name", ["signed_off", "hear", "nonsense"])
def test_an_act_that_nobody_does_by_hand_is_not_found(desk: Desk, name: str) -> None:
    matter = desk.registered()

    assert browser(desk, Role.WINDOW_LEAD).get(page("act", matter.pk, name)).status_code == 404


def test_an_unknown_matter_is_not_found(desk: Desk) -> None:
    client = browser(desk, Role.WINDOW_LEAD)

    assert client.get(page("matter", uuid4())).status_code == 404
    assert client.post(page("act", uuid4(), "accept")).status_code == 404


def test_a_final_act_asks_once_naming_the_matter(desk: Desk) -> None:
    matter = desk.call_back(desk.replied().pk)

    text = browser(desk, Role.WINDOW_LEAD).get(page("act", matter.pk, "close")).content.decode()

    assert f'data-confirm="确认对{matter.number}“销号”？' in text


def test_the_signer_sees_basis_and_risk_above_the_form(desk: Desk) -> None:
    matter = awaiting_signoff(desk)

    text = browser(desk, Role.DIRECTOR).get(page("act", matter.pk, "sign_off"), **HTMX).content.decode()

    assert "示例依据" in text
    assert "示例风险" in text


def test_who_has_signed_is_told_whose_signature_is_waited_for(desk: Desk) -> None:
    matter = awaiting_signoff(desk)
    coordination.sign_off(matter_id=matter.pk, actor=desk.actor(Role.WINDOW_LEAD), opinion="同意。")

    text = browser(desk, Role.WINDOW_LEAD).get(page("matter", matter.pk)).content.decode()

    assert "现待中心主任签批。" in text
    assert page("act", matter.pk, "sign_off") not in text


# --- What is masked ----------------------------------------------------------------------------------


def test_unmasking_shows_what_was_asked_for_and_is_audited(desk: Desk) -> None:
    matter = desk.registered()

    response = browser(desk, Role.WINDOW_CLERK).post(
        page("unmask", matter.pk), {"fields_wanted": ["phone"], "reason": "电话核实材料"}, **HTMX
    )

    text = response.content.decode()
    assert REPORTER.phone in text
    assert REPORTER.identifier not in text
    with in_centre(desk.centre.code):
        entry = AuditEntry.objects.get(act="person.unmask")
    assert entry.reason == "电话核实材料"
    assert entry.data["fields"] == ["phone"]


def test_unmasking_without_a_reason_shows_nothing(desk: Desk) -> None:
    matter = desk.registered()

    response = browser(desk, Role.WINDOW_CLERK).post(page("unmask", matter.pk), {"fields_wanted": ["phone"]})

    assert response.status_code == 422
    assert REPORTER.phone not in response.content.decode()
    with in_centre(desk.centre.code):
        assert not AuditEntry.objects.filter(act="person.unmask").exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_auditor_cannot_unmask(desk: Desk, method: str) -> None:
    matter = desk.registered()
    client = browser(desk, Role.AUDITOR)

    response = getattr(client, method)(
        page("unmask", matter.pk), {"fields_wanted": ["phone"], "reason": "随便看看而已"}
    )

    assert response.status_code == 403
    assert REPORTER.phone not in response.content.decode()
    assert page("unmask", matter.pk) not in client.get(page("matter", matter.pk)).content.decode()


# --- Papers ------------------------------------------------------------------------------------------


def test_the_receipt_is_printed_in_two_copies_and_audited(desk: Desk) -> None:
    matter = desk.accepted()

    text = browser(desk, Role.WINDOW_CLERK).post(page("receipt", matter.pk)).content.decode()

    assert text.count(f"<th>编  号</th><td>{matter.number}") == 2
    assert text.count(matter.query_code) >= 2
    assert REPORTER.name in text
    assert "受理回执" in text
    with in_centre(desk.centre.code):
        assert AuditEntry.objects.get(act="person.unmask").reason == "打印受理回执"


def test_opening_the_receipts_address_shows_it_masked(desk: Desk) -> None:
    matter = desk.registered()

    text = browser(desk, Role.WINDOW_CLERK).get(page("receipt", matter.pk)).content.decode()

    assert "登记回执" in text
    assert f"<td>{matter.query_code}" not in text
    assert REPORTER.name not in text


def test_the_reply_is_printed_as_a_letter(desk: Desk) -> None:
    matter = desk.replied()
    reply = matter.replies.get()
    client = browser(desk, Role.WINDOW_CLERK)

    preview = client.get(page("reply_letter", reply.pk)).content.decode()
    paper = client.post(page("reply_letter", reply.pk)).content.decode()

    assert REPORTER.name not in preview
    assert REPORTER.name in paper
    assert "您反映的事项已办成。" in paper
    assert client.get(page("reply_letter", uuid4())).status_code == 404


def test_papers_are_not_for_every_role(desk: Desk) -> None:
    matter = desk.replied()
    reply = matter.replies.get()
    auditor = browser(desk, Role.AUDITOR)

    assert auditor.post(page("receipt", matter.pk)).status_code == 403
    assert auditor.post(page("reply_letter", reply.pk)).status_code == 403
