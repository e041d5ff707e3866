"""The steps of a referral: side, way, state, step and role, each with each, against rules stated twice."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from bancheng.errors import Conflict, NotAllowed
from bancheng.identity.actors import Actor
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from tenants.matters.models import Matter
from tenants.matters.states import State as MatterState
from tenants.referrals import acts, workflow
from tenants.referrals.models import Counterpart, Direction, Referral, State
from tests.desk import Desk

ON_IT = "window_clerk window_lead handler department_head"
ELECTRONIC = "centre peer"
EVERY = "centre peer letter"

# step: (side, how the other side is reached, the states it starts from, who), by the rules of the way.
RULES = {
    "revise": ("sent", EVERY, "draft", ON_IT),
    "send": ("sent", EVERY, "draft", "window_lead"),
    "discard": ("sent", EVERY, "draft", ON_IT),
    "recall": ("sent", ELECTRONIC, "sent", "window_lead"),
    "recall_letter": ("sent", "letter", "sent signed", "window_lead"),
    "give_material": ("sent", ELECTRONIC, "asked", ON_IT),
    "chase": ("sent", EVERY, "sent signed", "window_clerk window_lead"),
    "escalate": ("sent", EVERY, "sent signed asked", "window_lead director"),
    "appeal": ("sent", ELECTRONIC, "returned", "window_lead"),
    "log_contact": ("sent", "letter", "sent signed", "window_clerk window_lead"),
    "record_answer": ("sent", "letter", "sent signed", "window_clerk window_lead"),
    "record_return": ("sent", "letter", "sent signed", "window_clerk window_lead"),
    "confirm": ("sent", EVERY, "answered", "window_lead"),
    "sign": ("received", EVERY, "sent", "window_lead"),
    "give_back": ("received", EVERY, "sent", "window_lead"),
    "ask": ("received", EVERY, "signed", "window_lead handler department_head"),
    "report": ("received", EVERY, "signed asked", "window_lead handler department_head"),
    "answer": ("received", EVERY, "signed", "window_lead"),
}
OF_THE_MATTER = {"appeal": "handling", "ask": "handling", "answer": "resolved"}
"""In which state our own matter is where a step is possible at all; elsewhere it does not count."""


@pytest.fixture
def referral(in_zhangbei: Any) -> Referral:
    """One for which no guard stands in the way."""
    matter = Desk(in_zhangbei).handling(level=5)
    return Referral(
        direction=Direction.SENT,
        counterpart=Counterpart.CENTRE,
        unit_code="130700",
        unit_name="示例中心",
        matter=matter,
        created_at=clock.now(),
    )


def actor(*roles: Role, department: str = "SB") -> Actor:
    return Actor(id=uuid4(), label="示例", roles=frozenset(roles), department=department, centre="130722")


def verdict(referral: Referral, person: Actor, name: str) -> str:
    try:
        workflow.check(referral, person, name)
    except NotAllowed:
        return "who"
    except Conflict as refused:
        return "state" if refused.code == "wrong_state" else refused.code
    return "yes"


def as_if(referral: Referral, name: str) -> None:
    """Our matter stands as the step needs it."""
    assert referral.matter is not None
    referral.matter.state = MatterState(OF_THE_MATTER.get(name, "handling"))


def test_the_rules_name_every_step() -> None:
    assert set(RULES) == set(workflow.STEPS) == set(acts.BOUND)


@pytest.mark.parametrize("name", RULES)
def test_every_side_way_state_and_role(referral: Referral, name: str) -> None:
    side, *listed = RULES[name]
    ways, states, roles = (set(words.split()) for words in listed)
    as_if(referral, name)
    wrong = []
    for referral.direction in Direction:
        for referral.counterpart in Counterpart:
            for referral.state in State:
                here = (
                    referral.direction == side and referral.counterpart in ways and referral.state in states
                )
                for role in Role:
                    expected = "who" if role not in roles else "yes" if here else "state"
                    if (found := verdict(referral, actor(role), name)) != expected:
                        place = f"{referral.direction} {referral.counterpart} {referral.state} {role}"
                        wrong.append(f"{place}: {found}, not {expected}")
    assert wrong == []


@pytest.mark.parametrize("name", ["give_material", "ask", "report"])
def test_another_department_keeps_its_hands_off(referral: Referral, name: str) -> None:
    stand(referral, name)
    assert verdict(referral, actor(Role.HANDLER), name) == "yes"
    assert verdict(referral, actor(Role.HANDLER, department="YB"), name) == "who"
    assert verdict(referral, actor(Role.WINDOW_LEAD, department="YB"), name) == "yes"


def test_a_unit_gives_the_same_matter_back_once(referral: Referral) -> None:
    stand(referral, "give_back")
    referral.round = 2
    assert verdict(referral, actor(Role.WINDOW_LEAD), "give_back") == "not_given_back_before"


def test_what_the_coordinator_designated_is_not_given_back(referral: Referral) -> None:
    stand(referral, "give_back")
    referral.designated_at = clock.now()
    assert verdict(referral, actor(Role.WINDOW_LEAD), "give_back") == "not_given_back_before"


def test_one_is_chased_by_hand_once_a_day(referral: Referral) -> None:
    stand(referral, "chase")
    referral.chased_at = clock.now()
    assert verdict(referral, actor(Role.WINDOW_CLERK), "chase") == "not_chased_today"
    referral.chased_at -= timedelta(days=1)
    assert verdict(referral, actor(Role.WINDOW_CLERK), "chase") == "yes"


def test_the_coordinator_is_asked_to_step_in_once(referral: Referral) -> None:
    stand(referral, "escalate")
    referral.escalated_at = clock.now()
    assert verdict(referral, actor(Role.WINDOW_LEAD), "escalate") == "not_escalated"


def test_a_return_is_appealed_once(referral: Referral) -> None:
    stand(referral, "appeal")
    referral.appealed_at = clock.now()
    assert verdict(referral, actor(Role.WINDOW_LEAD), "appeal") == "not_appealed"


def test_a_return_is_not_appealed_once_the_matter_is_resolved(referral: Referral) -> None:
    stand(referral, "appeal", MatterState.RESOLVED)
    assert verdict(referral, actor(Role.WINDOW_LEAD), "appeal") == "still_ours_to_refer"


@pytest.mark.parametrize("state", [MatterState.RESOLVED, MatterState.REPLIED, MatterState.CLOSED])
def test_nothing_is_asked_for_once_our_matter_is_done(referral: Referral, state: MatterState) -> None:
    stand(referral, "ask", state)
    assert verdict(referral, actor(Role.WINDOW_LEAD), "ask") == "at_work"


@pytest.mark.parametrize("state", [MatterState.HANDLING, MatterState.REFERRED, MatterState.REPLIED])
def test_nothing_is_answered_before_our_matter_is_resolved(referral: Referral, state: MatterState) -> None:
    stand(referral, "answer", state)
    assert verdict(referral, actor(Role.WINDOW_LEAD), "answer") == "resolved"


def test_why_not_is_said_in_a_sentence(referral: Referral) -> None:
    stand(referral, "give_back")
    referral.round = 2
    said = workflow.obstacle(referral, actor(Role.WINDOW_LEAD), "give_back")
    assert said is not None
    assert "指定" in said
    assert workflow.obstacle(referral, actor(Role.WINDOW_LEAD), "sign") is None


def test_the_machine_itself_takes_no_step_of_people(referral: Referral) -> None:
    stand(referral, "send")
    system = replace(actor(), id=None)
    assert verdict(referral, system, "send") == "who"


def stand(referral: Referral, name: str, matter: MatterState | None = None) -> None:
    side, ways, states, _ = RULES[name]
    referral.direction, referral.counterpart = Direction(side), Counterpart(ways.split()[0])
    referral.state = State(states.split()[0])
    as_if(referral, name)
    if matter is not None:
        assert isinstance(referral.matter, Matter)
        referral.matter.state = matter
