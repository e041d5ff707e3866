"""Making a bulletin step by step: each is a transaction, so a worker may die at any point, another goes on.

Figures change while they are read. What the month counted is noted at the start and compared at the end; if
it has moved, everything is written anew, so that no bulletin contradicts itself.
"""

import logging
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction

from bancheng.bulletins.comparing import Sight
from bancheng.bulletins.models import Bulletin, BulletinState
from bancheng.bulletins.sections import STEPS
from bancheng.celery import hint
from bancheng.centres.scope import current_centre
from bancheng.overview.index import months
from bancheng.timekeeping import clock

TASK: Final = "bulletins.make"
IDLE_AFTER: Final = timedelta(minutes=1)
"""Without a sign of life for so long nobody is at it any more."""
MOST_TRIES: Final = 5
"""So many workers may begin it: what kills every one of them is a fault, not an accident."""
MOST_ROUNDS: Final = 3
CHECK: Final = "核对"
STEPS_IN_ALL: Final = len(STEPS) + 1

TRIED_TOO_OFTEN: Final = "多次生成都被中断，请联系平台管理员查看日志后再生成。"
MOVED_ON: Final = "生成期间统计数字一再变化，前后不能一致，请稍后重新生成。"
BROKEN: Final = "生成到“{doing}”时出错，请重新生成；再次失败的，请联系平台管理员。"

log = logging.getLogger(__name__)


def begin(bulletin: Bulletin) -> None:
    """Set it back to the start, unsaved."""
    bulletin.state, bulletin.failure, bulletin.tries = BulletinState.MAKING, "", 0
    bulletin.steps, bulletin.touched_at, bulletin.made_at = STEPS_IN_ALL, clock.now(), None
    _start_over(bulletin)


def ask_for(bulletin: Bulletin) -> None:
    """Have a worker make it, after commit."""
    hint(TASK, centre=current_centre().code, bulletin=str(bulletin.pk))


def make(bulletin_id: UUID) -> None:
    """Write what is still to be written. Repeated, or run twice at once, each step is still written once.

    What a step raises ends it FAILED with a sentence; a broken connection leaves it to the sweep.
    """
    if not _taken(bulletin_id):
        return
    while _stepped(bulletin_id):
        pass


def left_over() -> list[UUID]:
    """Those that nobody is making any more, oldest first."""
    idle = Bulletin.objects.filter(state=BulletinState.MAKING, touched_at__lt=clock.now() - IDLE_AFTER)
    return list(idle.order_by("asked_at").values_list("pk", flat=True))


# --- One step ----------------------------------------------------------------------------------------


def _taken(bulletin_id: UUID) -> bool:
    """Whether there is something to do; the try is counted, so that it cannot go on for ever."""
    with transaction.atomic():
        bulletin = _locked(bulletin_id)
        if bulletin is None:
            return False
        bulletin.tries += 1
        if bulletin.tries > MOST_TRIES:
            _failed(bulletin, TRIED_TOO_OFTEN)
        bulletin.touched_at = clock.now()
        bulletin.save()
        return bulletin.state == BulletinState.MAKING


def _stepped(bulletin_id: UUID) -> bool:
    """One step and its progress, kept together; whether there is another."""
    try:
        with transaction.atomic():
            return (bulletin := _locked(bulletin_id)) is not None and _advanced(bulletin)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("bulletin %s not made", bulletin_id)
        with transaction.atomic():
            if bulletin := _locked(bulletin_id):
                _failed(bulletin, BROKEN.format(doing=bulletin.doing))
                bulletin.save()
        return False


def _advanced(bulletin: Bulletin) -> bool:
    sight = Sight(bulletin.month)
    if bulletin.done == 0:
        bulletin.document = _front(bulletin, sight)
    if bulletin.done < len(STEPS):
        _, write = STEPS[bulletin.done]
        bulletin.document["sections"].append(write(sight))
        bulletin.done += 1
        bulletin.doing = _name(bulletin.done)
    else:
        _checked(bulletin, sight)
    bulletin.touched_at = clock.now()
    bulletin.save()
    return bulletin.state == BulletinState.MAKING


def _front(bulletin: Bulletin, sight: Sight) -> dict[str, Any]:
    """The head of the document, and what the month counted when it was begun."""
    return {
        "office": current_centre().name,
        "title": "“办不成事”反映窗口工作月报",
        "period": months.word(bulletin.month),
        "since": f"{sight.scope.since}",
        "until": f"{sight.scope.until}",
        "as_of": clock.local(clock.now()).isoformat(timespec="minutes"),
        "rounds": bulletin.document.get("rounds", 0) + 1,
        "basis": _basis(sight),
        "sections": [],
    }


def _checked(bulletin: Bulletin, sight: Sight) -> None:
    """Done if the month still counts the same; else all over again, but not for ever."""
    if bulletin.document["basis"] == _basis(sight):
        bulletin.state, bulletin.doing = BulletinState.DRAFT, ""
        bulletin.done, bulletin.made_at = bulletin.steps, clock.now()
    elif bulletin.document["rounds"] >= MOST_ROUNDS:
        _failed(bulletin, MOVED_ON)
    else:
        rounds = bulletin.document["rounds"]
        _start_over(bulletin)
        bulletin.document = {"rounds": rounds}


def _basis(sight: Sight) -> dict[str, int]:
    return {**sight.now.counts, "consultations": sight.now.consultations or 0}


def _start_over(bulletin: Bulletin) -> None:
    bulletin.done, bulletin.doing, bulletin.document = 0, _name(0), {}


def _name(step: int) -> str:
    return STEPS[step][0] if step < len(STEPS) else CHECK


def _failed(bulletin: Bulletin, sentence: str) -> None:
    bulletin.state, bulletin.failure = BulletinState.FAILED, sentence


def _locked(bulletin_id: UUID) -> Bulletin | None:
    """The row, if it is still being made."""
    found = Bulletin.objects.select_for_update().filter(pk=bulletin_id, state=BulletinState.MAKING)
    return found.first()
