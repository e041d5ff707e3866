"""What the coordinator's board is told of a referral: codes, names of units, states and times. No person."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q

from bancheng.centres.scope import current_centre
from bancheng.overview.models import BoardCase
from bancheng.timekeeping import clock
from tenants.referrals.locks import locked_referral
from tenants.referrals.models import Counterpart, Direction, MaterialAsk, Referral, State

ON_THE_BOARD = ~Q(state=State.DRAFT) & Q(Q(direction=Direction.SENT) | Q(counterpart=Counterpart.PEER))
"""The referrals whose row on the board is this centre's to write: those of which it is the home, and those
whose home is another deployment, whose board is not ours. A draft is nobody's business yet."""


def show(referral: Referral, *, heard: bool = True) -> None:
    """Write the board's row of this referral as it stands now, in the caller's transaction; one query, two
    while material is asked for.

    Call it with every change, on either side; it does nothing where the row is the other side's to write.
    `heard=False` says that neither side moved, as when one is chased: the silence then goes on.
    """
    arrived = referral.direction == Direction.RECEIVED
    if referral.state == State.DRAFT or (arrived and referral.counterpart != Counterpart.PEER):
        return
    _write(referral, moved_at=clock.now(), columns=_COLUMNS if heard else _WITHOUT_MOVE)


def rebuild() -> int:
    """Write the rows of this centre anew and remove those of no referral; returns how many there are.

    For what was there before the board was, and after a restore. One referral a transaction, under its lock:
    no act that commits meanwhile is overwritten. When something last moved stays where it is known; what the
    coordinator decided is not touched.
    """
    theirs = BoardCase.objects.filter(keeper=current_centre().code)
    known = set(theirs.values_list("pk", flat=True))  # first: a row that comes later has its referral
    found = list(Referral.objects.filter(ON_THE_BOARD).order_by("pk").values_list("pk", flat=True))
    for referral_id in found:
        _rewrite(referral_id)
    theirs.filter(pk__in=known.difference(found)).delete()
    return len(found)


@transaction.atomic
def _rewrite(referral_id: UUID) -> None:
    referral = locked_referral(referral_id)
    _write(referral, moved_at=_last_moved(referral), columns=_WITHOUT_MOVE)


def _write(referral: Referral, *, moved_at: datetime, columns: list[str]) -> None:
    row = BoardCase(case_id=referral.pk, moved_at=moved_at, **_ends(referral), **_stand(referral))
    BoardCase.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["case_id"], update_fields=columns
    )


def _ends(referral: Referral) -> dict[str, object]:
    here, matter = current_centre(), referral.matter
    arrived = referral.direction == Direction.RECEIVED
    ours, theirs = (here.code, here.name), (referral.unit_code, referral.unit_name)
    (source, source_name), (target, target_name) = (theirs, ours) if arrived else (ours, theirs)
    return {
        "keeper": here.code,
        "source": source,
        "source_name": source_name,
        "target": target,
        "target_name": target_name,
        "matter": matter.machine_number if matter else "",
        "parent": None if arrived or matter is None else matter.origin_referral,
        "level": (matter.level if matter else None) or 0,
    }


def _stand(referral: Referral) -> dict[str, object]:
    asked_at, asked_due_on = _asked(referral)
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
        "asked_at": asked_at,
        "asked_due_on": asked_due_on,
        "answered_at": referral.answered_at,
        "ended_at": referral.ended_at,
        "chases": referral.chases,
        "escalated_at": referral.escalated_at,
        "appealed_at": referral.appealed_at,
        "designated_at": referral.designated_at,
    }


def _asked(referral: Referral) -> tuple[datetime | None, date | None]:
    """Since when and until when the other side waits for material."""
    if referral.state != State.ASKED:
        return None, None
    ask = MaterialAsk.objects.filter(referral=referral, given_at=None).first()
    return (ask.at, ask.due_on) if ask else (None, None)


def _last_moved(referral: Referral) -> datetime:
    """What the referral itself tells of it; a report on the way has left no trace in its row."""
    heard: dict[str, datetime | None] = Referral.objects.filter(pk=referral.pk).aggregate(
        called=Max("contacts__at"), asked=Max("asks__at"), given=Max("asks__given_at")
    )
    own = (referral.sent_at, referral.signed_at, referral.answered_at, referral.ended_at)
    return max(at for at in (*own, referral.onward_since, *heard.values()) if at is not None)


_COORDINATORS = ("decision", "decided_at", "decided_unit")
_COLUMNS = [f.name for f in BoardCase._meta.fields if f.name not in ("case_id", *_COORDINATORS)]
_WITHOUT_MOVE = [name for name in _COLUMNS if name != "moved_at"]
