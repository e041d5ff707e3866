"""The permission table against a second statement of the rules: role by role instead of act by act."""

import pytest

from bancheng.errors import NotAllowed
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import PERMISSIONS, allowed, known, require
from bancheng.identity.roles import CENTRE_ROLES, DEPARTMENT_ROLES, OFFICE_ROLES, Role

READS = {
    "matter.view",
    "matter.search",
    "workbook.view",
    "referral.view",
    "problem.view",
    "precedent.view",
}
LEADING = {
    "figures.view",
    "problem.open",
    "problem.study",
    "problem.set_measure",
    "problem.try_out",
    "precedent.review",
    "precedent.withdraw",
}

COUNTER = {
    "consultation.record",
    "matter.register",
    "matter.amend",
    "matter.contact",
    "matter.triage",
    "matter.accept",
    "matter.reply",
    "matter.withdraw",
    "matter.restrict",
    "matter.thank",
    "matter.record_outside_answer",
    "referral.draft",
    "referral.log_contact",
    "referral.chase",
    "person.unmask",
}

DEPARTMENT = {
    "matter.contact",
    "matter.sign",
    "matter.progress",
    "matter.ask_material",
    "matter.request_signoff",
    "matter.sign_support",
    "matter.answer_support",
    "matter.answer_supervision",
    "matter.resolve",
    "referral.draft",
    "referral.ask",
    "referral.report",
    "person.unmask",
}

CASEWORK = {
    "matter.check_materials",
    "matter.receive_material",
    "matter.record_consent",
    "matter.withdraw_consent",
    "matter.offer_alternative",
    "matter.add_evidence",
    "matter.log_liaison",
    "matter.explain_policy",
    "matter.reckon",
    "matter.visit",
    "matter.carry_out_decision",
    "matter.record_prerequisite",
    "matter.settle_prerequisite",
    "referral.give_material",
    "precedent.draft",
    "precedent.helped",
}

MAY = {
    Role.WINDOW_CLERK: READS | COUNTER | CASEWORK,
    Role.WINDOW_LEAD: READS
    | COUNTER
    | CASEWORK
    | LEADING
    | {
        "zero_report.file",
        "matter.regrade",
        "limits.set",
        "matter.ask_material",
        "matter.ask_support",
        "matter.call_meeting",
        "matter.record_minutes",
        "matter.escalate",
        "matter.rectify",
        "matter.retrospect",
        "casework.set_parameters",
        "replies.set_texts",
        "matter.decline",
        "matter.assign",
        "matter.merge",
        "matter.sign_off",
        "matter.refuse_signoff",
        "matter.extend",
        "matter.close",
        "matter.reopen",
        "matter.refer",
        "matter.answer",
        "referral.send",
        "referral.recall",
        "referral.escalate",
        "referral.appeal",
        "referral.ask",
        "referral.report",
        "referral.sign",
        "referral.return",
        "referral.answer",
        "referral.confirm",
        "workbook.export",
    },
    Role.HANDLER: READS | DEPARTMENT | CASEWORK,
    Role.DEPARTMENT_HEAD: READS
    | DEPARTMENT
    | CASEWORK
    | {"matter.reassign", "matter.return_to_window", "figures.view"},
    Role.DEPUTY: READS
    | LEADING
    | {
        "problem.make_routine",
        "matter.sign_off",
        "matter.refuse_signoff",
        "matter.extend",
        "matter.instruct",
        "matter.supervise",
        "matter.lift_supervision",
        "matter.call_meeting",
        "person.unmask",
        "workbook.export",
    },
    Role.DIRECTOR: READS
    | LEADING
    | {
        "problem.make_routine",
        "matter.reverse_decline",
        "matter.assign",
        "matter.sign_off",
        "matter.refuse_signoff",
        "matter.extend_again",
        "matter.escalate",
        "matter.take_over",
        "matter.call_meeting",
        "matter.retrospect",
        "referral.escalate",
        "person.unmask",
        "workbook.export",
    },
    Role.SUPERVISOR: READS | {"matter.supervise", "matter.lift_supervision", "figures.view"},
    Role.CALLER: READS | {"matter.call_back", "matter.reopen", "matter.record_rating", "person.unmask"},
    Role.REPORTER: {
        "matter.supply_material",
        "matter.withdraw",
        "matter.rate",
        "matter.reopen",
        "matter.ask_contact",
    },
    Role.AUDITOR: READS | {"audit.view", "workbook.export", "figures.view"},
    Role.CITY_ANALYST: {
        "overview.view",
        "precedent.view",
        "complaints.record",
        "bulletin.view",
        "bulletin.draft",
        "bulletin.review",
    },
    Role.CITY_COORDINATOR: {
        "overview.view",
        "board.view",
        "board.arbitrate",
        "precedent.view",
        "complaints.record",
        "city_problem.manage",
        "bulletin.view",
        "bulletin.draft",
        "bulletin.review",
        "bulletin.issue",
    },
    Role.OPERATOR: {
        "overview.view",
        "bulletin.view",
        "exchange.manage",
        "centres.manage",
        "accounts.manage",
        "catalogue.manage",
    },
}


def somebody(*roles: Role) -> Actor:
    return Actor(id=None, label="测试", roles=frozenset(roles), department="", centre="130722")


@pytest.mark.parametrize("role", Role)
def test_a_role_may_do_exactly_what_its_line_says(role: Role) -> None:
    assert {name for name in PERMISSIONS if allowed(somebody(role), name)} == MAY[role]


def test_every_permission_is_held_by_somebody() -> None:
    assert set().union(*MAY.values()) == set(PERMISSIONS)


def test_a_person_with_two_roles_may_do_what_either_may() -> None:
    both = somebody(Role.WINDOW_CLERK, Role.CALLER)
    assert {name for name in PERMISSIONS if allowed(both, name)} == (
        MAY[Role.WINDOW_CLERK] | MAY[Role.CALLER]
    )


def test_the_system_holds_no_permission() -> None:
    assert not any(allowed(Actor.system("催办", "130722"), name) for name in PERMISSIONS)


def test_a_refusal_names_the_roles_that_may() -> None:
    with pytest.raises(NotAllowed, match="请由窗口负责人办理"):
        require(somebody(Role.WINDOW_CLERK), "matter.close")


def test_an_unknown_permission_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        known("matter.clsoe")
    with pytest.raises(KeyError):
        allowed(somebody(Role.DIRECTOR), "matter.clsoe")


def test_centre_and_office_share_no_role() -> None:
    assert set(Role) == CENTRE_ROLES | OFFICE_ROLES | {Role.REPORTER}
    assert not CENTRE_ROLES & OFFICE_ROLES
    assert DEPARTMENT_ROLES < CENTRE_ROLES
