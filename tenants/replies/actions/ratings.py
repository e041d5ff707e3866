"""Grades of the reporter (评价), and what a low one demands of the window (整改)."""

from uuid import UUID

from bancheng.errors import Conflict
from bancheng.identity.actors import Actor
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from bancheng.timekeeping.calendar import current as current_calendar
from tenants.matters.acting import Act, acting
from tenants.matters.models import Matter
from tenants.notices.actions import notify
from tenants.notices.kinds import NoticeKind
from tenants.replies.models import Grade, Rating, Rectification, Via

RECTIFY_WITHIN = 15
"""Working days from a low grade to its rectification (国办发〔2019〕51号 wants a term; 15: house rule)."""


def rate(*, matter_id: UUID, actor: Actor, grade: int, comment: str = "", via: Via = Via.CODE) -> Matter:
    """The reporter grades the reply (评价), once a round. A low grade opens a rectification.

    Only for a reporter who has shown the query code: `Actor.reporter` is made nowhere else.
    """
    with acting("rate", matter_id=matter_id, actor=actor) as act:
        if act.matter.ratings.filter(round=act.matter.reopened).exclude(via=Via.STAFF).exists():
            raise Conflict("这次答复已经评价过了，每次答复评价一次。", code="rated_already")
        _grade(act, Grade(grade), comment, via)
    return act.matter


def record_rating(*, matter_id: UUID, actor: Actor, grade: int, comment: str) -> Matter:
    """Write down a grade that the reporter spoke (代录). Marked as such, and never mixed with their own."""
    with acting("record_rating", matter_id=matter_id, actor=actor) as act:
        if act.matter.ratings.filter(round=act.matter.reopened).exists():
            raise Conflict("这次答复已经有评价，不需要代录。", code="rated_already")
        _grade(act, Grade(grade), comment, Via.STAFF)
    return act.matter


def rectify(*, matter_id: UUID, actor: Actor, feedback: str) -> Matter:
    """Report what was put right after a low grade (整改反馈); it closes the oldest open rectification."""
    with acting("rectify", matter_id=matter_id, actor=actor) as act:
        row = act.matter.rectifications.filter(closed_at=None).order_by("opened_at").first()
        if row is None:
            raise Conflict("此件没有待整改的评价。", code="nothing_to_rectify")
        row.feedback, row.closed_at, row.closed_by_id = feedback, clock.now(), actor.staff_id
        row.save(update_fields=["feedback", "closed_at", "closed_by"])
        act.note, act.data = feedback, {"in_time": clock.today() <= row.due_on}
    return act.matter


def _grade(act: Act, grade: Grade, comment: str, via: Via) -> None:
    matter, round_ = act.matter, act.matter.reopened
    rating = Rating.objects.create(
        matter=matter,
        round=round_,
        grade=grade,
        via=via,
        comment=comment or None,
        at=clock.now(),
        by_id=act.actor.id if via == Via.STAFF else None,
    )
    act.note, act.data = comment, {"grade": int(grade), "via": via}
    if rating.low:
        due_on = current_calendar().add(clock.today(), RECTIFY_WITHIN)
        Rectification.objects.create(matter=matter, rating=rating, opened_at=rating.at, due_on=due_on)
        notify(
            matter=matter,
            kind=NoticeKind.RATED_LOW,
            key=f"{round_}-{via}",
            roles=(Role.WINDOW_LEAD,),
        )
