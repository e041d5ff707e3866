"""The state machine, exhaustively: every state × act × role, against the rules written down a second time."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from bancheng.catalogue.words import Mode
from bancheng.errors import Conflict, NotAllowed
from bancheng.identity.actors import Actor
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from tenants.matters import acts, workflow
from tenants.matters.models import Matter
from tenants.matters.states import State
from tests.desk import Desk

RUNNING = "accepted assigned handling awaiting_material referred awaiting_signoff"
ON_IT = "window_clerk window_lead handler department_head"
OPEN = "registered accepted assigned handling awaiting_material referred awaiting_signoff resolved replied"

# act: (the states it starts from, who may do it), word by word from the rules of the window.
RULES = {
    "register": ("draft", "window_clerk window_lead"),
    "triage": ("registered accepted", "window_clerk window_lead"),
    "accept": ("registered", "window_clerk window_lead"),
    "regrade": (RUNNING, "window_lead"),
    "restrict": (OPEN, "window_clerk window_lead"),
    "merge": (OPEN.replace(" referred", ""), "window_lead"),
    "decline": ("registered", "window_lead"),
    "reverse_decline": ("declined", "director"),
    "assign": ("accepted", "window_lead director"),  # the director after a second return
    "sign": ("assigned", "handler department_head"),
    "return_to_window": ("assigned", "department_head"),
    "progress": ("handling referred", "handler department_head"),
    "reassign": ("handling awaiting_material referred", "department_head"),
    "ask_material": ("handling", "handler department_head window_lead"),  # the lead from the second time on
    "receive_material": ("awaiting_material", ON_IT),
    "check_materials": (f"registered {RUNNING}", ON_IT),
    "supply_material": (f"registered {RUNNING}", "reporter"),
    "record_consent": (f"registered {RUNNING}", ON_IT),
    "withdraw_consent": (OPEN, ON_IT),
    "offer_alternative": (f"registered {RUNNING}", ON_IT),
    "add_evidence": (f"registered {RUNNING} resolved", ON_IT),
    "log_liaison": (f"{RUNNING} resolved replied", ON_IT),
    "explain_policy": (f"{RUNNING} resolved replied", ON_IT),
    "reckon": (f"{RUNNING} resolved replied", ON_IT),
    "visit": (f"{RUNNING} resolved replied", ON_IT),
    "ask_support": ("assigned handling awaiting_material referred", "window_lead"),
    "sign_support": (RUNNING.replace("accepted ", ""), "handler department_head"),
    "answer_support": (RUNNING.replace("accepted ", ""), "handler department_head"),
    "record_outside_answer": (RUNNING.replace("accepted ", ""), "window_clerk window_lead"),
    "call_meeting": (RUNNING, "window_lead deputy director"),
    "record_minutes": (RUNNING, "window_lead"),
    "carry_out_decision": (f"{RUNNING} resolved", ON_IT),
    "record_prerequisite": (RUNNING, ON_IT),
    "settle_prerequisite": (RUNNING, ON_IT),
    "extend": (RUNNING.replace("awaiting_material ", ""), "window_lead deputy"),
    "extend_again": (RUNNING.replace("awaiting_material ", ""), "director"),
    "instruct": (OPEN, "deputy"),
    "supervise": (f"{RUNNING} resolved", "supervisor deputy"),
    "answer_supervision": (f"{RUNNING} resolved", "handler department_head"),
    "lift_supervision": (OPEN, "supervisor deputy"),
    "escalate": (RUNNING, "window_lead director"),
    "take_over": (RUNNING, "director"),
    "request_signoff": ("handling", "handler department_head"),
    "sign_off": ("awaiting_signoff", "window_lead deputy director"),
    "refuse_signoff": ("awaiting_signoff", "window_lead deputy director"),
    "refer": ("handling", "window_lead"),
    "resolve": ("handling", "handler department_head"),
    "contact": (OPEN, "window_clerk window_lead handler department_head"),
    "amend": (OPEN, "window_clerk window_lead"),
    "reply": ("resolved", "window_clerk window_lead"),
    "answer": ("resolved", "window_lead"),
    "call_back": ("replied", "caller"),
    "close": ("replied", "window_lead"),
    "reopen": ("closed", "window_lead caller reporter"),
    "withdraw": (OPEN.replace(" referred", ""), "window_clerk window_lead reporter"),
    "rate": ("replied closed", "reporter"),
    "ask_contact": (OPEN, "reporter"),
    "record_rating": ("replied closed", "caller"),
    "rectify": (f"{RUNNING} resolved replied closed", "window_lead"),
    "thank": ("replied closed", "window_clerk window_lead"),
    "retrospect": ("closed", "window_lead director"),
    # Nobody's: they follow from signatures and envelopes.
    "signed_off": ("awaiting_signoff", ""),
    "hear": (f"{RUNNING} resolved replied", ""),
    "take_back": ("referred", ""),
    "hear_home": (f"{RUNNING} resolved", ""),
    "redirected_away": (f"{RUNNING} resolved replied", ""),
    "reply_merged": ("merged", ""),
    "close_confirmed": ("replied", ""),
    "take_in": (OPEN, ""),
    # Nobody's: they follow from the clock.
    "rereckon": (RUNNING, ""),
    "remind": (RUNNING, ""),
    "notify_city": (RUNNING, ""),
    "destroy_evidence": (f"{OPEN} declined closed withdrawn merged", ""),
}
FOR_REFERRED_IN = {"answer", "close_confirmed", "hear_home", "redirected_away"}
AS_IF: dict[str, dict[str, Any]] = {
    "extend_again": {"extensions": 1},
    "sign_support": {"unanswered": ["SB"]},
    "answer_support": {"unanswered": ["SB"]},
    "answer_supervision": {"supervised": True},
    "lift_supervision": {"supervised": True},
}
"""What the matter is like where an act is possible at all."""


@pytest.fixture
def matter(in_zhangbei: Any) -> Matter:
    """A matter for which no guard stands in the way, at its first extension and first request."""
    matter = Desk(in_zhangbei).triaged(level=1)
    matter.department_id = "SB"
    matter.called_back = True
    matter.assigned_at = matter.ended_at = clock.now()
    return matter


def actor(*roles: Role) -> Actor:
    return Actor(id=uuid4(), label="示例", roles=frozenset(roles), department="SB", centre="130722")


def verdict(matter: Matter, person: Actor, act: str) -> str:
    try:
        workflow.check(matter, person, act)
    except NotAllowed:
        return "who"
    except Conflict as refused:
        return "state" if refused.code == "wrong_state" else refused.code
    return "yes"


def test_the_rules_name_every_act() -> None:
    assert set(RULES) == set(workflow.TRANSITIONS)


def test_every_act_of_people_has_a_form_and_an_action() -> None:
    by_hand = {name for name, t in workflow.TRANSITIONS.items() if not t.system}
    on_pages_of_their_own = {"register", "refer", "answer"}
    assert set(acts.all_bound()) == by_hand - on_pages_of_their_own


@pytest.mark.parametrize("act", RULES)
def test_every_state_and_role(matter: Matter, act: str) -> None:
    states, roles = (set(words.split()) for words in RULES[act])
    matter.origin_referral = uuid4() if act in FOR_REFERRED_IN else None
    for name, value in AS_IF.get(act, {}).items():
        setattr(matter, name, value)
    wrong = []
    for state in State:
        matter.state = state
        for role in Role:
            matter.returns = 2 if (act, role) == ("assign", Role.DIRECTOR) else 0
            matter.pauses = 1 if (act, role) == ("ask_material", Role.WINDOW_LEAD) else 0
            expected = "who" if role not in roles else "state" if state not in states else "yes"
            if (found := verdict(matter, actor(role), act)) != expected:
                wrong.append(f"{state} {role}: {found}, not {expected}")
    assert wrong == []


@pytest.mark.parametrize("act", [name for name, t in workflow.TRANSITIONS.items() if t.system])
def test_what_follows_by_itself_is_done_by_the_system_alone(matter: Matter, act: str) -> None:
    matter.state = workflow.TRANSITIONS[act].sources[0]
    matter.origin_referral = uuid4() if act in FOR_REFERRED_IN else None

    assert verdict(matter, Actor.system("系统", "130722"), act) == "yes"
    assert verdict(matter, actor(*Role), act) == "who"


def test_a_clerk_accepts_level_one_alone(matter: Matter) -> None:
    matter.level = 2
    assert verdict(matter, actor(Role.WINDOW_CLERK), "accept") == "clerk_only_level_one"
    assert verdict(matter, actor(Role.WINDOW_LEAD), "accept") == "yes"


def test_nothing_is_accepted_before_triage(matter: Matter) -> None:
    matter.level = None
    assert verdict(matter, actor(Role.WINDOW_LEAD), "accept") == "triaged"


def test_department_acts_are_for_the_own_department(matter: Matter) -> None:
    stranger = replace(actor(Role.HANDLER, Role.DEPARTMENT_HEAD), department="YB")
    for act, transition in workflow.TRANSITIONS.items():
        if workflow.own_department in transition.guards:
            matter.state = transition.sources[0]
            assert verdict(matter, stranger, act) == "who", act


def test_after_the_second_return_only_the_director_assigns(matter: Matter) -> None:
    matter.state, matter.returns = State.ACCEPTED, 2
    assert verdict(matter, actor(Role.WINDOW_LEAD), "assign") == "lead_assigns_director_designates"
    assert verdict(matter, actor(Role.DIRECTOR), "assign") == "yes"


def test_before_it_the_director_does_not_assign(matter: Matter) -> None:
    matter.state = State.ACCEPTED
    assert verdict(matter, actor(Role.DIRECTOR), "assign") == "lead_assigns_director_designates"


def test_there_is_no_third_return(matter: Matter) -> None:
    matter.state, matter.returns = State.ASSIGNED, 2
    assert verdict(matter, actor(Role.DEPARTMENT_HEAD), "return_to_window") == "no_third_return"


def test_a_department_returns_within_two_working_days(matter: Matter) -> None:
    matter.state, matter.assigned_at = State.ASSIGNED, clock.now() - timedelta(days=8)
    assert verdict(matter, actor(Role.DEPARTMENT_HEAD), "return_to_window") == "within_return_time"


@pytest.mark.parametrize("act", ["refer", "resolve"])
def test_a_special_case_goes_nowhere_without_both_signatures(matter: Matter, act: str) -> None:
    matter.state, matter.mode = State.HANDLING, Mode.SPECIAL
    person = actor(Role.WINDOW_LEAD, Role.HANDLER)
    assert verdict(matter, person, act) == "special_signed"
    matter.special_approved = True
    assert verdict(matter, person, act) == "yes"


def test_no_close_before_the_callback(matter: Matter) -> None:
    matter.state, matter.called_back = State.REPLIED, False
    assert verdict(matter, actor(Role.WINDOW_LEAD), "close") == "called_back"


def test_whoever_handled_it_does_not_call_back(matter: Matter) -> None:
    handler_id = matter.events.order_by("seq")[0].actor_id
    matter.state = State.REPLIED
    caller = replace(actor(Role.CALLER), id=handler_id)
    assert verdict(matter, caller, "call_back") == "not_its_handler"


def test_a_matter_is_reopened_within_thirty_days(matter: Matter) -> None:
    matter.state, matter.ended_at = State.CLOSED, clock.now() - timedelta(days=31)
    assert verdict(matter, actor(Role.WINDOW_LEAD), "reopen") == "within_reopen_time"


@pytest.mark.parametrize("act", ["reply", "call_back", "close", "reopen", "withdraw"])
def test_what_the_home_centre_owes_the_reporter_is_not_ours(matter: Matter, act: str) -> None:
    matter.state, matter.origin_referral = workflow.TRANSITIONS[act].sources[-1], uuid4()
    assert verdict(matter, actor(*Role), act) == "ours_to_answer"


def test_the_buttons_are_the_acts_that_roles_and_state_allow(matter: Matter) -> None:
    matter.state = State.HANDLING
    open_to = [t for t, why in workflow.choices(matter, actor(Role.HANDLER)) if why is None]
    assert [t.name for t in open_to if not t.tab] == [
        "progress",
        "request_signoff",
        "ask_material",
        "resolve",
        "contact",
    ]


def test_a_button_that_a_guard_forbids_says_why(matter: Matter) -> None:
    matter.state, matter.called_back = State.REPLIED, False
    reasons = {t.name: why for t, why in workflow.choices(matter, actor(Role.WINDOW_LEAD))}
    assert reasons["close"] is not None
    assert "回访" in reasons["close"]


def test_the_diagram_shows_every_move() -> None:
    drawn = workflow.diagram()
    for transition in workflow.TRANSITIONS.values():
        if transition.target:
            assert f"{transition.sources[0]} --> {transition.target}: {transition.name}" in drawn
