"""Measures whose day has passed without their being on trial: who answers for them is told."""

from bancheng.identity.roles import Role
from tenants.improvement import selectors
from tenants.notices.actions import notify_of
from tenants.notices.kinds import NoticeKind


def remind() -> int:
    """Tell the owner of each overdue measure and the deputy, once; how many people had not been told yet."""
    return sum(
        notify_of(
            thing=measure.problem_id,
            number=measure.problem.number,
            kind=NoticeKind.MEASURE_DUE,
            key=f"{measure.pk} {measure.due_on}",
            roles=(Role.DEPUTY,),
            staff=(measure.owner_id,),
        )
        for measure in selectors.overdue_measures()
    )
