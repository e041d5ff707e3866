"""The API of matters and consultations: the acts of the pages, by the same forms, with the same refusals."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.authtoken.models import Token

from bancheng.catalogue.words import Kind, ReporterKind
from bancheng.centres.scope import in_centre
from bancheng.identity.actors import Actor
from bancheng.identity.roles import CENTRE_ROLES, Role
from bancheng.privacy.models import AuditEntry
from bancheng.timekeeping import clock
from tenants.matters import acts
from tenants.matters.models import Consultation, ConsultationTally, Matter
from tenants.matters.states import State
from tests import schemas
from tests.desk import REPORTER, STORY, Desk, card
from tests.integration.clockwork import extend

API = "/api/v1"
REGISTRATION = {
    "name": "欧阳示例",
    "identifier": card(),
    "phone": "13800001234",
    "kind": "hard",
    "item_code": "YL10",
    "subject": "遗属待遇多处询问未办成",
    "narrative": "示例：去过三处。",
}
BODIES: dict[str, dict[str, Any]] = {
    "triage": {"kind": "hard", "item_code": "YL10", "level": 3, "mode": "routine", "principal_cause": "C06"},
    "accept": {},
    "decline": {"reason": "petition", "explanation": "已由信访渠道受理。", "remedy": "信访复查。"},
    "reverse_decline": {"reason": "有新情况。"},
    "assign": {"department": "SB", "supporting": ["YB"]},
    "sign": {},
    "return_to_window": {"reason": "不属本部门。", "basis": "职责清单", "suggested": "医保"},
    "progress": {"text": "已调档。"},
    "request_signoff": {
        "purpose": "negative",
        "basis": "示例依据",
        "risk": "可能复议。",
        "precedent": "已查，无先例。",
    },
    "sign_off": {"opinion": "同意。"},
    "refuse_signoff": {"opinion": "请再核。"},
    "resolve": {"outcome": "done", "result": "已核定。", "basis": "示例依据"},
    "check_materials": {
        "version": 0,
        "lines": [{"name": "死亡证明", "status": "received"}, {"name": "火化证明", "status": "missing"}],
    },
    "ask_material": {"wanted": ["死亡证明"], "days": 5},
    "receive_material": {
        "version": 1,
        "lines": [{"name": "死亡证明", "status": "window"}],
    },
    "contact": {"channel": "phone", "reached": True, "text": "已说明。"},
    "extend": {"days": 2, "reason": "待调档。", "channel": "phone", "told": "已说明。"},
    "extend_again": {"days": 2, "reason": "待复函。", "channel": "phone", "told": "已说明。"},
    "regrade": {"level": 4, "expedite": False, "reason": "无先例。"},
    "merge": {
        "into": lambda _: Matter.objects.filter(state="registered").latest("number").number,
        "reason": "同一件事。",
    },
    "restrict": {"sensitive": True, "reason": "涉及病情。"},
    "amend": {"subject": "遗属待遇", "narrative": "更正。", "reason": "笔误"},
    "reply": {
        "done": "已办成。",
        "basis": "示例依据。",
        "remaining": "不需要再办手续。",
        "rating": "可凭查询码评价。",
        "recourse": "可拨打窗口电话反映。",
        "channel": "phone",
        "reached": "本人",
    },
    "call_back": {"reached": True, "solved": True, "satisfied": True, "trips_after": 0, "note": "已到账。"},
    "close": {"principal_cause": "C06"},
    "reopen": {"reason": "未到账。"},
    "rate": {"grade": 5},
    "record_rating": {"grade": 4, "comment": "说办得不错。"},
    "rectify": {"feedback": "已重新解释并道歉。"},
    "thank": {"kind": "banner", "on": lambda _: today(), "words": "为民解忧"},
    "retrospect": {"lost_with": "outside", "why": "等函。", "quicker": "先打电话。", "measure": "建联系单。"},
    "ask_contact": {"text": "请下午来电。"},
    "supply_material": {"text": "户口簿复印件已交到窗口。"},
    "record_consent": {
        "purpose": "certify",
        "scope": "上门确认本人状况。",
        "giver": "self",
        "name": "欧阳示例",
        "method": "spoken",
        "second": lambda _: caller(),
        "valid_from": "2026-01-01",
        "valid_until": "2099-12-31",
    },
    "withdraw_consent": {"consent": lambda matter: matter.consents.get().pk, "told_by": "电话"},
    "offer_alternative": {"way": "data", "answer": "failed", "note": "没有比对上。"},
    "log_liaison": {"unit": "示例单位", "content": "已说明须出具证明。"},
    "explain_policy": {"title": "示例办法", "article": "第六条", "words": "已逐条解释。"},
    "reckon": {
        "category": "woman_55",
        "born": "1975-03",
        "whom": "示例职工",
        "planned": "2032-06",
        "actual_months": 300,
        "average_index": "0.8",
        "balance": "80000",
    },
    "visit": {
        "kind": "call",
        "on": lambda _: today(),
        "went": lambda _: [caller()],
        "findings": "一切如常。",
    },
    "escalate": {"reason": "两部门意见不一。"},
    "take_over": {},
    "supervise": {"demand": "请说明原因。", "due_on": "2099-12-31"},
    "answer_supervision": {"text": "已调齐材料。"},
    "lift_supervision": {"result": "已反馈。"},
    "instruct": {"text": "请尽快办理。", "to": ["window"]},
    "reassign": {"handler": lambda matter: colleague(matter)},
    "ask_support": {"office": "other", "office_other": "示例银行", "question": "请核实。"},
    "sign_support": {},
    "answer_support": {"answer": "已核实。", "basis": "缴费记录"},
    "record_outside_answer": {
        "part": lambda matter: matter.joint_parts.get().pk,
        "answer": "已核实。",
        "basis": "复函1号",
    },
    "call_meeting": {
        "at": "2027-01-05T09:30",
        "place": "三楼",
        "offices": "示例银行",
        "question": "谁先办。",
    },
    "record_minutes": {
        "meeting": lambda matter: matter.meetings.get().pk,
        "attended": "两家",
        "minutes": "已商定。",
        "decisions": lambda _: [{"what": "先行核定", "who": "社保经办", "until": today(7)}],
    },
    "carry_out_decision": {
        "decision": lambda matter: matter.meetings.get().decisions.get().pk,
        "result": "已落实。",
    },
    "record_prerequisite": {
        "wanting": "SB",
        "giving": "other",
        "giving_other": "示例银行",
        "paper": "证明",
        "basis": "示例办法",
    },
    "settle_prerequisite": {
        "prerequisite": lambda matter: matter.prerequisites.get().pk,
        "how": "已出具。",
    },
    "withdraw": {"reason": "已自行办成。", "told_by": "电话"},
}


def colleague(matter: Matter) -> UUID:
    """Somebody else of the department that handles the matter."""
    centre = schemas.centre("130722")
    return UUID(str(schemas.make_staff(centre, Role.HANDLER, matter.department_id or "SB").pk))


IN_PARTS = {"add_evidence"}
"""It takes a file, which no JSON holds; tests/integration/test_casework_evidence.py sends it in parts."""


def today(later: int = 0) -> str:
    """Or so many days later."""
    return (clock.today() + timedelta(days=later)).isoformat()


def caller() -> str:
    """Somebody who does none of these acts."""
    return str(schemas.make_staff(schemas.centre("130722"), Role.CALLER).pk)


def body(act: str, matter: Matter) -> dict[str, Any]:
    """The act's body, with the ids that only the matter knows."""
    filled = {name: value(matter) if callable(value) else value for name, value in BODIES[act].items()}
    return {name: str(value) if isinstance(value, UUID) else value for name, value in filled.items()}


def problem(answer: Any, status: int) -> dict[str, Any]:
    """The problem, once it is sure that the answer is one."""
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    told: dict[str, Any] = answer.json()
    assert told["status"] == status
    return told


def ready_for(desk: Desk, act: str) -> Matter:
    """A matter in the state in which `act` is done."""
    from tenants.casework.actions import evidence as casework
    from tenants.casework.models import Giver, Method
    from tenants.casework.models import Purpose as ConsentPurpose
    from tenants.casework.selectors import guidance as selectors
    from tenants.coordination import actions as coordination
    from tenants.coordination.models import Purpose
    from tenants.coordination.offices import Office
    from tenants.demo.parameters import enter_parameters
    from tenants.matters import actions
    from tenants.replies import actions as replies

    def declined() -> Matter:
        return actions.decline(
            matter_id=desk.registered().pk, actor=desk.actor(Role.WINDOW_LEAD), **BODIES["decline"]
        )

    def awaiting_signoff() -> Matter:
        return coordination.request_signoff(
            matter_id=desk.handling().pk,
            actor=desk.actor(Role.HANDLER),
            purpose=Purpose.NEGATIVE,
            basis="示例依据",
            risk="示例风险",
            precedent="已查，无先例。",
        )

    lead, handler = desk.actor(Role.WINDOW_LEAD), desk.actor(Role.HANDLER)

    def supported() -> Matter:
        """By the department whose people knock in these tests."""
        return coordination.assign(
            matter_id=desk.accepted().pk, actor=lead, department="YB", supporting=["SB"]
        )

    def supervised() -> Matter:
        return coordination.supervise(matter_id=desk.handling().pk, actor=desk.actor(Role.SUPERVISOR))

    def asked_outside() -> Matter:
        bank = Office("示例银行", "示例银行")
        return coordination.ask_support(
            matter_id=desk.handling().pk, actor=lead, office=bank, question="请核实。"
        )

    def met() -> Matter:
        return coordination.call_meeting(
            matter_id=desk.handling().pk,
            actor=lead,
            at=clock.now() + timedelta(seconds=1),
            place="三楼",
            offices="示例银行",
            question="谁先办。",
        )

    def decided() -> Matter:
        return coordination.record_minutes(
            matter_id=(matter := met()).pk,
            actor=lead,
            meeting=matter.meetings.get().pk,
            attended="两家",
            minutes="已商定。",
            decisions=[coordination.Decided("先行核定", "社保经办")],
        )

    def waiting_for_a_paper() -> Matter:
        return coordination.record_prerequisite(
            matter_id=desk.handling().pk,
            actor=handler,
            wanting=Office("SB", "社保经办", True),
            giving=Office("示例银行", "示例银行"),
            paper="证明",
            basis="示例办法",
        )

    def rated_low() -> Matter:
        return replies.rate(matter_id=desk.replied().pk, actor=Actor.reporter(desk.centre.code), grade=1)

    def consented() -> Matter:
        return casework.record_consent(
            matter_id=desk.handling().pk,
            actor=handler,
            purpose=ConsentPurpose.CERTIFY,
            scope="上门确认本人状况。",
            giver=Giver.SELF,
            name="欧阳示例",
            relation="",
            method=Method.SPOKEN,
            second=desk.actor(Role.WINDOW_CLERK).staff_id,
            valid_from=clock.today(),
            valid_until=clock.today() + timedelta(days=30),
            scan=None,
        )

    def with_parameters() -> Matter:
        if not selectors.parameters_in_force():
            enter_parameters()
        return desk.handling()

    made: dict[str, Callable[[], Matter]] = {
        "withdraw_consent": consented,
        "reckon": with_parameters,
        "sign_support": supported,
        "answer_support": supported,
        "answer_supervision": supervised,
        "lift_supervision": supervised,
        "record_outside_answer": asked_outside,
        "record_minutes": met,
        "carry_out_decision": decided,
        "settle_prerequisite": waiting_for_a_paper,
        "triage": desk.registered,
        "accept": lambda: desk.triaged(level=1),
        "decline": desk.registered,
        "reverse_decline": declined,
        "assign": desk.accepted,
        "sign": desk.assigned,
        "return_to_window": desk.assigned,
        "sign_off": awaiting_signoff,
        "refuse_signoff": awaiting_signoff,
        "receive_material": desk.awaiting_material,
        "reply": desk.resolved,
        "call_back": desk.replied,
        "close": lambda: desk.call_back(desk.replied().pk),
        "reopen": desk.closed,
        "merge": lambda: (desk.registered(), desk.handling())[1],
        "rate": desk.replied,
        "record_rating": desk.replied,
        "rectify": rated_low,
        "thank": desk.replied,
        "retrospect": desk.closed,
        "extend_again": lambda: extend(desk, desk.handling().pk, days=2),
    }
    return made.get(act, desk.handling)()


# --- Acts --------------------------------------------------------------------------------------------


def test_there_is_a_body_for_every_act() -> None:
    assert set(BODIES) | IN_PARTS == set(acts.all_bound())


@pytest.mark.parametrize("act", BODIES)
def test_an_act_is_for_the_roles_of_the_table(desk: Desk, call: Callable[..., Any], act: str) -> None:
    roles = acts.bound(act).transition.roles & CENTRE_ROLES
    matter = ready_for(desk, act)
    for role in CENTRE_ROLES - roles:
        told = problem(call(role, "post", f"/matters/{matter.pk}/actions/{act}/", body(act, matter)), 403)
        assert told["code"] == "not_allowed", role
    # Of several roles the rules of the moment may leave one: the deputy signs, the director designates.
    statuses = {}
    for role in roles:
        other = ready_for(desk, act)
        answer = call(role, "post", f"/matters/{other.pk}/actions/{act}/", body(act, other))
        statuses[role] = answer.status_code
    assert 200 in statuses.values() or not roles, statuses  # a reporter's own acts are nobody's here


def test_an_act_answers_with_where_the_matter_stands_now(desk: Desk, call: Callable[..., Any]) -> None:
    matter = desk.triaged()
    answer = call(Role.WINDOW_LEAD, "post", f"/matters/{matter.pk}/actions/accept/")
    assert answer.status_code == 200
    assert answer.json()["state"] == State.ACCEPTED
    assert answer.json()["next_action"] == "assign"
    offered = {offer["name"]: offer for offer in answer.json()["available_actions"]}
    assert offered["assign"]["url"] == f"{API}/matters/{matter.pk}/actions/assign/"
    assert offered["assign"]["allowed"]


def test_what_a_rule_forbids_is_offered_with_its_reason(desk: Desk, call: Callable[..., Any]) -> None:
    matter = desk.replied()
    offers = call(Role.WINDOW_LEAD, "get", f"/matters/{matter.pk}/").json()["available_actions"]
    close = next(offer for offer in offers if offer["name"] == "close")
    assert not close["allowed"]
    assert "回访" in close["reason"]


def test_a_second_accept_is_a_conflict(desk: Desk, call: Callable[..., Any]) -> None:
    path = f"/matters/{desk.triaged().pk}/actions/accept/"
    assert call(Role.WINDOW_LEAD, "post", path).status_code == 200
    assert problem(call(Role.WINDOW_LEAD, "post", path), 409)["code"] == "wrong_state"


def test_another_departments_matter_is_refused(desk: Desk, call: Callable[..., Any]) -> None:
    matter = desk.assigned()
    told = problem(call(Role.HANDLER, "post", f"/matters/{matter.pk}/actions/sign/", {}, "YB"), 403)
    assert "部门" in told["detail"]


def test_the_department_that_returns_a_matter_still_gets_its_answer(
    desk: Desk, call: Callable[..., Any]
) -> None:
    path = f"/matters/{desk.assigned().pk}/actions/return_to_window/"
    answer = call(Role.DEPARTMENT_HEAD, "post", path, BODIES["return_to_window"])
    assert (answer.status_code, answer.json()["state"]) == (200, State.ACCEPTED)


def test_every_wrong_field_is_pointed_at(desk: Desk, call: Callable[..., Any]) -> None:
    body = {"outcome": "done", "result": "", "paid_on": "2026-02-30"}
    told = problem(call(Role.HANDLER, "post", f"/matters/{desk.handling().pk}/actions/resolve/", body), 422)
    assert {each["pointer"] for each in told["errors"]} == {"#/result", "#/basis", "#/paid_on"}


def test_a_rule_of_the_action_is_pointed_at_too(desk: Desk, call: Callable[..., Any]) -> None:
    body = BODIES["resolve"] | {"paid_on": today()}
    told = problem(call(Role.HANDLER, "post", f"/matters/{desk.handling().pk}/actions/resolve/", body), 422)
    assert {each["pointer"] for each in told["errors"]} == {"#/paid_amount", "#/paid_tail"}


def test_a_misspelled_field_is_not_dropped_in_silence(desk: Desk, call: Callable[..., Any]) -> None:
    body = {"department": "SB", "suporting": ["YB"]}
    told = problem(
        call(Role.WINDOW_LEAD, "post", f"/matters/{desk.accepted().pk}/actions/assign/", body), 422
    )
    assert [each["pointer"] for each in told["errors"]] == ["#/suporting"]


def test_who_may_not_is_not_told_what_to_fill_in(desk: Desk, call: Callable[..., Any]) -> None:
    path = f"/matters/{desk.handling().pk}/actions/resolve/"
    problem(call(Role.WINDOW_CLERK, "post", path, {"nonsense": 1}), 403)


def test_what_is_left_out_stays_as_it_is(desk: Desk, call: Callable[..., Any]) -> None:
    matter = desk.handling()
    answer = call(Role.WINDOW_CLERK, "post", f"/matters/{matter.pk}/actions/amend/", BODIES["amend"])
    assert answer.status_code == 200
    person = Matter.objects.get(pk=matter.pk).reporter
    assert (person.phone, person.address) == (REPORTER.phone, REPORTER.address)


def test_what_is_sent_empty_is_emptied(desk: Desk, call: Callable[..., Any]) -> None:
    matter = desk.handling()
    body = BODIES["amend"] | {"phone": None}
    call(Role.WINDOW_CLERK, "post", f"/matters/{matter.pk}/actions/amend/", body)
    assert not Matter.objects.get(pk=matter.pk).reporter.phone


# --- One matter --------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/matters/{}/", "/matters/{}/replies/"])
def test_an_unknown_matter_is_not_found(call: Callable[..., Any], path: str) -> None:
    problem(call(Role.WINDOW_CLERK, "get", path.format(uuid4())), 404)


def test_a_matter_of_another_centre_is_not_found(
    desk: Desk, yuxian: Any, make_staff: Callable[..., Any]
) -> None:
    matter = desk.triaged()
    stranger = schemas.api_for(yuxian, make_staff(yuxian, Role.WINDOW_LEAD))
    problem(stranger.get(f"{API}/matters/{matter.pk}/"), 404)
    problem(stranger.post(f"{API}/matters/{matter.pk}/actions/accept/"), 404)


def test_an_act_that_there_is_not_is_not_found(desk: Desk, call: Callable[..., Any]) -> None:
    problem(call(Role.WINDOW_LEAD, "post", f"/matters/{desk.registered().pk}/actions/hear/", {}), 404)


def test_a_matter_is_shown_with_the_reporter_masked(desk: Desk, call: Callable[..., Any]) -> None:
    text = call(Role.WINDOW_CLERK, "get", f"/matters/{desk.closed().pk}/").content.decode()
    for clear in (REPORTER.name, REPORTER.identifier, REPORTER.phone, REPORTER.address):
        assert clear not in text


def test_a_matter_tells_its_clocks_its_timeline_and_whose_hands(desk: Desk, call: Callable[..., Any]) -> None:
    shown = call(Role.AUDITOR, "get", f"/matters/{desk.handling().pk}/").json()
    assert [event["act"] for event in shown["timeline"]] == ["register", "triage", "accept", "assign", "sign"]
    assert shown["light"]["color"] in {"green", "amber"}
    assert shown["due_on"]
    assert [span["holder"] for span in shown["hands"]][-1] == "department"
    assert shown["available_actions"] == []


def test_replies_and_callbacks_are_shown(desk: Desk, call: Callable[..., Any]) -> None:
    shown = call(Role.AUDITOR, "get", f"/matters/{desk.closed().pk}/replies/").json()
    assert [reply["text"] for reply in shown["replies"]] == ["您反映的事项已办成。"]
    assert [callback["solved"] for callback in shown["callbacks"]] == [True]


def test_who_signs_sees_basis_risk_and_whose_signature_is_waited_for(
    desk: Desk, call: Callable[..., Any]
) -> None:
    matter = ready_for(desk, "sign_off")
    (asked,) = call(Role.DEPUTY, "get", f"/matters/{matter.pk}/sign-offs/").json()["sign_offs"]
    offers = call(Role.WINDOW_LEAD, "get", f"/matters/{matter.pk}/").json()["available_actions"]
    assert {offer["name"]: offer["allowed"] for offer in offers}["sign_off"] is False
    assert (asked["basis"], asked["risk"], asked["waiting"]) == ("示例依据", "示例风险", ["分管领导"])
    call(Role.DEPUTY, "post", f"/matters/{matter.pk}/actions/sign_off/", BODIES["sign_off"])
    (signed,) = call(Role.DEPUTY, "get", f"/matters/{matter.pk}/sign-offs/").json()["sign_offs"]
    assert signed["approved"] is True
    assert [signature["role"] for signature in signed["signatures"]] == ["deputy"]


def test_unmasking_shows_what_was_asked_for_and_leaves_a_trace(desk: Desk, call: Callable[..., Any]) -> None:
    body = {"fields_wanted": ["phone"], "reason": "电话联系反映人"}
    answer = call(Role.WINDOW_CLERK, "post", f"/matters/{desk.handling().pk}/unmask/", body)
    assert answer.json() == {"values": {"phone": REPORTER.phone}}
    assert "no-store" in answer["Cache-Control"]
    assert AuditEntry.objects.get(act="person.unmask").reason == "电话联系反映人"


def test_unmasking_wants_a_reason(desk: Desk, call: Callable[..., Any]) -> None:
    path = f"/matters/{desk.handling().pk}/unmask/"
    told = problem(call(Role.WINDOW_CLERK, "post", path, {"fields_wanted": ["phone"], "reason": "看"}), 422)
    assert told["errors"][0]["pointer"] == "#/reason"
    assert not AuditEntry.objects.filter(act="person.unmask").exists()


def test_an_auditor_unmasks_nobody(desk: Desk, call: Callable[..., Any]) -> None:
    body = {"fields_wanted": ["phone"], "reason": "电话联系反映人"}
    problem(call(Role.AUDITOR, "post", f"/matters/{desk.handling().pk}/unmask/", body), 403)


# --- Registering -------------------------------------------------------------------------------------


def test_a_matter_is_registered(desk: Desk, call: Callable[..., Any]) -> None:
    body = REGISTRATION | {
        "attempts": [{"office": "示例单位", "answer": "让等。"}],
        "vulnerable": ["elderly"],
    }
    answer = call(Role.WINDOW_CLERK, "post", "/matters/", body)
    assert answer.status_code == 201
    matter = Matter.objects.get(pk=answer.json()["id"])
    assert answer["Location"] == f"{API}/matters/{matter.pk}/"
    assert answer.json()["query_code"] == matter.query_code
    assert matter.reporter.kind == ReporterKind.PERSON
    assert [attempt.office for attempt in matter.prior_attempts.all()] == ["示例单位"]


def test_an_unknown_area_prefix_warns_and_does_not_block(call: Callable[..., Any]) -> None:
    answer = call(Role.WINDOW_CLERK, "post", "/matters/", REGISTRATION | {"identifier": card("109901")})
    assert answer.status_code == 201
    assert len(answer.json()["warnings"]) == 1


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"identifier": "130722196003071239"}, "#/identifier"),
        ({"item_code": "NOPE"}, "#/item_code"),
        ({"phone": "12"}, "#/phone"),
        ({"trips_before": "three"}, "#/trips_before"),
        ({"trips_before": True}, "#/trips_before"),
        ({"name": {"first": "示例"}}, "#/name"),
        ({"vulnerable": "elderly"}, "#/vulnerable"),
        ({"vulnerable": ["elderly", 3]}, "#/vulnerable/1"),
        ({"attempts": [{"office": "甲"}, {"office": 5}]}, "#/attempts/1/office"),
        ({"attempts": [{"answer": "无单位"}]}, "#/attempts"),
        ({"consultation_id": "not-a-uuid"}, "#/consultation_id"),
    ],
)
def test_a_wrong_registration_is_pointed_at_and_takes_no_number(
    desk: Desk, call: Callable[..., Any], wrong: dict[str, Any], pointer: str
) -> None:
    told = problem(call(Role.WINDOW_CLERK, "post", "/matters/", REGISTRATION | wrong), 422)
    assert [each["pointer"] for each in told["errors"]] == [pointer]
    assert not Matter.objects.exists()


def test_registering_is_for_the_window(call: Callable[..., Any]) -> None:
    problem(call(Role.HANDLER, "post", "/matters/", {}), 403)


# --- Lists -------------------------------------------------------------------------------------------


def numbers(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content.decode()
    return [row["number"] for row in answer.json()["results"]]


def test_the_list_comes_in_pages(desk: Desk, call: Callable[..., Any]) -> None:
    made = [desk.registered().number for _ in range(3)]
    first = call(Role.AUDITOR, "get", "/matters/?page_size=2")
    assert (first.json()["count"], numbers(first)) == (3, made[:0:-1])
    assert numbers(call(Role.AUDITOR, "get", "/matters/?page_size=2&page=2")) == made[:1]
    problem(call(Role.AUDITOR, "get", "/matters/?page=9"), 404)


def test_the_list_is_narrowed_by_filters(desk: Desk, call: Callable[..., Any]) -> None:
    handled, fresh = desk.handling(), desk.registered()
    assert numbers(call(Role.AUDITOR, "get", "/matters/?department=SB")) == [handled.number]
    assert numbers(call(Role.AUDITOR, "get", "/matters/?state=registered")) == [fresh.number]
    assert numbers(call(Role.AUDITOR, "get", "/matters/?since=2099-01-01")) == []
    assert numbers(call(Role.AUDITOR, "get", f"/matters/?q={fresh.machine_number}")) == [fresh.number]


@pytest.mark.parametrize("query", ["state=nowhere", "since=2026-13-01", "colour=red", "light=blue"])
def test_a_filter_that_there_is_not_is_refused(call: Callable[..., Any], query: str) -> None:
    problem(call(Role.AUDITOR, "get", f"/matters/?{query}"), 422)


@pytest.mark.parametrize("q", ["13800001234", card()])
def test_personal_numbers_do_not_belong_into_an_address(call: Callable[..., Any], q: str) -> None:
    problem(call(Role.AUDITOR, "get", f"/matters/?q={q}"), 422)


def test_a_name_in_an_address_finds_nobody(desk: Desk, call: Callable[..., Any]) -> None:
    desk.registered()
    assert numbers(call(Role.AUDITOR, "get", f"/matters/?q={REPORTER.name}")) == []


@pytest.mark.parametrize("q", [REPORTER.name, REPORTER.identifier, REPORTER.phone, STORY.subject[2:6]])
def test_a_body_finds_by_name_card_phone_and_words(desk: Desk, call: Callable[..., Any], q: str) -> None:
    matter = desk.registered()
    assert numbers(call(Role.AUDITOR, "post", "/matters/search/", {"q": q})) == [matter.number]


def test_a_department_lists_only_its_own(desk: Desk, call: Callable[..., Any]) -> None:
    handled = desk.handling()
    desk.registered()
    assert numbers(call(Role.HANDLER, "get", "/matters/")) == [handled.number]
    assert numbers(call(Role.HANDLER, "get", "/matters/", department="YB")) == []


@pytest.mark.parametrize("path", ["/matters/", "/consultations/"])
def test_a_list_costs_the_same_however_long(desk: Desk, call: Callable[..., Any], path: str) -> None:
    def add() -> None:
        desk.handling()
        call(Role.WINDOW_CLERK, "post", "/consultations/", {"item_code": "YL10", "subject": "咨询"})

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert len(call(Role.WINDOW_LEAD, "get", path).json()["results"]) > 0
        return len([query for query in queries if query["sql"].startswith("SELECT")])

    add()
    cost()  # fills what the process remembers
    few = cost()
    for _ in range(4):
        add()
    assert cost() == few


# --- Consultations -----------------------------------------------------------------------------------


def test_a_consultation_becomes_a_matter_once(desk: Desk, call: Callable[..., Any]) -> None:
    told = {"item_code": "YL10", "subject": "遗属待遇怎么办", "name": "欧阳示例", "phone": "13800001234"}
    consultation = call(Role.WINDOW_CLERK, "post", "/consultations/", told)
    assert consultation.status_code == 201
    body = REGISTRATION | {"consultation_id": consultation.json()["id"]}
    registered = call(Role.WINDOW_CLERK, "post", "/matters/", body)
    assert registered.status_code == 201
    shown = call(Role.WINDOW_CLERK, "get", f"/consultations/{consultation.json()['id']}/").json()
    assert shown["matter_id"] == registered.json()["id"]
    assert problem(call(Role.WINDOW_CLERK, "post", "/matters/", body), 409)["code"] == "already_promoted"
    assert call(Role.WINDOW_CLERK, "get", "/consultations/?open_only=true").json()["results"] == []


def test_a_consultation_is_shown_masked(desk: Desk, call: Callable[..., Any]) -> None:
    told = {"item_code": "YL10", "subject": "遗属待遇", "name": "欧阳示例", "phone": "13800001234"}
    made = call(Role.WINDOW_CLERK, "post", "/consultations/", told)
    text = call(Role.AUDITOR, "get", f"/consultations/{made.json()['id']}/").content.decode()
    assert "欧阳示例" not in text
    assert "13800001234" not in text


def test_consultations_are_counted(desk: Desk, call: Callable[..., Any]) -> None:
    body = {"day": today(-4), "item_code": "YL10", "count": 12}
    assert call(Role.WINDOW_CLERK, "post", "/consultations/count/", body).status_code == 204
    assert ConsultationTally.objects.get().count == 12
    problem(call(Role.WINDOW_CLERK, "post", "/consultations/count/", body | {"day": "2099-01-01"}), 422)
    problem(call(Role.CALLER, "post", "/consultations/count/", body), 403)


def test_a_consultation_that_there_is_not_is_not_found(call: Callable[..., Any]) -> None:
    problem(call(Role.WINDOW_CLERK, "get", f"/consultations/{uuid4()}/"), 404)
    assert not Consultation.objects.exists()


# --- At the door -------------------------------------------------------------------------------------


def test_the_dictionaries_name_the_codes(desk: Desk, call: Callable[..., Any]) -> None:
    shown = call(Role.HANDLER, "get", "/dictionaries/").json()
    assert {"YL10"} <= {item["code"] for item in shown["items"]}
    assert {"SB", "YB"} == {department["code"] for department in shown["departments"]}
    assert {word["code"] for word in shown["words"]["kind"]} == set(Kind.values)
    assert desk.centre.code not in {unit["code"] for unit in shown["units"]}


def test_me_tells_who_and_what_is_allowed(desk: Desk, call: Callable[..., Any]) -> None:
    me = call(Role.CALLER, "get", "/me/").json()
    assert (me["centre"], me["roles"]) == ("130722", ["caller"])
    assert "matter.call_back" in me["permissions"]
    assert "matter.close" not in me["permissions"]


@pytest.mark.parametrize("path", ["/me/", "/matters/", "/dictionaries/", "/referrals/", "/consultations/"])
def test_nobody_in_particular_is_told_how_to_come_in(zhangbei: Any, path: str) -> None:
    answer = schemas.api_for(zhangbei).get(f"{API}{path}")
    problem(answer, 401)
    assert answer["WWW-Authenticate"] == "Token"


def test_a_token_of_another_centre_is_nobody_here(desk: Desk, yuxian: Any) -> None:
    token = Token.objects.create(user=desk.staff(Role.WINDOW_LEAD)).key
    api = schemas.api_for(yuxian)
    problem(api.get(f"{API}/matters/", HTTP_AUTHORIZATION=f"Token {token}"), 401)


def test_a_session_writes_only_with_its_csrf_token(desk: Desk) -> None:
    path = f"{API}/matters/{desk.triaged().pk}/actions/accept/"
    browser = Client(enforce_csrf_checks=True, HTTP_HOST=schemas.host_of(desk.centre))
    with in_centre(desk.centre.code):
        browser.force_login(desk.staff(Role.WINDOW_LEAD))
    problem(browser.post(path, "{}", content_type="application/json"), 403)
    browser.get(f"{API}/docs/?script=")
    token = browser.cookies["csrftoken"].value
    answer = browser.post(path, "{}", content_type="application/json", headers={"X-CSRFToken": token})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b'{"text": "\\ud800"}', "application/json", 400),
        (b'{"text": NaN}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'"' + b"x" * 1_100_000 + b'"', "application/json", 413),
        (b"null", "application/json", 422),
        (b"[]", "application/json", 422),
        (b"text=x", "application/x-www-form-urlencoded", 415),
    ],
)
def test_a_body_that_is_no_object_of_json(desk: Desk, body: bytes, kind: str, status: int) -> None:
    path = f"{API}/matters/{desk.handling().pk}/actions/progress/"
    api = schemas.api_for(desk.centre, desk.staff(Role.HANDLER))
    problem(api.generic("POST", path, body, content_type=kind), status)


def test_a_verb_that_there_is_not(desk: Desk, call: Callable[..., Any]) -> None:
    answer = call(Role.WINDOW_LEAD, "delete", f"/matters/{desk.registered().pk}/")
    problem(answer, 405)
    assert "GET" in answer["Allow"]
