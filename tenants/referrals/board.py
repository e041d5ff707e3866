"""What the coordinator's board is told of a referral: codes, names of units, states and times. No person."""

from bancheng.centres.scope import current_centre
from bancheng.overview.models import BoardCase
from bancheng.timekeeping import clock
from tenants.referrals.models import Counterpart, Direction, Referral, State


def show(referral: Referral) -> None:
    """Write the board's row of this referral as it stands now, in the caller's transaction; one query.

    The home centre calls it with every change of its own row. The receiver's calls do nothing, unless home
    is another deployment, whose board is not ours. A draft is nobody's business yet.
    """
    arrived = referral.direction == Direction.RECEIVED
    if referral.state == State.DRAFT or (arrived and referral.counterpart != Counterpart.PEER):
        return
    BoardCase.objects.bulk_create(
        [BoardCase(case_id=referral.pk, **_ends(referral, arrived=arrived), **_stand(referral))],
        update_conflicts=True,
        unique_fields=["case_id"],
        update_fields=_COLUMNS,
    )


def _ends(referral: Referral, *, arrived: bool) -> dict[str, object]:
    here, matter = current_centre(), referral.matter
    ours = {"code": here.code, "name": here.name}
    theirs = {"code": referral.unit_code, "name": referral.unit_name}
    source, target = (theirs, ours) if arrived else (ours, theirs)
    return {
        "source": source["code"],
        "source_name": source["name"],
        "target": target["code"],
        "target_name": target["name"],
        "matter": matter.machine_number if matter else "",
        "parent": None if arrived or matter is None else matter.origin_referral,
        "level": (matter.level if matter else None) or 0,
    }


def _stand(referral: Referral) -> dict[str, object]:
    return {
        "number": referral.number,
        "way": referral.counterpart,
        "item": referral.item_code,
        "state": referral.state,
        "round": referral.round,
        "ground": referral.return_ground,
        "suggested": referral.suggested_unit,
        "outcome": referral.answer_outcome,
        "sent_at": referral.sent_at,
        "sign_due_on": referral.sign_due_on,
        "signed_at": referral.signed_at,
        "handle_due_on": referral.handle_due_on,
        "answered_at": referral.answered_at,
        "ended_at": referral.ended_at,
        "chases": referral.chases,
        "escalated_at": referral.escalated_at,
        "appealed_at": referral.appealed_at,
        "decided_at": referral.designated_at,
        "moved_at": clock.now(),
    }


_COLUMNS = [
    field.name for field in BoardCase._meta.fields if field.name not in ("case_id", "asked_at", "decided_at")
]
"""`asked_at` and `decided_at` are set by whoever asks and decides."""
