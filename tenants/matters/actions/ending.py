"""How a matter ends, and how it comes back."""

from collections.abc import Sequence
from uuid import UUID

from bancheng.catalogue.words import Outcome
from bancheng.errors import Conflict
from bancheng.identity.actors import Actor
from bancheng.timekeeping import clock
from tenants.matters import clocks, known
from tenants.matters.acting import acting
from tenants.matters.actions.flow import set_causes
from tenants.matters.models import Matter


def close(*, matter_id: UUID, actor: Actor, principal_cause: str, other_causes: Sequence[str] = ()) -> Matter:
    """Close a matter (销号) that was replied to and called back; the principal cause is confirmed here."""
    with acting("close", matter_id=matter_id, actor=actor) as act:
        set_causes(act.matter, principal=principal_cause, others=other_causes)
        act.matter.causes_confirmed, act.matter.ended_at = True, clock.now()
        act.data = {"cause": principal_cause, "outcome": act.matter.outcome}
    return act.matter


def close_confirmed(*, matter_id: UUID, actor: Actor) -> Matter:
    """Close a matter that another centre had referred to us, when that centre has confirmed our answer.

    Nobody here wrote a principal cause of their own: the one of the referral stays.
    """
    with acting("close_confirmed", matter_id=matter_id, actor=actor) as act:
        act.matter.ended_at = clock.now()
        act.data = {"outcome": act.matter.outcome}
    return act.matter


def reopen(*, matter_id: UUID, actor: Actor, reason: str) -> Matter:
    """Reopen a closed matter (重办) within 30 days; counted. The same department takes it up again.

    The due date is reckoned anew from today, by the level that the matter has. Requests for material and
    extensions made before count on: the second still needs the lead, and there is no third extension.
    """
    with acting("reopen", matter_id=matter_id, actor=actor) as act:
        matter = act.matter
        matter.reopened += 1
        matter.outcome, matter.resolved_at, matter.replied_at, matter.ended_at = "", None, None, None
        matter.called_back = matter.causes_confirmed = matter.negative_approved = False
        act.note, act.data = reason, {"reopened": matter.reopened} | clocks.limit_of(matter)
    return act.matter


def withdraw(*, matter_id: UUID, actor: Actor, reason: str, told_by: str) -> Matter:
    """End a matter at the reporter's recorded wish (撤回). `told_by` says how that wish reached us.

    Raises Conflict (others_merged) while a matter of somebody else is merged into it: that person waits for
    the answer too (house rule).
    """
    with acting("withdraw", matter_id=matter_id, actor=actor) as act:
        _check_no_one_else_waits(act.matter)
        act.matter.outcome, act.matter.ended_at = Outcome.WITHDRAWN, clock.now()
        act.note = f"{reason}\n反映人意愿由：{told_by}"
    return act.matter


def _check_no_one_else_waits(matter: Matter) -> None:
    merged = known.merged_into(matter.pk)
    others = [each for each in merged if not known.is_same_person(each.reporter, matter.reporter)]
    if others:
        raise Conflict(
            f"另有{len(others)}件反映件已并入此件，其反映人仍在等候答复，此件不能撤回。", code="others_merged"
        )
