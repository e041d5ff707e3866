"""The API of problems: the whole loop by program, what is refused, and to whom."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bancheng.identity.roles import CENTRE_ROLES, Role
from bancheng.overview.models import ProblemState
from bancheng.timekeeping import clock
from tenants.improvement import acts
from tenants.matters.actions import restrict
from tenants.matters.models import Matter
from tests.desk import Desk
from tests.improvement import LIGHTER, Register

LEAD = Role.WINDOW_LEAD
STARTED = {"item": "YL10", "cause": "C06", "title": "遗属待遇多处跑", "pain": "block"}
STUDY = {
    "attended": "窗口、社保经办",
    "root_cause": "两处互要材料",
    "pain": "block",
    "link": "centre",
    "conclusion": "由窗口统一收件",
}


@pytest.fixture
def register(desk: Desk) -> Register:
    return Register(desk)


def step(call: Callable[..., Any], problem: Any, name: str, body: Any, role: str = LEAD) -> Any:
    return call(role, "post", f"/problems/{problem}/steps/{name}/", body)


def test_the_loop_is_gone_through_by_program(desk: Desk, call: Callable[..., Any]) -> None:
    made = call(LEAD, "post", "/problems/", STARTED)
    problem = made.json()["problem"]["id"]
    step(call, problem, "study", STUDY)
    measure = {
        "kind": "process",
        "text": "一次收件",
        "owner": str(desk.staff(LEAD).pk),
        "due_on": str(clock.today() + timedelta(days=9)),
    }
    set_measure = step(call, problem, "set_measure", measure | LIGHTER).json()
    chosen = {"measure": set_measure["measures"][0]["id"], "from_on": str(clock.today())}
    tried = step(call, problem, "try_out", chosen)
    with clock.at(clock.now() + timedelta(days=30)):
        guide = {"guide_version": "2026年第2版", "guide_change": "改为一次收件"}
        routine = step(call, problem, "make_routine", guide, role=Role.DIRECTOR).json()

    assert made.status_code == 201
    assert made["Location"].endswith(f"/problems/{problem}/")
    assert tried.json()["problem"]["state"] == "trial"
    assert routine["problem"]["state"] == "routine"
    assert [watch["days"] for watch in routine["watches"]] == [90, 180]
    assert [entry["act"] for entry in routine["course"]] == [
        "propose",
        "open",
        "study",
        "set_measure",
        "try_out",
        "make_routine",
    ]


def test_available_actions_say_what_stands_in_the_way(register: Register, call: Callable[..., Any]) -> None:
    problem = register.opened()

    offers = call(LEAD, "get", f"/problems/{problem.pk}/").json()["available_actions"]

    told = {offer["name"]: (offer["allowed"], offer["reason"]) for offer in offers}
    assert told["study"] == (True, None)
    assert told["set_measure"][0] is False
    assert "研判" in told["set_measure"][1]


def test_the_caller_is_offered_nothing(register: Register, call: Callable[..., Any]) -> None:
    problem = register.opened()

    assert call(Role.CALLER, "get", f"/problems/{problem.pk}/").json()["available_actions"] == []


def test_the_register_is_listed_and_narrowed(register: Register, call: Callable[..., Any]) -> None:
    problem = register.opened()

    every = call(Role.AUDITOR, "get", "/problems/").json()["results"]
    settled = call(Role.AUDITOR, "get", "/problems/?state=settled").json()["results"]

    assert [line["number"] for line in every] == [problem.number]
    assert settled == []


def test_the_figures_are_looked_at_when_asked(register: Register, call: Callable[..., Any]) -> None:
    register.matters(5)

    (proposed,) = call(LEAD, "post", "/problems/propose/").json()

    assert (proposed["item"], proposed["cause"], proposed["found"]) == ("YL10", "C06", 5)


@pytest.mark.parametrize("role", sorted(CENTRE_ROLES - {Role.WINDOW_LEAD, Role.DEPUTY, Role.DIRECTOR}))
@pytest.mark.parametrize("path", ["/problems/", "/problems/propose/", "/problems/thresholds/"])
def test_who_does_not_lead_opens_and_sets_nothing(
    desk: Desk, call: Callable[..., Any], role: str, path: str
) -> None:
    department = "SB" if role in ("handler", "department_head") else ""

    assert call(role, "post", path, {}, department).status_code == 403


@pytest.mark.parametrize("name", acts.BOUND)
def test_who_may_not_is_refused_before_the_body_is_read(
    register: Register, call: Callable[..., Any], name: str
) -> None:
    problem = register.opened()

    assert step(call, problem.pk, name, {}, role=Role.WINDOW_CLERK).status_code == 403


def test_what_is_missing_is_said_by_field(register: Register, call: Callable[..., Any]) -> None:
    problem = register.opened()

    answer = step(call, problem.pk, "study", {"pain": "block"})

    assert answer.status_code == 422
    pointers = {wrong["pointer"] for wrong in answer.json()["errors"]}
    assert {"#/attended", "#/root_cause", "#/link", "#/conclusion"} <= pointers


def test_a_measure_of_another_problem_is_refused(register: Register, call: Callable[..., Any]) -> None:
    problem = register.measured()
    other = register.study(register.opened_of("ZG01"))
    foreign = register.measure(other)

    said = {"measure": str(foreign.pk), "from_on": str(clock.today())}

    assert step(call, problem.pk, "try_out", said).status_code == 422


def test_a_study_names_no_sensitive_matter_to_others(register: Register, call: Callable[..., Any]) -> None:
    problem = register.proposed()
    matter = Matter.objects.latest("registered_at")
    restrict(matter_id=matter.pk, actor=register.lead, sensitive=True, reason="涉及健康信息")
    step(call, problem.pk, "open", {"title": "遗属待遇多处跑", "pain": "block"})
    step(call, problem.pk, "study", STUDY | {"matters": [str(matter.pk)]})

    lead = call(LEAD, "get", f"/problems/{problem.pk}/").json()["studies"][0]["matters"]
    caller = call(Role.CALLER, "get", f"/problems/{problem.pk}/").json()["studies"][0]["matters"]

    assert (lead, caller) == ([str(matter.pk)], [])


def test_a_deputy_cannot_rest_a_study_on_a_matter_that_he_may_not_see(
    register: Register, call: Callable[..., Any]
) -> None:
    problem = register.proposed()
    matter = Matter.objects.latest("registered_at")
    restrict(matter_id=matter.pk, actor=register.lead, sensitive=True, reason="涉及健康信息")
    step(call, problem.pk, "open", {"title": "遗属待遇多处跑", "pain": "block"})

    answer = step(call, problem.pk, "study", STUDY | {"matters": [str(matter.pk)]}, role=Role.DEPUTY)

    assert answer.status_code == 422


def test_thresholds_are_read_set_and_taken_back(desk: Desk, call: Callable[..., Any]) -> None:
    house = call(Role.AUDITOR, "get", "/problems/thresholds/").json()
    own = call(LEAD, "post", "/problems/thresholds/", {"item": "YL10", "count": 3, "days": 30}).json()
    back = call(LEAD, "post", "/problems/thresholds/drop/", {"item": "YL10"}).json()

    assert [(row["count"], row["days"]) for row in house] == [(5, 90)]
    assert [(row["item"], row["count"], row["days"]) for row in own] == [("", 5, 90), ("YL10", 3, 30)]
    assert back == house


def test_a_problem_that_returned_tells_its_round(register: Register, call: Callable[..., Any]) -> None:
    problem = register.in_state(ProblemState.MET)

    answer = step(call, problem.pk, "reopen", {"reason": "又有多人来反映"}).json()

    assert (answer["problem"]["round"], answer["problem"]["state"]) == (2, "open")
