"""The course of a problem, exhaustively: every state × act × role, against the rules written down again."""

from datetime import timedelta

import pytest

from bancheng.errors import Conflict, NotAllowed
from bancheng.identity.actors import Actor
from bancheng.identity.roles import CENTRE_ROLES, Role
from bancheng.overview.models import ProblemState
from bancheng.timekeeping import clock
from tenants.improvement import acts, workflow
from tests.desk import Desk
from tests.improvement import START, Register

LEADERS = "window_lead deputy director"
UNDER_WAY = "open measured trial"

# act: (the states it starts from, who may do it), word by word from the rules of the loop.
RULES = {
    "open": ("proposed", LEADERS),
    "dismiss": ("proposed", LEADERS),
    "study": (UNDER_WAY, LEADERS),
    "set_measure": (UNDER_WAY, LEADERS),
    "try_out": ("measured", LEADERS),  # on trial: while another measure waits for it
    "end_measure": ("measured trial", LEADERS),
    "make_routine": ("trial", "deputy director"),
    "reopen": ("routine met", LEADERS),
    "watch": ("routine", ""),
}
BY_THE_CLOCK = {"watch", "reopen"}


def test_the_table_has_these_acts_and_no_other() -> None:
    assert workflow.STEPS.keys() == RULES.keys()


def test_every_act_of_a_person_has_a_form_and_an_action() -> None:
    assert acts.BOUND.keys() == RULES.keys() - {"watch"}


@pytest.mark.parametrize("state", ProblemState)
def test_in_this_state_each_role_may_do_what_the_rules_say(desk: Desk, state: ProblemState) -> None:
    with clock.at(START):
        problem = Register(desk).in_state(state)
    people = {role: desk.actor(role) for role in CENTRE_ROLES}
    wrong = []
    with clock.at(START + timedelta(days=31)):
        for act, (states, roles) in RULES.items():
            for role, person in people.items():
                may = state in states.split() and role in roles.split()
                if (workflow.obstacle(problem, person, act) is None) != may:
                    wrong.append(f"{act} by {role}")
    assert wrong == []


@pytest.mark.parametrize("state", ProblemState)
def test_in_this_state_the_clock_does_its_own_acts_alone(desk: Desk, state: ProblemState) -> None:
    with clock.at(START):
        problem = Register(desk).in_state(state)
    system = Actor.system("系统", desk.centre.code)

    able = {act for act in RULES if workflow.obstacle(problem, system, act) is None}

    assert able == {act for act in BY_THE_CLOCK if state in RULES[act][0].split()}


@pytest.mark.parametrize("state", ProblemState)
def test_the_buttons_are_what_the_rules_allow(desk: Desk, state: ProblemState) -> None:
    with clock.at(START):
        problem = Register(desk).in_state(state)
    director = desk.actor(Role.DIRECTOR)
    with clock.at(START + timedelta(days=31)):
        shown = {step.name for step, why in workflow.choices(problem, director) if why is None}

    assert shown == {act for act, (states, who) in RULES.items() if who and state in states.split()}


def test_who_may_not_is_told_who_may(desk: Desk) -> None:
    problem = Register(desk).proposed()

    with pytest.raises(NotAllowed, match="窗口负责人"):
        workflow.check(problem, desk.actor(Role.WINDOW_CLERK), "open")


def test_what_does_not_fit_the_state_says_the_state(desk: Desk) -> None:
    problem = Register(desk).proposed()

    with pytest.raises(Conflict, match="待立项"):
        workflow.check(problem, desk.actor(Role.DIRECTOR), "reopen")
