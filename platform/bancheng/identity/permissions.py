"""The permission table: who may do what, on one page. Pages, actions and the API all ask here.

A permission says what a role may do at all. Guards in the actions narrow it down to the case at hand: a
handler reaches only what is assigned to the own department, two signatures need two people, a caller never
calls back on a matter that he or she handled.
"""

from typing import Final

from bancheng.errors import NotAllowed
from bancheng.identity.actors import Actor
from bancheng.identity.roles import CENTRE_ROLES, Role, names

CLERK, LEAD = Role.WINDOW_CLERK, Role.WINDOW_LEAD
HANDLER, HEAD = Role.HANDLER, Role.DEPARTMENT_HEAD
DEPUTY, DIRECTOR = Role.DEPUTY, Role.DIRECTOR
SUPERVISOR, CALLER, AUDITOR = Role.SUPERVISOR, Role.CALLER, Role.AUDITOR
ANALYST, COORDINATOR, OPERATOR = Role.CITY_ANALYST, Role.CITY_COORDINATOR, Role.OPERATOR
REPORTER = Role.REPORTER
ON_THE_CASE = frozenset({CLERK, LEAD, HANDLER, HEAD})

PERMISSIONS: Final[dict[str, frozenset[Role]]] = {
    # Reading
    "matter.view": CENTRE_ROLES,
    "matter.search": CENTRE_ROLES,
    "workbook.view": CENTRE_ROLES,
    "workbook.export": frozenset({LEAD, DEPUTY, DIRECTOR, AUDITOR}),
    "person.unmask": frozenset({CLERK, LEAD, HANDLER, HEAD, DEPUTY, DIRECTOR, CALLER}),
    "audit.view": frozenset({AUDITOR}),
    # The counter
    "consultation.record": frozenset({CLERK, LEAD}),
    "matter.register": frozenset({CLERK, LEAD}),
    "matter.amend": frozenset({CLERK, LEAD}),
    "matter.contact": frozenset({CLERK, LEAD, HANDLER, HEAD}),
    # Triage
    "matter.triage": frozenset({CLERK, LEAD}),
    "matter.accept": frozenset({CLERK, LEAD}),  # a clerk: level 1 alone, see the workflow's guard
    "matter.decline": frozenset({LEAD}),
    "matter.reverse_decline": frozenset({DIRECTOR}),
    "matter.assign": frozenset(
        {LEAD, DIRECTOR}
    ),  # the director: after a second return, see the workflow's guard
    "matter.merge": frozenset({LEAD}),
    "matter.restrict": frozenset({CLERK, LEAD}),
    "matter.regrade": frozenset({LEAD}),
    "limits.set": frozenset({LEAD}),
    # The department
    "matter.sign": frozenset({HANDLER, HEAD}),
    "matter.progress": frozenset({HANDLER, HEAD}),
    "matter.reassign": frozenset({HEAD}),
    "matter.return_to_window": frozenset({HEAD}),
    "matter.ask_material": frozenset({HANDLER, HEAD, LEAD}),  # the lead: from the second time on
    "matter.request_signoff": frozenset({HANDLER, HEAD}),
    "matter.resolve": frozenset({HANDLER, HEAD}),
    # Casework: whoever works on it, at the counter or in a department that has a part in it
    "matter.check_materials": ON_THE_CASE,
    "matter.receive_material": ON_THE_CASE,
    "matter.supply_material": frozenset({REPORTER}),
    "matter.record_consent": ON_THE_CASE,
    "matter.withdraw_consent": ON_THE_CASE,
    "matter.offer_alternative": ON_THE_CASE,
    "matter.add_evidence": ON_THE_CASE,
    "matter.log_liaison": ON_THE_CASE,
    "matter.explain_policy": ON_THE_CASE,
    "matter.reckon": ON_THE_CASE,
    "matter.visit": ON_THE_CASE,
    "casework.set_parameters": frozenset({LEAD}),
    # Several hands
    "matter.ask_support": frozenset({LEAD}),
    "matter.sign_support": frozenset({HANDLER, HEAD}),
    "matter.answer_support": frozenset({HANDLER, HEAD}),
    "matter.record_outside_answer": frozenset({CLERK, LEAD}),
    "matter.call_meeting": frozenset({LEAD, DEPUTY, DIRECTOR}),
    "matter.record_minutes": frozenset({LEAD}),
    "matter.carry_out_decision": ON_THE_CASE,
    "matter.record_prerequisite": ON_THE_CASE,
    "matter.settle_prerequisite": ON_THE_CASE,
    # Leaders
    "matter.sign_off": frozenset({LEAD, DEPUTY, DIRECTOR}),  # who signs what: tenants/coordination
    "matter.refuse_signoff": frozenset({LEAD, DEPUTY, DIRECTOR}),
    "matter.extend": frozenset({LEAD, DEPUTY}),
    "matter.extend_again": frozenset({DIRECTOR}),
    "matter.instruct": frozenset({DEPUTY}),
    "matter.supervise": frozenset({SUPERVISOR, DEPUTY}),
    "matter.answer_supervision": frozenset({HANDLER, HEAD}),
    "matter.lift_supervision": frozenset({SUPERVISOR, DEPUTY}),
    "matter.escalate": frozenset({LEAD, DIRECTOR}),  # the lead to the director, the director to the city
    "matter.take_over": frozenset({DIRECTOR}),
    # Back to the reporter
    "matter.reply": frozenset({CLERK, LEAD}),
    "matter.call_back": frozenset({CALLER}),
    "matter.close": frozenset({LEAD}),
    "matter.reopen": frozenset({CALLER, LEAD, REPORTER}),
    "matter.withdraw": frozenset({CLERK, LEAD, REPORTER}),
    "matter.rate": frozenset({REPORTER}),
    "matter.ask_contact": frozenset({REPORTER}),
    "matter.record_rating": frozenset({CALLER}),
    "matter.rectify": frozenset({LEAD}),
    "matter.thank": frozenset({CLERK, LEAD}),
    "matter.retrospect": frozenset({LEAD, DIRECTOR}),
    "replies.set_texts": frozenset({LEAD}),
    # Other centres and outside offices
    "matter.refer": frozenset({LEAD}),
    "matter.answer": frozenset({LEAD}),
    "referral.view": CENTRE_ROLES,
    "referral.draft": frozenset({CLERK, LEAD, HANDLER, HEAD}),
    "referral.send": frozenset({LEAD}),
    "referral.recall": frozenset({LEAD}),
    "referral.sign": frozenset({LEAD}),
    "referral.return": frozenset({LEAD}),
    "referral.answer": frozenset({LEAD}),
    "referral.confirm": frozenset({LEAD}),
    "referral.log_contact": frozenset({CLERK, LEAD}),
    "referral.give_material": ON_THE_CASE,
    "referral.chase": frozenset({CLERK, LEAD}),
    "referral.escalate": frozenset({LEAD, DIRECTOR}),
    "referral.appeal": frozenset({LEAD}),
    "referral.ask": frozenset({LEAD, HANDLER, HEAD}),
    "referral.report": frozenset({LEAD, HANDLER, HEAD}),
    # What the centre learns
    "figures.view": frozenset({LEAD, HEAD, DEPUTY, DIRECTOR, SUPERVISOR, AUDITOR}),
    "zero_report.file": frozenset({LEAD}),
    "problem.view": CENTRE_ROLES,
    "problem.open": frozenset({LEAD, DEPUTY, DIRECTOR}),
    "problem.study": frozenset({LEAD, DEPUTY, DIRECTOR}),
    "problem.set_measure": frozenset({LEAD, DEPUTY, DIRECTOR}),
    "problem.try_out": frozenset({LEAD, DEPUTY, DIRECTOR}),
    "problem.make_routine": frozenset({DEPUTY, DIRECTOR}),
    "precedent.view": CENTRE_ROLES | frozenset({ANALYST, COORDINATOR}),
    "precedent.draft": ON_THE_CASE,
    "precedent.review": frozenset({LEAD, DEPUTY, DIRECTOR}),  # never by the author
    "precedent.withdraw": frozenset({LEAD, DEPUTY, DIRECTOR}),
    "precedent.helped": ON_THE_CASE,
    # The municipal office: figures and headers, never a case
    "overview.view": frozenset({ANALYST, COORDINATOR, OPERATOR}),
    "board.view": frozenset({COORDINATOR}),
    "board.arbitrate": frozenset({COORDINATOR}),
    "complaints.record": frozenset({ANALYST, COORDINATOR}),
    "city_problem.manage": frozenset({COORDINATOR}),
    "bulletin.view": frozenset({ANALYST, COORDINATOR, OPERATOR}),
    "bulletin.draft": frozenset({ANALYST, COORDINATOR}),
    "bulletin.review": frozenset({ANALYST, COORDINATOR}),  # never by who asked for it
    "bulletin.issue": frozenset({COORDINATOR}),
    "exchange.manage": frozenset({OPERATOR}),
    "centres.manage": frozenset({OPERATOR}),
    "accounts.manage": frozenset({OPERATOR}),
    "catalogue.manage": frozenset({OPERATOR}),
}


def allowed(actor: Actor, permission: str) -> bool:
    """Whether one of the actor's roles carries the permission. Raises KeyError on a name not in the table."""
    return not PERMISSIONS[permission].isdisjoint(actor.roles)


def require(actor: Actor, permission: str) -> None:
    """Raise NotAllowed, naming the roles that may, unless `allowed`. KeyError on a name not in the table."""
    if not allowed(actor, permission):
        raise NotAllowed(f"您没有办理此事的权限，请由{names(PERMISSIONS[permission])}办理。")


def known(permission: str) -> str:
    """The name itself, or KeyError: for tables of other modules, so that a typing slip fails at import."""
    if permission not in PERMISSIONS:
        raise KeyError(permission)
    return permission
