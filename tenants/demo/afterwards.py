"""What follows the reply to an invented matter: graded, put right, thanked for, visited, looked back on."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from bancheng.catalogue.words import Outcome
from bancheng.identity.actors import Actor
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from bancheng.timekeeping.holders import Holder
from tenants.casework.actions import guidance
from tenants.casework.models import VisitKind
from tenants.demo import firsts, material
from tenants.demo.plan import Fate
from tenants.replies import actions as replies
from tenants.replies.models import ThanksKind, Via

if TYPE_CHECKING:
    from tenants.demo.lives import Beats, Life

RATED = 0.6
"""Part of those who were told the result that grade it themselves."""
GRADES = (5, 4, 3, 2, 1)
WHEN_SOLVED = (56, 28, 11, 3.5, 1.5)
OTHERWISE = (12, 24, 36, 18, 10)


def graded(life: Life, outcome: Outcome) -> Beats:
    """The reporter's own grade; what a low one demands of the window."""
    if life.rng.random() >= RATED:
        return
    yield life.after(0, 2)
    solved = outcome in (Outcome.DONE, Outcome.PARTLY)
    grade = life.rng.choices(GRADES, weights=WHEN_SOLVED if solved else OTHERWISE)[0]
    replies.rate(
        matter_id=life.matter_id,
        actor=Actor.reporter(life.plan.centre),
        grade=grade,
        comment=life.rng.choice(material.PRAISE if grade >= 3 else material.COMPLAINTS),
        via=life.rng.choice((Via.CODE, Via.CODE, Via.LINK, Via.DEVICE)),
    )
    if grade < 3:
        yield life.after(1, 6)
        replies.rectify(
            matter_id=life.matter_id,
            actor=life.who(Role.WINDOW_LEAD),
            feedback=life.rng.choice(material.RECTIFIED),
        )


def visited(life: Life) -> Beats:
    """Now and then somebody old or ill is called on."""
    if not life.plan.reporter.vulnerable or life.rng.random() >= 0.15:
        return
    yield life.after(0, 1)
    clerk = life.who(Role.WINDOW_CLERK)
    guidance.visit(
        matter_id=life.matter_id,
        actor=clerk,
        kind=VisitKind.COMFORT,
        on=clock.today(),
        went=[str(clerk.staff_id), str(life.who(Role.WINDOW_LEAD).staff_id)],
        findings="入户看望，待遇已到账，生活平稳，留了窗口电话。",
        gift=life.rng.choice((None, Decimal(200), Decimal(300))),
    )


def closed(life: Life, outcome: Outcome) -> Beats:
    """Thanks for a few; a look back at what should have been quicker; a first case written down."""
    if outcome == Outcome.DONE and life.rng.random() < 0.06:
        yield life.after(1, 4)
        kind = life.rng.choice((ThanksKind.BANNER, ThanksKind.LETTER))
        replies.thank(
            matter_id=life.matter_id, actor=life.who(Role.WINDOW_CLERK), kind=kind, on=clock.today()
        )
    if life.plan.fate in (Fate.LATE, Fate.DESIGNATED, Fate.LETTER) and life.rng.random() < 0.4:
        yield life.after(1, 4)
        lost_with, why, quicker, measure = life.rng.choice(material.LESSONS)
        replies.retrospect(
            matter_id=life.matter_id,
            actor=life.who(Role.WINDOW_LEAD),
            lost_with=Holder(lost_with),
            why=why,
            quicker=quicker,
            measure=measure,
        )
    yield from firsts.written_down(life, outcome)
