"""The pages of referrals: the lists, the draft, every step through the page, the letter."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from bancheng.centres.scope import in_centre
from bancheng.exchange import dispatch
from bancheng.identity.roles import CENTRE_ROLES, Role
from bancheng.privacy.models import AuditEntry
from bancheng.timekeeping import clock
from tenants.casework import files
from tenants.casework.actions import evidence
from tenants.casework.models import Category, Purpose
from tenants.matters import actions
from tenants.matters.models import Matter
from tenants.matters.states import State as MatterState
from tenants.referrals import by_letter, receiving, sending
from tenants.referrals.models import Referral, State
from tests import papers, schemas
from tests.desk import REPORTER, Desk

PROVINCE = "130000"
CITY = "130700"
HTMX = {"HTTP_HX_REQUEST": "true"}
ANSWERED = {
    "outcome": "done",
    "number": "示例函〔2026〕1号",
    "answer": "已认定。",
    "unscanned": "对方以传真答复。",
}


def page(name: str, *args: object) -> str:
    return reverse(name, urlconf="tenants.urls", args=args)


def browser(desk: Desk, role: str, department: str = "") -> Client:
    with in_centre(desk.centre.code):
        return schemas.client_for(desk.centre, desk.staff(role, department))


def text_of(response: Any) -> str:
    return str(response.content.decode())


def drafted(desk: Desk, unit: str = PROVINCE, *, matter: Matter | None = None) -> Referral:
    matter = matter or desk.handling(level=5)
    return sending.draft(
        matter_id=matter.pk,
        actor=desk.actor(Role.HANDLER),
        unit=unit,
        reason="档案在上级。",
        requested="请协查并认定。",
        contact_person="赵示例",
        contact_phone="13900005678",
    )


def sent(desk: Desk, unit: str = PROVINCE) -> Referral:
    return sending.send(referral_id=drafted(desk, unit).pk, actor=desk.actor(Role.WINDOW_LEAD))


def arrived(county: Desk, city: Any) -> tuple[Desk, UUID]:
    """A referral of the county's that waits in the city to be signed for."""
    with in_centre(county.centre.code):
        referral = sent(county, CITY)
    dispatch.run_due()
    return Desk(city), referral.pk


def seen(client: Client, referral: Referral) -> dict[str, str]:
    """What the dialog of sending posts: which version of the preview it shows."""
    dialog = client.get(page("referral_act", referral.pk, "send"), **HTMX)
    return {"seen": dialog.context["form"].initial["seen"]}


def fresh(desk: Desk, referral_id: UUID) -> Referral:
    with in_centre(desk.centre.code):
        return Referral.objects.select_related("matter").get(pk=referral_id)


# --- The lists ---------------------------------------------------------------------------------------


def test_sent_and_received_are_two_lists(desk: Desk, city: Any) -> None:
    there, referral_id = arrived(desk, city)
    number = fresh(desk, referral_id).number

    ours = browser(desk, Role.WINDOW_LEAD)
    theirs = browser(there, Role.WINDOW_LEAD)

    assert number in text_of(ours.get(page("referrals"), {"side": "sent"}))
    assert number not in text_of(ours.get(page("referrals"), {"side": "received"}))
    assert number in text_of(theirs.get(page("referrals"), {"side": "received"}))
    assert number in text_of(theirs.get(page("referrals"))), "what has come in is shown first"


def test_a_list_says_who_has_the_next_move(desk: Desk, city: Any) -> None:
    there, _ = arrived(desk, city)

    ours = text_of(browser(desk, Role.AUDITOR).get(page("referrals"), {"side": "sent"}))
    theirs = text_of(browser(there, Role.AUDITOR).get(page("referrals"), {"side": "received"}))

    assert 'data-label="现由谁办">对方单位' in ours
    assert 'data-label="现由谁办">本中心窗口' in theirs


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"state": "open"}, True),
        ({"state": "sent"}, True),
        ({"state": "confirmed"}, False),
        ({"unit": PROVINCE}, True),
        ({"unit": CITY}, False),
    ],
)
def test_the_list_is_narrowed_by_the_address(desk: Desk, query: dict[str, str], found: bool) -> None:
    number = sent(desk).number

    text = text_of(browser(desk, Role.WINDOW_LEAD).get(page("referrals"), {"side": "sent"} | query))

    assert (number in text) is found
    assert ("没有符合条件的转办" in text) is not found


def test_words_are_searched_for_without_standing_in_the_address(desk: Desk) -> None:
    referral = sent(desk)
    number, words = referral.number, referral.unit_name[:3]
    client = browser(desk, Role.WINDOW_LEAD)

    hit = client.post(page("referrals") + "?side=sent", {"q": words}, follow=True)
    miss = client.post(page("referrals") + "?side=sent", {"q": "没有这样的字"}, follow=True)

    assert number in text_of(hit)
    assert number not in text_of(miss)
    assert f'value="{words}"' in text_of(hit)
    assert hit.redirect_chain[0][0].startswith(page("referrals") + "?side=sent&find=")
    assert "%" not in hit.redirect_chain[0][0]


def test_the_queries_of_the_list_do_not_grow(desk: Desk, django_assert_max_num_queries: Any) -> None:
    client = browser(desk, Role.WINDOW_LEAD)
    sent(desk)
    client.get(page("referrals"))
    with django_assert_max_num_queries(60) as few:
        client.get(page("referrals"), {"side": "sent"})
    with in_centre(desk.centre.code):
        for _ in range(5):
            sent(desk)
    with django_assert_max_num_queries(len(few)):
        text = text_of(client.get(page("referrals"), {"side": "sent"}))
    assert text.count('data-label="现由谁办"') == 6


def test_an_empty_list_says_what_to_do(desk: Desk) -> None:
    client = browser(desk, Role.WINDOW_LEAD)

    assert "转办其他单位" in text_of(client.get(page("referrals")))
    assert "1个工作日内签收" in text_of(client.get(page("referrals"), {"side": "received"}))


def test_department_staff_see_only_their_departments(desk: Desk) -> None:
    referral = sent(desk)

    own, other = browser(desk, Role.HANDLER), browser(desk, Role.HANDLER, "YB")

    assert referral.number in text_of(own.get(page("referrals"), {"side": "sent"}))
    assert referral.number not in text_of(other.get(page("referrals"), {"side": "sent"}))
    assert own.get(page("referral", referral.pk)).status_code == 200
    assert other.get(page("referral", referral.pk)).status_code == 403
    assert other.get(page("referral_letter", referral.pk)).status_code == 403


def test_the_navigation_counts_what_waits_for_the_lead(desk: Desk, city: Any) -> None:
    there, _ = arrived(desk, city)

    lead = text_of(browser(there, Role.WINDOW_LEAD).get(page("referrals")))
    caller = text_of(browser(there, Role.CALLER).get(page("referrals")))

    assert 'title="1 件待处理">1</span>' in lead
    assert 'title="1 件待处理">1</span>' not in caller


def test_the_stuck_ones_are_on_top_and_say_why(desk: Desk) -> None:
    late, newer = sent(desk), sent(desk)
    with in_centre(desk.centre.code):
        Referral.objects.filter(pk=late.pk).update(sign_due_on=clock.today() - timedelta(days=3))
    client = browser(desk, Role.WINDOW_LEAD)

    whole = text_of(client.get(page("referrals"), {"side": "sent"}))
    stuck = text_of(client.get(page("referrals"), {"side": "sent", "state": "stuck"}))

    assert whole.index(late.number) < whole.index(newer.number)
    assert "逾期未签收" in whole
    assert late.number in stuck
    assert newer.number not in stuck


# --- One of them -------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", sorted(CENTRE_ROLES))
def test_the_page_shows_the_reporter_masked_to_each_role(desk: Desk, role: str) -> None:
    referral = sent(desk)

    text = text_of(browser(desk, role).get(page("referral", referral.pk)))

    assert "欧*" in text
    assert REPORTER.name not in text
    assert REPORTER.identifier not in text
    assert REPORTER.phone not in text
    calls = role in (Role.WINDOW_CLERK, Role.WINDOW_LEAD)
    assert ("13900005678" in text) is calls, "whoever calls the other office needs its number"


def test_what_came_in_is_masked_before_it_is_signed_for(desk: Desk, city: Any) -> None:
    there, referral_id = arrived(desk, city)

    text = text_of(browser(there, Role.WINDOW_LEAD).get(page("referral", referral_id)))

    assert "欧*" in text
    assert "示例：去过三处" in text
    assert REPORTER.name not in text
    assert REPORTER.identifier not in text


def test_matter_and_referral_lead_to_each_other(desk: Desk) -> None:
    referral = sent(desk)
    client = browser(desk, Role.WINDOW_LEAD)

    assert page("matter", referral.matter_id) in text_of(client.get(page("referral", referral.pk)))
    matter = client.get(page("matter", referral.matter_id), {"tab": "referrals"})
    assert page("referral", referral.pk) in text_of(matter)


def test_a_referral_of_another_centre_is_not_found(desk: Desk, yuxian: Any) -> None:
    with in_centre(yuxian.code):
        referral = sent(Desk(yuxian))

    client = browser(desk, Role.WINDOW_LEAD)
    for url in (
        page("referral", referral.pk),
        page("referral_act", referral.pk, "log_contact"),
        page("referral_letter", referral.pk),
        f"{page('referral_new')}?matter={referral.matter_id}",
    ):
        response = client.get(url)
        assert response.status_code == 404, url
        assert referral.number not in text_of(response)


def test_the_page_shows_each_units_clock_along_the_chain(desk: Desk, city: Any) -> None:
    referral = sent(desk, CITY)
    with in_centre(desk.centre.code):
        Referral.objects.filter(pk=referral.pk).update(
            state=State.SIGNED,
            signed_at=clock.now(),
            unit_matter_number="张社反〔2026〕0099号",
            handle_due_on=clock.today() + timedelta(days=20),
            onward_unit="示例省级中心",
            onward_since=clock.now(),
        )

    text = text_of(browser(desk, Role.WINDOW_LEAD).get(page("referral", referral.pk)))

    assert fresh(desk, referral.pk).matter.number in text
    assert "张社反〔2026〕0099号" in text
    assert "再转单位" in text
    assert "示例省级中心" in text
    assert "自动催办" in text


@pytest.mark.parametrize(
    ("state", "more", "said"),
    [
        (State.RECALLING, {}, "撤回不成"),
        (State.RECALLED, {"recall_reason": "另有办法"}, "已撤回，反映件已转回"),
        (State.REDIRECTED, {"designation": "改由示例县承办"}, "改由示例县承办"),
        (State.RETURNED, {"return_reason": "不属本级", "return_ground": "territory"}, "属地不符"),
        (State.RETURNED, {"appeal": "档案在对方", "appealed_at": clock.now()}, "待其指定"),
        (State.ASKED, {}, "要求补正"),
        (State.ANSWERED, {"answer": "已认定"}, "待窗口负责人确认"),
    ],
)
def test_every_branch_is_drawn(desk: Desk, city: Any, state: State, more: dict[str, Any], said: str) -> None:
    referral = sent(desk, CITY)
    with in_centre(desk.centre.code):
        found = Referral.objects.get(pk=referral.pk)
        for name, value in ({"state": state} | more).items():
            setattr(found, name, value)
        found.save()

    response = browser(desk, Role.WINDOW_LEAD).get(page("referral", referral.pk))

    assert said in text_of(response)
    assert text_of(response).count('aria-current="step"') == 1


def test_a_file_that_came_is_opened_from_the_page(desk: Desk, city: Any) -> None:
    matter, file = with_card(desk)
    with in_centre(desk.centre.code):
        draft = sending.draft(
            matter_id=matter.pk,
            actor=desk.actor(Role.HANDLER),
            unit=CITY,
            reason="档案在市级。",
            requested="请认定。",
            files=[UUID(file)],
        )
        sending.send(referral_id=draft.pk, actor=desk.actor(Role.WINDOW_LEAD))
    dispatch.run_due()
    there = Desk(city)
    with in_centre(CITY):
        url = page("referral_file", draft.pk, Referral.objects.get(pk=draft.pk).files.get().pk)

    lead, auditor = browser(there, Role.WINDOW_LEAD), browser(there, Role.AUDITOR)

    assert "附件1件，已到1件" in text_of(lead.get(page("referral", draft.pk)))
    assert url in text_of(lead.get(page("referral", draft.pk)))
    assert url not in text_of(auditor.get(page("referral", draft.pk)))
    assert auditor.get(url).status_code == 403
    opened = lead.get(url)
    assert (opened.status_code, opened.headers["Content-Type"]) == (200, "image/png")
    assert "no-store" in opened.headers["Cache-Control"]


def test_the_queries_of_the_page_do_not_grow(
    desk: Desk, city: Any, django_assert_max_num_queries: Any
) -> None:
    few, many = sent(desk), sent(desk)
    with in_centre(desk.centre.code):
        for _ in range(6):
            by_letter.log_contact(
                referral_id=many.pk,
                actor=desk.actor(Role.WINDOW_CLERK),
                way="call",
                person="赵示例",
                content="再问一次。",
            )
    client = browser(desk, Role.WINDOW_LEAD)
    client.get(page("referral", few.pk))
    with django_assert_max_num_queries(60) as first:
        client.get(page("referral", few.pk))
    with django_assert_max_num_queries(len(first) + 1):  # the staff who logged, all at once
        assert text_of(client.get(page("referral", many.pk))).count("再问一次。") == 6


@pytest.mark.parametrize("matter", ["", "7", "0190b2f0-0000-7000-8000-000000000000"])
def test_a_draft_without_a_matter_is_not_found(desk: Desk, matter: str) -> None:
    response = browser(desk, Role.WINDOW_LEAD).get(page("referral_new"), {"matter": matter})

    assert response.status_code == 404


# --- The draft ---------------------------------------------------------------------------------------


def test_a_matter_in_handling_offers_the_draft_to_who_may(desk: Desk) -> None:
    matter, early = desk.handling(), desk.registered()
    link = f"{page('referral_new')}?matter={matter.pk}"

    assert link in text_of(browser(desk, Role.HANDLER).get(page("matter", matter.pk)))
    assert link not in text_of(browser(desk, Role.CALLER).get(page("matter", matter.pk)))
    assert page("referral_new") not in text_of(browser(desk, Role.CALLER).get(page("matter", early.pk)))
    with in_centre(desk.centre.code):
        drafted(desk, matter=matter)
    assert link not in text_of(browser(desk, Role.HANDLER).get(page("matter", matter.pk)))


def test_the_draft_shows_beforehand_what_the_other_side_will_see(desk: Desk) -> None:
    matter = desk.handling()

    text = text_of(browser(desk, Role.HANDLER).get(page("referral_new"), {"matter": matter.pk}))

    assert "对方将看到" in text
    assert "130722********" in text
    assert "示例：去过三处" in text
    assert REPORTER.name not in text


def test_a_draft_is_written_on_the_page(desk: Desk) -> None:
    matter = desk.handling()
    typed = {"unit": PROVINCE, "reason": "档案在省级。", "requested": "请认定。", "told": "on"}

    response = browser(desk, Role.HANDLER).post(
        f"{page('referral_new')}?matter={matter.pk}", typed, follow=True
    )

    with in_centre(desk.centre.code):
        referral = Referral.objects.get()
    assert response.redirect_chain == [(page("referral", referral.pk), 302)]
    assert (referral.matter_id, referral.unit_code, referral.state) == (matter.pk, PROVINCE, State.DRAFT)


def test_a_wrong_draft_says_so_beside_its_fields_and_keeps_what_was_typed(desk: Desk) -> None:
    matter = desk.handling()
    typed = {"unit": "", "reason": "档案在省级。", "requested": "", "contact_phone": "12"}

    response = browser(desk, Role.HANDLER).post(f"{page('referral_new')}?matter={matter.pk}", typed)

    text = text_of(response)
    assert response.status_code == 422
    for field in ("unit", "requested", "contact_phone"):
        assert f'id="id_{field}_error"' in text
    assert 'id="id_reason_error"' not in text
    assert "档案在省级。" in text
    assert 'value="12"' in text


def test_a_second_draft_of_the_matter_is_a_conflict_that_keeps_what_was_typed(desk: Desk) -> None:
    referral = drafted(desk)
    typed = {"unit": PROVINCE, "reason": "再转一次的理由", "requested": "请认定。", "told": "on"}

    response = browser(desk, Role.HANDLER).post(f"{page('referral_new')}?matter={referral.matter_id}", typed)

    assert response.status_code == 409
    assert "此件已有一件转办在办" in text_of(response)
    assert "再转一次的理由" in text_of(response)


def with_card(desk: Desk) -> tuple[Matter, str]:
    """A matter in handling with one file, and the file's id."""
    matter = desk.handling(level=5)
    evidence.add_evidence(
        matter_id=matter.pk,
        actor=desk.actor(Role.WINDOW_CLERK),
        category=Category.CARD,
        purpose=Purpose.FILING,
        file=files.clean("户口簿.png", papers.picture("PNG")),
    )
    return matter, str(matter.evidence.get().pk)


def test_the_preview_follows_what_is_chosen(desk: Desk) -> None:
    matter, file = with_card(desk)
    client, url = browser(desk, Role.HANDLER), f"{page('referral_preview')}?matter={matter.pk}"

    nothing = text_of(client.post(url, {"unit": CITY}))
    chosen = text_of(client.post(url, {"unit": CITY, "files": [file, "rubbish"]}))
    letter = text_of(client.post(url, {"unit": PROVINCE, "files": [file]}))

    assert "不随转文件" in nothing
    assert "户口簿.png" in chosen
    assert "可查看完整个人信息和随转文件" in chosen
    assert "根因" in chosen
    assert "根因" not in letter, "an office without a system reads only what the letter says"
    assert "看到函件全文" in letter
    for text in (nothing, chosen, letter):
        assert REPORTER.name not in text


def test_the_preview_is_for_who_may_draft(desk: Desk) -> None:
    matter, _ = with_card(desk)

    url = f"{page('referral_preview')}?matter={matter.pk}"

    assert browser(desk, Role.AUDITOR).post(url).status_code == 403
    assert browser(desk, Role.HANDLER).get(url).status_code == 405


def test_a_draft_needs_the_reporter_to_be_told(desk: Desk) -> None:
    matter, file = with_card(desk)
    typed = {"unit": CITY, "reason": "档案在市级。", "requested": "请认定。", "files": [file]}

    response = browser(desk, Role.HANDLER).post(f"{page('referral_new')}?matter={matter.pk}", typed)

    text = text_of(response)
    assert response.status_code == 422
    assert "请先告知反映人其信息将转给该单位" in text
    assert "checked" in text, "the file stays chosen"


def test_a_draft_is_changed_on_a_page_of_its_own(desk: Desk) -> None:
    matter, file = with_card(desk)
    referral = drafted(desk, matter=matter)
    client, url = browser(desk, Role.HANDLER), page("referral_act", referral.pk, "revise")
    typed = {"unit": CITY, "reason": "改过的理由", "requested": "请认定。", "files": [file], "told": "on"}

    opened = text_of(client.get(url))
    response = client.post(url, typed)

    assert "档案在上级。" in opened
    assert response.headers["Location"] == page("referral", referral.pk)
    shown = text_of(client.get(page("referral", referral.pk)))
    assert "改过的理由" in shown
    assert "户口簿.png" in shown


def test_who_sends_sees_exactly_what_leaves_and_looks_again_if_it_changed(desk: Desk) -> None:
    matter, file = with_card(desk)
    typed = {"unit": CITY, "reason": "档案在市级。", "requested": "请认定。", "files": [file], "told": "on"}
    browser(desk, Role.HANDLER).post(f"{page('referral_new')}?matter={matter.pk}", typed)
    with in_centre(desk.centre.code):
        referral = Referral.objects.get()
    client, url = browser(desk, Role.WINDOW_LEAD), page("referral_act", referral.pk, "send")
    looked_at = seen(client, referral)
    assert "户口簿.png" in text_of(client.get(url, **HTMX))
    with in_centre(desk.centre.code):
        actions.amend(
            matter_id=matter.pk,
            actor=desk.actor(Role.WINDOW_CLERK),
            reason="记错了",
            phone="13800009999",
            address="示例镇",
            vulnerable=[],
            subject=matter.subject,
            narrative="换了一种说法。",
        )

    refused = client.post(url, looked_at, **HTMX)

    assert refused.status_code == 409
    assert "请重新核对" in text_of(refused)
    assert "换了一种说法。" in text_of(refused)
    assert fresh(desk, referral.pk).state == State.DRAFT
    again = client.post(url, {"seen": refused.context["form"]["seen"].value()}, **HTMX)
    assert again.headers["HX-Redirect"] == page("referral", referral.pk)


# --- The steps ---------------------------------------------------------------------------------------


def test_only_the_steps_of_the_role_and_state_are_offered(desk: Desk) -> None:
    referral = drafted(desk)

    lead = text_of(browser(desk, Role.WINDOW_LEAD).get(page("referral", referral.pk)))
    handler = text_of(browser(desk, Role.HANDLER).get(page("referral", referral.pk)))

    assert page("referral_act", referral.pk, "send") in lead
    assert page("referral_act", referral.pk, "record_answer") not in lead
    assert page("referral_act", referral.pk, "send") not in handler
    assert page("referral_act", referral.pk, "discard") in handler


def test_a_letter_goes_its_whole_way_on_the_page(desk: Desk) -> None:
    referral = drafted(desk)
    client = browser(desk, Role.WINDOW_LEAD)

    def step(name: str, **typed: str) -> None:
        response = client.post(page("referral_act", referral.pk, name), typed)
        assert response.status_code == 302, text_of(response)
        assert response.headers["Location"] == page("referral", referral.pk)

    step("send", **seen(client, referral))
    step("log_contact", way="call", person="赵示例", content="已收到来函。", signed_for="on")
    assert fresh(desk, referral.pk).state == State.SIGNED
    step("record_answer", **ANSWERED | {"dated": clock.today().isoformat()})
    shown = text_of(client.get(page("referral", referral.pk)))
    assert "已收到来函。" in shown
    assert "示例函〔2026〕1号" in shown
    step("confirm")

    done = fresh(desk, referral.pk)
    assert done.state == State.CONFIRMED
    assert done.matter is not None
    assert done.matter.state == MatterState.HANDLING


def test_a_returned_letter_brings_the_matter_back(desk: Desk) -> None:
    referral = sent(desk)

    browser(desk, Role.WINDOW_CLERK).post(
        page("referral_act", referral.pk, "record_return"), {"ground": "level", "reason": "不属本级"}
    )

    back = fresh(desk, referral.pk)
    assert back.state == State.RETURNED
    assert back.matter is not None
    assert back.matter.state == MatterState.HANDLING


def test_a_draft_can_be_thrown_away(desk: Desk) -> None:
    referral = drafted(desk)

    response = browser(desk, Role.HANDLER).post(page("referral_act", referral.pk, "discard"))

    assert response.headers["Location"] == page("matter", referral.matter_id)
    with in_centre(desk.centre.code):
        assert not Referral.objects.exists()


def test_the_receiver_signs_and_answers_on_the_page(desk: Desk, city: Any) -> None:
    there, referral_id = arrived(desk, city)
    lead = browser(there, Role.WINDOW_LEAD)

    lead.post(page("referral_act", referral_id, "sign"))
    signed = fresh(there, referral_id)
    assert signed.state == State.SIGNED
    assert signed.matter_id is not None
    early = text_of(lead.get(page("referral", referral_id)))
    assert "还没有办结上报" in early
    assert page("referral_act", referral_id, "answer") not in early
    with in_centre(CITY):
        there.assign(signed.matter_id)
        actions.sign(matter_id=signed.matter_id, actor=there.actor(Role.HANDLER))
        there.resolve(signed.matter_id)
    lead.post(page("referral_act", referral_id, "answer"), {"text": "已认定，可办理。"})

    assert fresh(there, referral_id).state == State.ANSWERED
    dispatch.run_due()
    assert "已认定，可办理。" in text_of(browser(desk, Role.WINDOW_LEAD).get(page("referral", referral_id)))


def test_giving_back_needs_reason_basis_and_who_should(desk: Desk, city: Any) -> None:
    there, referral_id = arrived(desk, city)

    response = browser(there, Role.WINDOW_LEAD).post(
        page("referral_act", referral_id, "give_back"), {"reason": "不属本级", "basis": "", "suggested": ""}
    )

    text = text_of(response)
    assert response.status_code == 422
    assert 'id="id_basis_error"' in text
    assert 'id="id_suggested_unit_error"' in text
    assert "不属本级" in text
    assert fresh(there, referral_id).state == State.SENT


def test_answering_too_early_is_a_conflict_that_keeps_the_text(desk: Desk, city: Any) -> None:
    there, referral_id = arrived(desk, city)
    with in_centre(CITY):
        receiving.sign(referral_id=referral_id, actor=there.actor(Role.WINDOW_LEAD))

    response = browser(there, Role.WINDOW_LEAD).post(
        page("referral_act", referral_id, "answer"), {"text": "提前写好的反馈"}, **HTMX
    )

    assert response.status_code == 409
    assert response.headers["HX-Retarget"] == "#dialog-body"
    assert "提前写好的反馈" in text_of(response)
    assert fresh(there, referral_id).state == State.SIGNED


def test_a_second_sending_is_a_conflict(desk: Desk) -> None:
    referral = sent(desk)

    response = browser(desk, Role.WINDOW_LEAD).post(page("referral_act", referral.pk, "send"))

    assert response.status_code == 409
    assert "这件转办现在是“已送出”" in text_of(response)


def test_a_step_of_another_role_is_refused(desk: Desk) -> None:
    referral = drafted(desk)

    response = browser(desk, Role.WINDOW_CLERK).post(page("referral_act", referral.pk, "send"))

    assert response.status_code == 403
    assert fresh(desk, referral.pk).state == State.DRAFT


def test_an_unknown_step_is_not_found(desk: Desk) -> None:
    client = browser(desk, Role.WINDOW_LEAD)

    assert client.get(page("referral_act", drafted(desk).pk, "nonsense")).status_code == 404


def test_a_final_step_asks_once_naming_the_referral(desk: Desk) -> None:
    referral = drafted(desk)
    client = browser(desk, Role.WINDOW_LEAD)

    whole = text_of(client.get(page("referral_act", referral.pk, "send")))
    dialog = text_of(client.get(page("referral_act", referral.pk, "send"), **HTMX))

    asked = f"确认对{referral.matter}转{referral.unit_name}的草稿“审核送出”？"
    assert f'data-confirm="{asked}' in whole
    assert asked in dialog
    assert "对方将看到" in dialog
    assert "<html" not in dialog


def test_a_step_from_the_dialog_moves_the_whole_page(desk: Desk) -> None:
    referral = drafted(desk)

    client = browser(desk, Role.WINDOW_LEAD)

    response = client.post(page("referral_act", referral.pk, "send"), seen(client, referral), **HTMX)

    assert response.headers["HX-Redirect"] == page("referral", referral.pk)


# --- The letter --------------------------------------------------------------------------------------


def test_the_letter_is_printed_in_two_copies_and_audited(desk: Desk) -> None:
    referral = sent(desk)

    text = text_of(browser(desk, Role.WINDOW_CLERK).post(page("referral_letter", referral.pk)))

    assert text.count('class="paper"') == 3, "two copies, and the slip to send back"
    assert text.count(REPORTER.name) == 2
    assert text.count(REPORTER.identifier) == 2
    for part in (referral.number, f"{referral.unit_name}：", "请协查并认定。", "（盖章）", "寄送联"):
        assert part in text
    with in_centre(desk.centre.code):
        entry = AuditEntry.objects.get(act="referral.print_letter")
    assert entry.subject_id == str(referral.pk)
    assert entry.data["fields"] == ["name", "identifier", "phone"]
    assert REPORTER.name not in str(entry.data)


def test_opening_the_letter_shows_it_masked_and_leaves_no_trace(desk: Desk) -> None:
    referral = sent(desk)

    text = text_of(browser(desk, Role.WINDOW_CLERK).get(page("referral_letter", referral.pk)))

    assert "欧*" in text
    for clear in (REPORTER.name, REPORTER.identifier, REPORTER.phone):
        assert clear not in text
    with in_centre(desk.centre.code):
        assert not AuditEntry.objects.filter(act="referral.print_letter").exists()


def test_a_letter_without_a_number_is_not_printed(desk: Desk) -> None:
    referral = drafted(desk)
    client = browser(desk, Role.WINDOW_LEAD)

    assert "送出后编号" in text_of(client.get(page("referral_letter", referral.pk)))
    refused = client.post(page("referral_letter", referral.pk))

    assert refused.status_code == 409
    assert REPORTER.name not in text_of(refused)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.CALLER, Role.DIRECTOR, Role.HANDLER])
def test_the_letter_is_printed_by_the_window_alone(desk: Desk, role: str) -> None:
    referral = sent(desk)

    response = browser(desk, role).post(page("referral_letter", referral.pk))

    assert response.status_code == 403
    assert REPORTER.name not in text_of(response)


def test_what_was_sent_is_printed_whatever_was_amended_since(desk: Desk) -> None:
    referral = sent(desk)
    with in_centre(desk.centre.code):
        matter = Matter.objects.select_related("reporter").get(pk=referral.matter_id)
        matter.reporter.name = "改名示例"
        matter.reporter.save()

    text = text_of(browser(desk, Role.WINDOW_CLERK).post(page("referral_letter", referral.pk)))

    assert REPORTER.name in text
    assert "改名示例" not in text


def test_a_referral_between_centres_has_no_letter(desk: Desk) -> None:
    referral = sent(desk, CITY)
    client = browser(desk, Role.WINDOW_LEAD)

    assert client.get(page("referral_letter", referral.pk)).status_code == 404
    assert page("referral_letter", referral.pk) not in text_of(client.get(page("referral", referral.pk)))
