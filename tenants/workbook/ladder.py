"""The sweep of a centre's clocks: does what `owed` demands, each step once for each term.

A matter's steps are one transaction: the act, the notices and the note that it was done commit together. So a
worker that dies leaves either all of a step or nothing, and the next run does what is left.
"""

import logging
from collections.abc import Callable
from datetime import date
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction

from bancheng.centres.scope import current_centre
from bancheng.errors import Conflict
from bancheng.identity.actors import Actor
from bancheng.overview.models import CityNotice
from bancheng.timekeeping import clock
from tenants.coordination import actions as coordination
from tenants.matters import actions as matters
from tenants.matters.acting import locked
from tenants.matters.models import Matter
from tenants.notices.actions import notify
from tenants.notices.models import LadderStep
from tenants.referrals import following as referrals
from tenants.referrals.clocks import CHASES_BEFORE_ESCALATION
from tenants.referrals.locks import lock_all_of
from tenants.workbook.owed import Step, owed

log = logging.getLogger(__name__)

DONE_BY_HAND = frozenset(
    {"already_supervised", "already_taken_over", "answered_already", "already_escalated"}
)
"""Refusals which say that somebody did it before the machine had to."""


def sweep() -> int:
    """Do what is demanded in the centre that is served and was not done yet; how many steps were taken.

    May be repeated, killed and run several times at once: each step is taken once for each term. A matter
    that fails is logged and keeps none of the others waiting. Raises what the database raises when it is
    away.
    """
    demanded = owed()
    taken = set(LadderStep.objects.filter(matter_id__in=demanded).values_list("matter_id", "step", "term"))
    number = 0
    for matter_id, steps in demanded.items():
        if all((matter_id, step.name, step.term) in taken for step in steps):
            continue
        try:
            number += climb(matter_id)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            log.exception("clocks of matter %s not swept", matter_id)
    return number


@transaction.atomic
def climb(matter_id: UUID) -> int:
    """Take all steps of one matter that are demanded now and were not taken; how many these were."""
    lock_all_of(matter_id)  # before the matter: an arriving answer locks in that order
    matter = locked(matter_id)
    taken = set(LadderStep.objects.filter(matter=matter).values_list("step", "term"))
    fresh = [step for step in owed(matter_id).get(matter_id, ()) if (step.name, step.term) not in taken]
    return sum(_take(step, matter) for step in fresh)


def _take(step: Step, matter: Matter) -> bool:
    act = _ACTS.get(step.name)
    if act and not _done(act, step, matter):
        return False
    LadderStep.objects.create(matter=matter, step=step.name, term=step.term, at=clock.now())
    if step.kind:
        notify(
            matter=matter,
            kind=step.kind,
            key=f"{step.name} {step.term}",
            roles=step.roles,
            department=step.department,
            staff=step.staff,
        )
    return True


# --- The acts on the rungs ---------------------------------------------------------------------------

Act = Callable[[Step, Matter, Actor], None]


def _done(act: Act, step: Step, matter: Matter) -> bool:
    """Whether the act is done, now or before; what cannot be done yet is tried again by the next sweep."""
    try:
        act(step, matter, Actor.system("系统", current_centre().code))
    except Conflict as refused:
        if refused.code not in DONE_BY_HAND:
            log.warning("step %s of matter %s not taken: %s", step.name, matter.pk, refused.code)
            return False
    return True


def _remind(step: Step, matter: Matter, actor: Actor) -> None:
    matters.remind(matter_id=matter.pk, actor=actor, days=step.days)


def _supervise(step: Step, matter: Matter, actor: Actor) -> None:
    coordination.supervise(matter_id=matter.pk, actor=actor)


def _take_over(step: Step, matter: Matter, actor: Actor) -> None:
    coordination.take_over(matter_id=matter.pk, actor=actor)


def _chase(step: Step, matter: Matter, actor: Actor) -> None:
    referrals.chase(referral_id=UUID(step.term.split()[0]), actor=actor)


def _escalate_referral(step: Step, matter: Matter, actor: Actor) -> None:
    reason = f"已催办{CHASES_BEFORE_ESCALATION}次，仍没有回音。"
    referrals.escalate(referral_id=UUID(step.term), actor=actor, reason=reason)


def _notify_city(step: Step, matter: Matter, actor: Actor) -> None:
    matters.notify_city(matter_id=matter.pk, actor=actor, days=step.days)
    CityNotice.objects.get_or_create(
        centre=actor.centre,
        number=matter.machine_number,
        due_on=date.fromisoformat(step.term),
        defaults={"item": matter.item_code, "days": step.days, "at": clock.now()},
    )


_ACTS: dict[str, Act] = {
    "remind": _remind,
    "supervise": _supervise,
    "take_over": _take_over,
    "notify_city": _notify_city,
    "chase": _chase,
    "escalate_referral": _escalate_referral,
}
