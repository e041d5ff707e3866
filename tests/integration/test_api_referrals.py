"""The API of referrals: to a centre and back, by letter, and what each side is refused."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bancheng.centres.models import OutsideOffice
from bancheng.centres.scope import in_centre, in_public
from bancheng.identity.roles import CENTRE_ROLES, Role
from bancheng.timekeeping import clock
from tenants.casework import files
from tenants.casework.actions import evidence
from tenants.casework.models import Category, Purpose
from tenants.matters import actions
from tenants.matters.models import Matter
from tenants.referrals import acts, sending
from tenants.referrals.models import Direction, Referral
from tests import papers
from tests.between import Side, deliver
from tests.desk import REPORTER, Desk

LETTER = "130000-letter"
DRAFT = {"unit": LETTER, "reason": "省属单位参保。", "requested": "请核定抚恤金。", "told": True}
BODIES: dict[str, dict[str, Any]] = {
    "revise": DRAFT,
    "send": {},
    "discard": {},
    "log_contact": {"way": "call", "person": "示例科", "content": "已收到来函。", "signed_for": True},
    "record_answer": {
        "outcome": "done",
        "number": "示例函〔2026〕1号",
        "answer": "示例复函。",
        "unscanned": "对方以传真答复。",
    },
    "record_return": {"ground": "duty", "reason": "不属本单位。"},
    "recall_letter": {"reason": "另有办法。", "told": "示例科"},
    "recall": {"reason": "反映人另有办法。"},
    "give_material": {"given": "已补档案复印件。"},
    "chase": {"text": "请反馈进展。"},
    "escalate": {"reason": "对方迟迟不办。"},
    "appeal": {"reason": "档案在对方单位。"},
    "confirm": {},
    "sign": {},
    "give_back": {
        "ground": "territory",
        "reason": "不属本中心。",
        "basis": "示例依据",
        "suggested": "市中心",
    },
    "ask": {"items": "档案复印件", "due_on": "2099-01-05"},
    "report": {"text": "正在核对。"},
    "answer": {"text": "已办结。"},
}


@pytest.fixture
def desk(in_zhangbei: Any) -> Desk:
    with in_public():
        OutsideOffice.objects.create(code=LETTER, name="示例省级中心", level="province")
    return Desk(in_zhangbei)


def drafted(desk: Desk, unit: str = LETTER) -> Referral:
    return sending.draft(
        matter_id=desk.handling().pk, actor=desk.actor(Role.WINDOW_LEAD), **DRAFT | {"unit": unit}
    )


def step(call: Callable[..., Any], referral: Any, name: str, role: str = Role.WINDOW_LEAD) -> Any:
    day = {"dated": clock.today().isoformat()} if name == "record_answer" else {}
    return call(role, "post", f"/referrals/{referral}/steps/{name}/", BODIES[name] | day)


def test_there_is_a_body_for_every_step() -> None:
    assert set(BODIES) == set(acts.BOUND)


def test_a_referral_by_letter_goes_out_and_comes_back(desk: Desk, call: Callable[..., Any]) -> None:
    matter = desk.handling()
    answer = call(Role.HANDLER, "post", f"/matters/{matter.pk}/referrals/", DRAFT)
    assert answer.status_code == 201
    assert answer["Location"] == answer.json()["url"]
    referral = answer.json()["id"]
    states = [
        step(call, referral, name).json()["state"]
        for name in ("send", "log_contact", "record_answer", "confirm")
    ]
    assert states == ["sent", "signed", "answered", "confirmed"]
    assert Matter.objects.get(pk=matter.pk).state == "handling"
    shown = call(Role.AUDITOR, "get", f"/referrals/{referral}/").json()
    assert (shown["answer"], shown["answer_outcome"]) == ("示例复函。", "done")
    assert [contact["content"] for contact in shown["contacts"]] == ["已收到来函。"]
    assert shown["available_steps"] == []


def test_a_referral_that_came_in_is_shown_masked_with_what_it_brought(
    desk: Desk, call: Callable[..., Any], yuxian: Any
) -> None:
    with in_centre(yuxian.code):
        away = Desk(yuxian)
        sent = sending.send(
            referral_id=drafted(away, desk.centre.code).pk, actor=away.actor(Role.WINDOW_LEAD)
        )
        digest = sent.digest
    Referral.objects.create(
        direction=Direction.RECEIVED,
        counterpart="centre",
        unit_code=yuxian.code,
        unit_name=yuxian.name,
        state="sent",
        number=sent.number,
        subject=sent.subject,
        item_code=sent.item_code,
        reason=sent.reason,
        requested=sent.requested,
        digest=digest,
        created_at=sent.created_at,
        sent_at=sent.sent_at,
        sign_due_on=sent.sign_due_on,
    )
    (line,) = call(Role.WINDOW_LEAD, "get", "/referrals/?direction=received").json()["results"]
    answer = call(Role.WINDOW_LEAD, "get", f"/referrals/{line['id']}/")
    assert answer.json()["brought"]["reporter_name"] == "欧*"
    assert [found["name"] for found in answer.json()["available_steps"]] == ["sign", "give_back"]
    for clear in (REPORTER.name, REPORTER.identifier, REPORTER.phone):
        assert clear not in answer.content.decode()


def test_the_steps_of_home_on_the_way(desk: Desk, call: Callable[..., Any], city: Any) -> None:
    away = Side(city)
    referral = drafted(desk, away.code).pk
    assert step(call, referral, "revise", Role.WINDOW_CLERK).json()["unit_code"] == LETTER
    call(Role.WINDOW_LEAD, "post", f"/referrals/{referral}/steps/revise/", DRAFT | {"unit": away.code})
    assert step(call, referral, "send").json()["state"] == "sent"
    assert step(call, referral, "chase", Role.WINDOW_CLERK).status_code == 200
    assert step(call, referral, "escalate", Role.DIRECTOR).status_code == 200
    deliver()
    away.sign(referral)
    away.ask(referral)
    deliver()
    assert step(call, referral, "give_material", Role.HANDLER).json()["state"] == "signed"
    deliver()
    assert away.row(referral).state == "signed"


def test_a_recall_and_an_appeal(desk: Desk, call: Callable[..., Any], city: Any) -> None:
    away = Side(city)
    referral = drafted(desk, away.code).pk
    step(call, referral, "send")
    deliver()
    assert step(call, referral, "recall").json()["state"] == "recalling"
    deliver()
    assert call(Role.WINDOW_LEAD, "get", f"/referrals/{referral}/").json()["state"] == "recalled"

    matter = Referral.objects.get(pk=referral).matter_id
    body = DRAFT | {"unit": away.code}
    again = call(Role.WINDOW_LEAD, "post", f"/matters/{matter}/referrals/", body).json()["id"]
    step(call, again, "send")
    deliver()
    away.give_back(UUID(again))
    deliver()
    assert step(call, again, "appeal").json()["state"] == "returned"
    assert step(call, again, "appeal").json()["code"] == "not_appealed"


def test_the_steps_of_the_receiver(desk: Desk, call: Callable[..., Any], city: Any) -> None:
    away = Side(city)
    referral = away.send(desk.centre.code)
    deliver()
    signed = step(call, referral, "sign").json()
    assert signed["state"] == "signed"
    assert step(call, referral, "answer").json()["code"] == "resolved"
    desk.assign(UUID(signed["matter_id"]))
    assert step(call, referral, "ask", Role.HANDLER).json()["state"] == "asked"
    assert step(call, referral, "report", Role.HANDLER).json()["state"] == "asked"
    deliver()
    away.give_material(referral)
    deliver()
    actions.sign(matter_id=UUID(signed["matter_id"]), actor=desk.actor(Role.HANDLER))
    desk.resolve(UUID(signed["matter_id"]))
    assert step(call, referral, "answer").json()["state"] == "answered"


@pytest.mark.parametrize(("named", "code"), [("code", "130700"), ("name", "130700"), ("示例单位", "")])
def test_a_return_names_a_unit_of_the_list_or_another_in_free_words(
    desk: Desk, call: Callable[..., Any], city: Any, named: str, code: str
) -> None:
    away = Side(city)
    suggested = getattr(city, named, named)
    referral = away.send(desk.centre.code)
    deliver()
    body = BODIES["give_back"] | {"suggested": suggested}
    answer = call(Role.WINDOW_LEAD, "post", f"/referrals/{referral}/steps/give_back/", body)
    assert answer.json()["state"] == "returned"
    assert Referral.objects.get(pk=referral).suggested_unit == code


def test_a_return_that_suggests_nobody_is_pointed_at(desk: Desk, call: Callable[..., Any], city: Any) -> None:
    referral = Side(city).send(desk.centre.code)
    deliver()
    body = {**BODIES["give_back"], "suggested": ""}
    answer = call(Role.WINDOW_LEAD, "post", f"/referrals/{referral}/steps/give_back/", body)
    assert [wrong["pointer"] for wrong in answer.json()["errors"]] == ["#/suggested_unit"]


def test_material_is_not_asked_for_a_day_that_is_over(
    desk: Desk, call: Callable[..., Any], city: Any
) -> None:
    referral = Side(city).send(desk.centre.code)
    deliver()
    step(call, referral, "sign")
    body = BODIES["ask"] | {"due_on": "2020-01-06"}
    answer = call(Role.WINDOW_LEAD, "post", f"/referrals/{referral}/steps/ask/", body)
    assert [wrong["pointer"] for wrong in answer.json()["errors"]] == ["#/due_on"]


@pytest.mark.parametrize("name", ["send", "discard"])
def test_a_step_is_for_the_roles_of_the_table(desk: Desk, call: Callable[..., Any], name: str) -> None:
    referral = drafted(desk).pk
    for role in CENTRE_ROLES - acts.BOUND[name].step.roles:
        assert step(call, referral, name, role).status_code == 403, role
    assert step(call, referral, name).status_code in {200, 204}


def test_a_discarded_draft_is_gone(desk: Desk, call: Callable[..., Any]) -> None:
    referral = drafted(desk).pk
    assert step(call, referral, "discard").status_code == 204
    assert call(Role.WINDOW_LEAD, "get", f"/referrals/{referral}/").status_code == 404


@pytest.mark.parametrize("name", ["confirm", "sign", "record_answer"])
def test_a_step_out_of_turn_is_a_conflict(desk: Desk, call: Callable[..., Any], name: str) -> None:
    answer = step(call, drafted(desk).pk, name)
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")


def test_an_unknown_unit_is_pointed_at(desk: Desk, call: Callable[..., Any]) -> None:
    path = f"/matters/{desk.handling().pk}/referrals/"
    answer = call(Role.WINDOW_LEAD, "post", path, DRAFT | {"unit": "nowhere"})
    assert answer.status_code == 422
    assert [wrong["pointer"] for wrong in answer.json()["errors"]] == ["#/unit"]


def test_a_second_draft_is_a_conflict(desk: Desk, call: Callable[..., Any]) -> None:
    path = f"/matters/{drafted(desk).matter_id}/referrals/"
    assert call(Role.WINDOW_LEAD, "post", path, DRAFT).json()["code"] == "already_referred"


def test_an_unknown_referral_is_not_found(call: Callable[..., Any]) -> None:
    assert call(Role.WINDOW_LEAD, "get", f"/referrals/{uuid4()}/").status_code == 404
    assert step(call, uuid4(), "send").status_code == 404


def test_another_department_sees_none_of_it(desk: Desk, call: Callable[..., Any]) -> None:
    referral = drafted(desk).pk
    assert call(Role.HANDLER, "get", f"/referrals/{referral}/", department="YB").status_code == 403
    assert call(Role.HANDLER, "get", "/referrals/", department="YB").json()["results"] == []
    assert len(call(Role.HANDLER, "get", "/referrals/").json()["results"]) == 1


def test_the_list_costs_the_same_however_long(desk: Desk, call: Callable[..., Any]) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert len(call(Role.WINDOW_LEAD, "get", "/referrals/").json()["results"]) > 0
        return len([query for query in queries if query["sql"].startswith("SELECT")])

    drafted(desk)
    cost()  # fills what the process remembers
    few = cost()
    for _ in range(3):
        drafted(desk)
    assert cost() == few


def test_a_referral_shows_its_units_its_files_and_what_was_asked_for(
    desk: Desk, call: Callable[..., Any], city: Any
) -> None:
    matter = desk.handling(level=5)
    evidence.add_evidence(
        matter_id=matter.pk,
        actor=desk.actor(Role.WINDOW_CLERK),
        category=Category.CARD,
        purpose=Purpose.FILING,
        file=files.clean("户口簿.png", papers.picture("PNG")),
    )
    body = DRAFT | {"unit": city.code, "files": [str(matter.evidence.get().pk)]}
    drafted = call(Role.HANDLER, "post", f"/matters/{matter.pk}/referrals/", body)
    assert drafted.status_code == 201

    sent = step(call, drafted.json()["id"], "send").json()

    (file,) = sent["files"]
    assert (file["name"], file["travels"], file["comes_in"]) == ("户口簿.png", "sent", False)
    assert [leg["part"] for leg in sent["legs"]] == ["首接单位", "承办单位"]
    assert (sent["flags"], sent["asks"], sent["consents"]) == ([], [], [])
    opened = call(Role.WINDOW_LEAD, "get", file["url"].removeprefix("/api/v1"))
    assert (opened.status_code, opened["Content-Type"]) == (200, "image/png")
    unseen = call(Role.AUDITOR, "get", f"/referrals/{sent['id']}/").json()
    assert unseen["files"][0]["url"] is None


def test_the_version_that_was_looked_at_can_be_named(desk: Desk, call: Callable[..., Any]) -> None:
    referral = drafted(desk).pk
    path = f"/referrals/{referral}/steps/send/"
    answer = call(Role.WINDOW_LEAD, "post", path, {"seen": "0" * 64})
    assert (answer.status_code, answer.json()["code"]) == (409, "changed_since")
    assert call(Role.WINDOW_LEAD, "post", path, {}).status_code == 200
