"""A centre asking more of itself than the city does: its own limits by level."""

from collections.abc import Mapping

from django.db import transaction

from bancheng.errors import Invalid
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import require
from bancheng.privacy import audit
from bancheng.timekeeping.due import LEVELS
from tenants.matters import clocks
from tenants.matters.models import LevelLimit


@transaction.atomic
def set_limits(*, actor: Actor, days: Mapping[int, int]) -> None:
    """Set the working days by level, for matters accepted or regraded from now on.

    A level that is not named, or gets the city's days, has the city's limit. Stricter only: raises Invalid by
    `level_<n>` for more days than the city's or less than one; NotAllowed.
    """
    require(actor, "limits.set")
    wrong = {
        f"level_{number}": [f"应为1至{LEVELS[number].days}个工作日，只能比全市规定更严。"]
        for number, own in days.items()
        if not 1 <= own <= LEVELS[number].days
    }
    if wrong:
        raise Invalid(wrong)
    before = clocks.own_limits()
    stricter = {number: own for number, own in days.items() if own < LEVELS[number].days}
    LevelLimit.objects.exclude(level__in=stricter).delete()
    LevelLimit.objects.bulk_create(
        [LevelLimit(level=number, days=own) for number, own in stricter.items()],
        update_conflicts=True,
        unique_fields=["level"],
        update_fields=["days"],
    )
    after = clocks.own_limits()
    changed = {str(n): [before[n], after[n]] for n in LEVELS if before[n] != after[n]}
    audit.record(actor=actor, act="limits.set", subject=("level_limit", ""), changed=changed)
