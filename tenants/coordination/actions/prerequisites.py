"""Prerequisites between offices, and what follows when they go round in a circle (死循环)."""

from itertools import pairwise
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from bancheng.errors import Conflict, Invalid
from bancheng.identity.actors import Actor
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from tenants.coordination import selectors
from tenants.coordination.actions.leaders import escalate_by_rule
from tenants.coordination.models import Prerequisite
from tenants.coordination.offices import Office
from tenants.matters.acting import acting
from tenants.matters.models import Matter
from tenants.notices.actions import notify
from tenants.notices.kinds import NoticeKind

SAME_TWO = "同一对单位第二次互设前置条件，按规定提级。"


@transaction.atomic
def record_prerequisite(
    *, matter_id: UUID, actor: Actor, wanting: Office, giving: Office, paper: str, basis: str
) -> Matter:
    """Write down that `wanting` acts only with a paper from `giving` (前置条件), by what rule.

    Closes it a circle, or is it the second time between the same two offices, the matter is escalated to the
    director at once; of a circle the window lead and the director are told, and a meeting is proposed.
    Raises Invalid for one and the same office, Conflict (recorded_already) while the same one is open.
    """
    with acting("record_prerequisite", matter_id=matter_id, actor=actor) as act:
        matter = act.matter
        if wanting.code == giving.code:
            raise Invalid({"giving": ["两边是同一个单位，请检查。"]})
        between = Prerequisite.objects.filter(
            Q(wanting_code=wanting.code, giving_code=giving.code)
            | Q(wanting_code=giving.code, giving_code=wanting.code),
            matter=matter,
        )
        second_time = between.exists()
        if between.filter(wanting_code=wanting.code, settled_at=None).exists():
            raise Conflict("这项前置条件已经记录，还没有解决。", code="recorded_already")
        row = Prerequisite.objects.create(
            matter=matter,
            wanting_code=wanting.code,
            wanting=wanting.name,
            giving_code=giving.code,
            giving=giving.name,
            paper=paper,
            basis=basis,
            recorded_at=clock.now(),
            recorded_by_id=actor.staff_id,
        )
        circle = _closed_by(row)
        act.note = f"{wanting.name}须先取得{giving.name}的{paper}。\n依据：{basis}"
        act.data = {"circle": circle.count("→")}
        if circle:
            notify(
                matter=matter,
                kind=NoticeKind.CIRCLE,
                key=f"circle:{row.pk}",
                roles=(Role.WINDOW_LEAD, Role.DIRECTOR),
            )
    if circle:
        return escalate_by_rule(matter, reason=f"前置条件形成死循环：{circle}。建议召集会商，定由谁先办。")
    return escalate_by_rule(matter, reason=SAME_TWO) if second_time else matter


def settle_prerequisite(*, matter_id: UUID, actor: Actor, prerequisite: UUID, how: str) -> Matter:
    """Take note that an open prerequisite is settled (前置已解决), and how. Raises Invalid for no such."""
    with acting("settle_prerequisite", matter_id=matter_id, actor=actor) as act:
        row = selectors.open_prerequisites(act.matter).filter(pk=prerequisite).first()
        if row is None:
            raise Invalid({"prerequisite": ["没有这项未解决的前置条件，请刷新页面。"]})
        row.settled_at, row.settled_by_id, row.how = clock.now(), actor.staff_id, how
        row.save(update_fields=["settled_at", "settled_by", "how"])
        act.note = f"{row.wanting}需{row.giving}的{row.paper}：{how}"
    return act.matter


def _closed_by(row: Prerequisite) -> str:
    """The circle that this prerequisite closes, as words, or ""."""
    for circle in selectors.circles_of(selectors.open_prerequisites(row.matter)):
        if row.edge in pairwise((*circle.codes, circle.codes[0])):
            return circle.words
    return ""
