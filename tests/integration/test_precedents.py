"""A precedent from its draft to its withdrawal: who, when, checked for traces, reviewed by another."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from bancheng.centres.scope import in_centre
from bancheng.errors import Conflict, Invalid, NotAllowed, Refused
from bancheng.identity.actors import Actor
from bancheng.identity.roles import CENTRE_ROLES, Role
from bancheng.precedents.models import Help, Precedent
from bancheng.privacy import audit
from bancheng.timekeeping import clock
from tenants.improvement.drafting import actions, acts, opening, selectors, workflow
from tenants.improvement.models import DraftState, PrecedentDraft
from tenants.matters.models import Matter
from tenants.notices.models import Notice
from tests import precedents
from tests.desk import REPORTER, Desk
from tests.precedents import CLERK, DIRECTOR, LEAD, TEXTS

HANDLER = Role.HANDLER


def text(response: Any, status: int = 200) -> str:
    assert response.status_code == status
    return str(response.content.decode())


def perform(name: str, draft: PrecedentDraft, actor: Actor, **data: Any) -> PrecedentDraft:
    return acts.perform(name=name, draft_id=draft.pk, actor=actor, data=data)


def next_year() -> str:
    return f"{clock.today() + timedelta(days=365)}"


# --- Beginning ----------------------------------------------------------------------------------------


def test_a_draft_opens_with_codes_and_offices_and_nothing_that_was_told(desk: Desk) -> None:
    matter = desk.closed()
    opened = opening.opening(matter)
    assert opened["causes"] == ["C06"]
    assert opened["units"] == "社保经办"
    assert "跨层级" in opened["title"]
    said = "".join(str(value) for value in opened.values())
    assert REPORTER.name not in said
    assert matter.narrative not in said
    assert matter.subject not in said


def test_nothing_of_the_reporter_or_the_staff_may_stand_in_it(desk: Desk) -> None:
    matter = desk.closed()
    known = {each.word for each in opening.known_of(matter)}
    assert {REPORTER.name, REPORTER.identifier, REPORTER.phone, REPORTER.address, matter.query_code} <= known
    assert desk.staff(HANDLER).name in known


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("title", "欧阳示例的抚恤金", "“欧阳示例”是此件的反映人姓名或名称，请删去。"),
        ("situation", "老人电话13800001234。", "“13800001234”是此件的反映人联系电话，请删去。"),
        ("solution", "2026年3月5日省里答复。", "“2026年3月5日”是确切日期，请只写到年月，如“2026年3月”。"),
        ("basis", "见张社反〔2026〕0007号", "“社反〔2026〕0007号”是反映件的编号，能查到具体的人，请删去。"),
        ("units", "示例镇示例村1号", "“示例镇示例村1号”是此件的反映人联系地址，请删去。"),
    ],
)
def test_what_looks_personal_is_refused_beside_its_field_and_nothing_typed_is_lost(
    desk: Desk, client_for: Any, field: str, typed: str, said: str
) -> None:
    matter = desk.closed()
    client = client_for(desk.centre, desk.staff(CLERK))
    page = text(
        client.post(f"/matters/{matter.pk}/precedent/", TEXTS | {"reason": "示例", field: typed}), 422
    )
    assert said in page
    assert typed in page
    assert 'value="15"' in page
    with in_centre(desk.centre.code):
        assert not PrecedentDraft.objects.exists()


def test_only_a_closed_matter_gives_a_precedent_and_only_one(desk: Desk) -> None:
    open_one, closed = desk.handling(), desk.closed()
    with pytest.raises(Conflict, match="销号后才能起草先例"):
        precedents.drafted(desk, open_one)
    precedents.drafted(desk, closed)
    with pytest.raises(Conflict, match="此件已有先例稿"):
        precedents.drafted(desk, closed)


def test_one_that_was_no_first_of_its_kind_needs_a_reason(desk: Desk, client_for: Any) -> None:
    matter = desk.closed()
    client = client_for(desk.centre, desk.staff(CLERK))
    assert "请写明起草先例的理由" in text(client.post(f"/matters/{matter.pk}/precedent/", TEXTS), 422)
    with in_centre(desk.centre.code):
        Matter.objects.filter(pk=matter.pk).update(first_of_kind=True)
    assert "不是首例" not in text(client.get(f"/matters/{matter.pk}/precedent/"))
    client.post(f"/matters/{matter.pk}/precedent/", TEXTS)
    with in_centre(desk.centre.code):
        assert PrecedentDraft.objects.get().authors == [desk.staff(CLERK).pk]


def test_of_two_who_begin_at_once_one_is_told(zhangbei: Any, at_once: Any) -> None:
    desk = Desk(zhangbei)
    with in_centre(zhangbei.code):
        matter = desk.closed()
        clerk = desk.actor(CLERK)

    def begin() -> object:
        with in_centre(zhangbei.code):
            return actions.draft(matter_id=matter.pk, actor=clerk, **TEXTS)

    results = at_once(begin, begin)
    assert sorted(isinstance(each, Conflict) for each in results) == [False, True]


# --- The course: a second statement of the table ------------------------------------------------------

S = DraftState
REVIEW = {Role.WINDOW_LEAD, Role.DEPUTY, Role.DIRECTOR}
WRITE = {Role.WINDOW_CLERK, Role.WINDOW_LEAD, Role.HANDLER, Role.DEPARTMENT_HEAD}
RULES: dict[str, tuple[set[DraftState], set[Role]]] = {
    "submit": ({S.DRAFT, S.SENT_BACK}, WRITE),
    "amend": ({S.DRAFT, S.SENT_BACK}, WRITE),
    "publish": ({S.SUBMITTED}, REVIEW),
    "send_back": ({S.SUBMITTED}, REVIEW),
    "renew": ({S.PUBLISHED}, REVIEW),
    "withdraw": ({S.PUBLISHED}, REVIEW),
}
LEADS_TO = {
    "submit": S.SUBMITTED,
    "publish": S.PUBLISHED,
    "send_back": S.SENT_BACK,
    "withdraw": S.WITHDRAWN,
}
BODIES: dict[str, dict[str, Any]] = {
    "submit": {},
    "amend": TEXTS,
    "publish": {"expires_on": "2028-01-01"},
    "send_back": {"note": "请写明依据。"},
    "renew": {"expires_on": "2028-01-01", "note": "文件没有变化。"},
    "withdraw": {"reason": "政策已改。"},
}


def test_the_table_is_what_was_stated() -> None:
    assert set(workflow.TABLE) == set(RULES)
    for name, each in workflow.TABLE.items():
        assert (set(each.sources), each.target) == (RULES[name][0], LEADS_TO.get(name))


@pytest.mark.parametrize("state", list(S))
def test_every_state_act_and_role(desk: Desk, state: DraftState) -> None:
    made = precedents.published(desk)
    wrong = []
    for name, (sources, roles) in RULES.items():
        for role in sorted(CENTRE_ROLES):
            PrecedentDraft.objects.filter(pk=made.pk).update(state=state)
            actor = desk.actor(role)
            may = state in sources and role in roles
            try:
                workflow.check(PrecedentDraft.objects.get(pk=made.pk), actor, name)
                did = True
            except (NotAllowed, Conflict):
                did = False
            if did != may:
                wrong.append(f"{state} {name} {role}: {did}")
    assert wrong == []


def test_the_whole_course(desk: Desk) -> None:
    clerk, lead = desk.actor(CLERK), desk.actor(LEAD)
    draft = precedents.submitted(desk)
    draft = perform("send_back", draft, lead, note="请写明依据。")
    draft = perform("amend", draft, clerk, **TEXTS | {"basis": "国发〔2005〕38号"})
    draft = perform("submit", draft, clerk)
    draft = perform("publish", draft, lead, expires_on=next_year())
    assert (draft.state, draft.number) == (S.PUBLISHED, f"张北社先〔{clock.today().year}〕1号")
    row = Precedent.objects.get()
    assert (row.pk, row.number, row.centre, row.item) == (draft.pk, draft.number, desk.centre.code, "YL10")
    assert row.basis == "国发〔2005〕38号"
    assert "遗属" in row.words
    assert "遗属" in row.pairs
    draft = perform("withdraw", draft, lead, reason="政策已改。")
    row.refresh_from_db()
    assert (draft.state, row.withdrawn_on, row.withdrawn_reason) == (S.WITHDRAWN, clock.today(), "政策已改。")
    assert [step.what for step in selectors.course(draft)] == [
        "撤下",
        "审核发布",
        "送审",
        "修改",
        "退回修改",
        "送审",
        "起草",
    ]
    assert audit.verify() is None


@pytest.mark.parametrize("name", ["publish", "send_back"])
def test_nobody_reviews_what_he_or_she_wrote_at(desk: Desk, name: str) -> None:
    lead = desk.actor(LEAD)
    draft = precedents.drafted(desk)
    perform("amend", draft, lead, **TEXTS)
    perform("submit", draft, desk.actor(CLERK))
    with pytest.raises(Conflict, match="没有参与起草的人审核"):
        perform(name, draft, lead, **BODIES[name])
    perform(name, draft, desk.actor(DIRECTOR), **BODIES[name])


def test_numbers_have_no_gap_whatever_failed_between(desk: Desk) -> None:
    precedents.published(desk)
    second = precedents.submitted(desk)
    with pytest.raises(NotAllowed):
        actions.publish(draft_id=second.pk, actor=desk.actor(CLERK), expires_on=clock.today())
    actions.publish(draft_id=second.pk, actor=desk.actor(LEAD), expires_on=clock.today())
    assert [row.number[-2] for row in Precedent.objects.order_by("number")] == ["1", "2"]


@pytest.mark.parametrize("name", ["submit", "publish"])
def test_what_the_check_finds_later_stops_it_as_well(desk: Desk, name: str) -> None:
    """The rules may have become better, or the text come by another way."""
    draft = precedents.drafted(desk) if name == "submit" else precedents.submitted(desk)
    PrecedentDraft.objects.filter(pk=draft.pk).update(title="王建国同志的待遇")
    with pytest.raises(Invalid) as refused:
        perform(name, draft, desk.actor(LEAD), **BODIES[name])
    assert refused.value.errors[""] == ["标题：“王建国同志”像是姓名，请改写为“反映人”“其子”这样的称呼。"]
    assert not Precedent.objects.exists()


@pytest.mark.parametrize("day", ["2020-01-01", "today", "2099-01-01", "2026-13-01", ""])
def test_an_expiry_that_makes_no_sense_is_refused(desk: Desk, day: str) -> None:
    draft = precedents.submitted(desk)
    with pytest.raises(Invalid) as refused:
        perform("publish", draft, desk.actor(LEAD), expires_on=f"{clock.today()}" if day == "today" else day)
    assert list(refused.value.errors) == ["expires_on"]


def test_the_reason_of_a_withdrawal_is_public_and_checked(desk: Desk) -> None:
    draft = precedents.published(desk)
    with pytest.raises(Invalid) as refused:
        perform("withdraw", draft, desk.actor(LEAD), reason="欧阳示例投诉。")
    assert list(refused.value.errors) == ["reason"]


def test_renewed_it_is_suggested_again(desk: Desk) -> None:
    draft = precedents.published(desk, days=-1)
    row = Precedent.objects.get()
    assert row.standing == "expired"
    perform("renew", draft, desk.actor(LEAD), expires_on=next_year(), note="文件没有变化。")
    row.refresh_from_db()
    assert row.standing == "current"


def test_those_concerned_are_told(desk: Desk) -> None:
    lead, clerk = desk.staff(LEAD), desk.staff(CLERK)
    draft = precedents.submitted(desk)
    assert set(Notice.objects.values_list("kind", "recipient")) == {("precedent_submitted", lead.pk)}
    perform("send_back", draft, desk.actor(LEAD), note="请改。")
    assert Notice.objects.get(kind="precedent_sent_back").recipient_id == clerk.pk


def test_a_draft_that_is_sent_twice_is_told_of_twice(desk: Desk) -> None:
    desk.staff(LEAD)
    draft = precedents.submitted(desk)
    perform("send_back", draft, desk.actor(LEAD), note="请改。")
    with clock.at(clock.now() + timedelta(minutes=1)):
        perform("submit", draft, desk.actor(CLERK))
    assert Notice.objects.filter(kind="precedent_submitted").count() == 2


@pytest.mark.parametrize(("days", "told"), [(31, 0), (30, 1), (-1, 1)])
def test_the_centre_is_told_a_month_before_it_expires_once(desk: Desk, days: int, told: int) -> None:
    precedents.published(desk, days=days)
    assert (actions.tell_of_expiring(), actions.tell_of_expiring()) == (told, 0)


# --- It helped ----------------------------------------------------------------------------------------


def test_that_it_helped_is_counted_once_for_a_matter(desk: Desk) -> None:
    row, matter, clerk = precedents.standing(), desk.handling(), desk.actor(CLERK)
    assert actions.helped(matter_id=matter.pk, precedent_id=row.pk, actor=clerk).helped == 1
    with pytest.raises(Conflict, match="已经记过"):
        actions.helped(matter_id=matter.pk, precedent_id=row.pk, actor=clerk)
    other = desk.handling()
    assert actions.helped(matter_id=other.pk, precedent_id=row.pk, actor=desk.actor(HANDLER)).helped == 2
    assert Help.objects.filter(centre=desk.centre.code).count() == 2


def test_what_no_longer_holds_helps_nobody(desk: Desk) -> None:
    row = precedents.standing(expires_on=clock.today() - timedelta(days=1))
    with pytest.raises(Conflict, match="已过有效期"):
        actions.helped(matter_id=desk.handling().pk, precedent_id=row.pk, actor=desk.actor(CLERK))


def test_a_matter_is_not_helped_by_its_own_precedent(desk: Desk) -> None:
    matter = desk.closed()
    draft = precedents.published(desk, matter)
    with pytest.raises(Conflict, match="不计入"):
        actions.helped(matter_id=matter.pk, precedent_id=draft.pk, actor=desk.actor(CLERK))
    assert selectors.beside(matter).suggestions == []


def test_two_who_are_helped_at_once_are_both_counted(zhangbei: Any, at_once: Any) -> None:
    desk = Desk(zhangbei)
    with in_centre(zhangbei.code):
        row, matters, clerk = precedents.standing(), [desk.handling(), desk.handling()], desk.actor(CLERK)

    def help_with(matter_id: UUID) -> Any:
        def call() -> object:
            with in_centre(zhangbei.code):
                return actions.helped(matter_id=matter_id, precedent_id=row.pk, actor=clerk)

        return call

    at_once(*(help_with(matter.pk) for matter in matters))
    row.refresh_from_db()
    assert row.helped == 2


@pytest.mark.parametrize("role", [Role.CALLER, Role.SUPERVISOR, Role.AUDITOR])
def test_who_has_no_part_in_a_matter_cannot_say_that_it_helped(desk: Desk, role: Role) -> None:
    row = precedents.standing()
    with pytest.raises(NotAllowed):
        actions.helped(matter_id=desk.handling().pk, precedent_id=row.pk, actor=desk.actor(role))


# --- Who sees what ------------------------------------------------------------------------------------


def test_a_draft_of_a_sensitive_matter_betrays_it_to_nobody(desk: Desk, client_for: Any) -> None:
    matter = desk.closed()
    draft = precedents.submitted(desk, matter)
    Matter.objects.filter(pk=matter.pk).update(sensitive=True)
    deputy = client_for(desk.centre, desk.staff(Role.DEPUTY))
    assert matter.number not in text(deputy.get(f"/precedent-drafts/{draft.pk}/"))
    supervisor = client_for(desk.centre, desk.staff(Role.SUPERVISOR))
    assert supervisor.get(f"/precedent-drafts/{draft.pk}/").status_code == 404


def test_another_department_sees_no_draft_of_it(desk: Desk) -> None:
    draft = precedents.drafted(desk)
    with pytest.raises(Refused):
        selectors.draft_for(desk.actor(HANDLER, "YB"), draft.pk)


def test_what_waits_is_counted_for_those_who_can_review_it(desk: Desk) -> None:
    precedents.submitted(desk)
    waiting = {role: selectors.waiting_for(desk.actor(role)).count() for role in (CLERK, LEAD, DIRECTOR)}
    assert waiting == {CLERK: 0, LEAD: 1, DIRECTOR: 1}


# --- Pages --------------------------------------------------------------------------------------------


@pytest.fixture
def clerk(desk: Desk, client_for: Any) -> Client:
    client: Client = client_for(desk.centre, desk.staff(CLERK))
    return client


def test_the_intake_shows_what_may_help_or_says_that_nothing_was_found(desk: Desk, clerk: Client) -> None:
    assert "没有查到先例" in text(clerk.post("/intake/help/", {"item_code": "YL10"}))
    precedents.standing()
    assert "市社先〔2026〕1号" in text(clerk.post("/intake/help/", {"item_code": "YL10"}))
    title = {"subject": TEXTS["title"]}
    assert "市社先〔2026〕1号" in text(clerk.post("/intake/help/", title))
    assert "选择事项、写下事由后" in text(clerk.post("/intake/help/", {"item_code": "x", "subject": "\0"}))


def test_the_matter_page_says_that_nothing_was_found(desk: Desk, clerk: Client) -> None:
    assert "没有查到先例" in text(clerk.get(f"/matters/{desk.handling().pk}/?tab=precedents"))


def test_from_the_matter_page_it_helps(desk: Desk, clerk: Client) -> None:
    row, matter = precedents.standing(), desk.handling()
    page = text(clerk.get(f"/matters/{matter.pk}/?tab=precedents"))
    assert "同一事项，同样卡在跨层级、无先例" in page
    page = text(clerk.post(f"/matters/{matter.pk}/precedents/{row.pk}/helped/", follow=True))
    assert "已记：对此件有帮助" in page
    assert Precedent.objects.get().helped == 1


def test_a_closed_first_of_its_kind_leads_to_its_draft(desk: Desk, clerk: Client) -> None:
    matter = desk.closed()
    assert "起草先例" not in text(clerk.get(f"/matters/{matter.pk}/"))
    with in_centre(desk.centre.code):
        Matter.objects.filter(pk=matter.pk).update(first_of_kind=True)
    assert f"/matters/{matter.pk}/precedent/" in text(clerk.get(f"/matters/{matter.pk}/"))
    with in_centre(desk.centre.code):
        precedents.drafted(desk, matter)
    assert "起草先例" not in text(clerk.get(f"/matters/{matter.pk}/"))


def test_a_dialog_refuses_and_keeps_what_was_typed(desk: Desk, clerk: Client) -> None:
    draft = precedents.drafted(desk)
    path = f"/precedent-drafts/{draft.pk}/amend/"
    assert TEXTS["situation"] in text(clerk.get(path, headers={"HX-Request": "true"}))
    answer = clerk.post(path, TEXTS | {"solution": "找王建国同志。"}, headers={"HX-Request": "true"})
    assert "像是姓名" in text(answer, 422)
    assert "找王建国同志。" in text(answer, 422)


def test_the_reviewer_sees_the_check_again(desk: Desk, client_for: Any) -> None:
    draft = precedents.submitted(desk)
    lead = client_for(desk.centre, desk.staff(LEAD))
    assert "没有发现" in text(lead.get(f"/precedent-drafts/{draft.pk}/"))
    with in_centre(desk.centre.code):
        PrecedentDraft.objects.filter(pk=draft.pk).update(units="张伟先生")
    assert "协同单位：“张伟先生”像是姓名" in text(lead.get(f"/precedent-drafts/{draft.pk}/"))


def test_all_pages_open(desk: Desk, client_for: Any) -> None:
    draft = precedents.published(desk)
    lead = client_for(desk.centre, desk.staff(LEAD))
    for path in (
        "/precedents/",
        f"/precedents/{draft.pk}/",
        "/precedent-drafts/",
        "/precedent-drafts/?state=published",
        "/precedent-drafts/?state=x&page=9",
        f"/precedent-drafts/{draft.pk}/",
        f"/precedent-drafts/{draft.pk}/renew/",
        f"/precedent-drafts/{draft.pk}/withdraw/",
    ):
        assert TEXTS["title"] in text(lead.get(path)), path
    assert text(lead.get(f"/precedent-drafts/{draft.pk}/publish/"), 409)
    assert text(lead.get(f"/precedent-drafts/{draft.pk}/nothing/"), 404)


# --- API ----------------------------------------------------------------------------------------------


def test_the_course_by_the_api(desk: Desk, api_for: Any) -> None:
    matter = desk.closed()
    clerk, lead = api_for(desk.centre, desk.staff(CLERK)), api_for(desk.centre, desk.staff(LEAD))
    base = f"/api/v1/matters/{matter.pk}/precedents/"
    refused = clerk.post(base, TEXTS | {"reason": "示例", "title": "欧阳示例"}, format="json")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "#/title"
    made = clerk.post(base, TEXTS | {"reason": "示例"}, format="json")
    assert made.status_code == 201
    url = made["Location"]
    assert made.json()["traces"] == []
    submit = made.json()["available_actions"][0]
    assert clerk.post(submit["url"], {}, format="json").json()["draft"]["state"] == "submitted"
    shown = lead.post(f"{url}publish/", {"expires_on": next_year()}, format="json").json()
    assert shown["draft"]["number"].startswith("张北社先")
    with in_centre(desk.centre.code):
        other = desk.handling()
    beside = clerk.get(f"/api/v1/matters/{other.pk}/precedents/").json()
    assert [each["number"] for each in beside["suggestions"]] == [shown["draft"]["number"]]
    helped = clerk.post(
        f"/api/v1/matters/{other.pk}/precedents/{shown['draft']['id']}/helped/", format="json"
    )
    assert helped.json()["helped"] == 1
    assert lead.get("/api/v1/precedent-drafts/?state=published").json()["count"] == 1
