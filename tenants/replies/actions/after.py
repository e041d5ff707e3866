"""Thanks that were received (锦旗感谢), and looking back at a slow case (复盘)."""

from datetime import date
from uuid import UUID

from bancheng.errors import Conflict, Invalid
from bancheng.identity.actors import Actor
from bancheng.timekeeping import clock
from bancheng.timekeeping.holders import Holder
from tenants.matters.acting import acting
from tenants.matters.models import Matter
from tenants.replies.models import Retrospective, Thanks, ThanksKind


def thank(
    *, matter_id: UUID, actor: Actor, kind: ThanksKind, on: date, count: int = 1, words: str = ""
) -> Matter:
    """Record thanks for a matter. Raises Invalid for a day before it was brought, or still to come."""
    with acting("thank", matter_id=matter_id, actor=actor) as act:
        if on > clock.today():
            raise Invalid({"on": ["日期不能晚于今天。"]})
        if on < clock.local(act.matter.registered_at).date():
            raise Invalid({"on": ["日期不能早于反映件登记的日期。"]})
        Thanks.objects.create(
            matter=act.matter,
            kind=kind,
            on=on,
            count=count,
            words=words or None,
            at=clock.now(),
            by_id=actor.staff_id,
        )
        act.note, act.data = words, {"kind": kind, "on": str(on), "count": count}
    return act.matter


def retrospect(
    *, matter_id: UUID, actor: Actor, lost_with: Holder, why: str, quicker: str, measure: str
) -> Matter:
    """Look back at a closed case (复盘): with whom the time was lost, why, what would have been quicker, and
    the measure proposed. Once for each round. Raises Conflict.
    """
    with acting("retrospect", matter_id=matter_id, actor=actor) as act:
        if act.matter.retrospectives.filter(round=act.matter.reopened).exists():
            raise Conflict("此件已经复盘过了。", code="looked_back_already")
        Retrospective.objects.create(
            matter=act.matter,
            round=act.matter.reopened,
            lost_with=lost_with,
            why=why,
            quicker=quicker,
            measure=measure,
            at=clock.now(),
            by_id=actor.staff_id,
        )
        act.note = f"原因：{why}\n怎样更快：{quicker}\n建议措施：{measure}"
        act.data = {"lost_with": lost_with}
    return act.matter
