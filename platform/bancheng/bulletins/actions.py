"""What people do with bulletins: ask for one, ask again, review, issue. Each is locked and audited."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max

from bancheng.bulletins import making
from bancheng.bulletins.models import Bulletin, BulletinState
from bancheng.centres.scope import current_centre
from bancheng.errors import Conflict, Invalid, NotAllowed, NotFound
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import require
from bancheng.overview.index import months
from bancheng.privacy import audit
from bancheng.timekeeping import clock

OLDEST: Final = date(2000, 1, 1)


def ask(*, actor: Actor, month: date) -> Bulletin:
    """Have the bulletin of a month that is over made (生成月报); of two at once one is refused.

    A new edition may be made until one is issued; the one before stays to be read. Raises NotAllowed; Invalid
    for a month that is not over; Conflict while one is being made, and once one was issued.
    """
    require(actor, "bulletin.draft")
    if month != months.first_of(month) or month < OLDEST:
        raise Invalid({"month": ["请选择月份。"]})
    if month > months.last_over():
        raise Invalid({"month": [f"{months.word(month)}还没有结束，月报只能在月后生成。"]})
    with transaction.atomic():
        _one_at_a_time("bulletin editions")
        editions = Bulletin.objects.filter(month=month)
        if editions.filter(state=BulletinState.ISSUED).exists():
            raise Conflict(f"{months.word(month)}的月报已经印发，不能再生成。", code="issued")
        if editions.filter(state=BulletinState.MAKING).exists():
            raise Conflict(f"{months.word(month)}的月报正在生成，请等它完成。", code="making")
        last = editions.aggregate(last=Max("edition"))["last"] or 0
        made = Bulletin(month=month, edition=last + 1, asked_at=clock.now(), asked_by_id=actor.staff_id)
        making.begin(made)
        made.save(force_insert=True)
        _note(made, actor, "ask")
        making.ask_for(made)
    return made


def again(*, bulletin_id: UUID, actor: Actor) -> Bulletin:
    """Have one that failed made once more (重新生成), from the start."""
    with _doing("again", bulletin_id, actor, "bulletin.draft", BulletinState.FAILED) as bulletin:
        making.begin(bulletin)
        making.ask_for(bulletin)
    return bulletin


def review(*, bulletin_id: UUID, actor: Actor, comment: str = "") -> Bulletin:
    """Find it right (审核通过); never by who asked. The remark of the editor (编者按) stands on top.

    The form has looked for what may lead to a person in it.
    """
    with _doing("review", bulletin_id, actor, "bulletin.review", BulletinState.DRAFT) as bulletin:
        if actor.id == bulletin.asked_by_id:
            raise NotAllowed("月报由发起人以外的人审核，请换一人。", code="same_person")
        bulletin.state, bulletin.comment = BulletinState.REVIEWED, comment
        bulletin.reviewed_at, bulletin.reviewed_by_id = clock.now(), actor.staff_id
    return bulletin


def issue(*, bulletin_id: UUID, actor: Actor) -> Bulletin:
    """Give it its number and send it out (印发): from here on nothing in it changes."""
    with _doing("issue", bulletin_id, actor, "bulletin.issue", BulletinState.REVIEWED) as bulletin:
        bulletin.number = _next_number()
        bulletin.state = BulletinState.ISSUED
        bulletin.issued_at, bulletin.issued_by_id = clock.now(), actor.staff_id
    return bulletin


# --- The one shape of an act ---------------------------------------------------------------------------

WRONG_STATE: Final = {
    "again": "这一稿没有生成失败，不用重新生成；需要新稿的，请另行生成。",
    "review": "这一稿现在不是待审核，可能已有人审核。",
    "issue": "这一稿还没有审核，或已经印发。",
}


def why_not(bulletin: Bulletin, name: str, state: BulletinState, newest: int) -> str:
    """Why the act cannot be done with this edition, "" if it can."""
    if bulletin.state != state:
        return WRONG_STATE[name]
    if bulletin.edition != newest:
        return f"这是旧稿，请办理第{newest}稿。"
    return ""


def newest_edition(month: date) -> int:
    """The number of the month's newest edition, 0 where there is none."""
    return int(Bulletin.objects.filter(month=month).aggregate(last=Max("edition"))["last"] or 0)


@contextmanager
def _doing(
    name: str, bulletin_id: UUID, actor: Actor, permission: str, state: BulletinState
) -> Iterator[Bulletin]:
    """Lock the row, check, and on leaving save it and write down who did it; of two one is refused.

    Raises NotAllowed, NotFound, Conflict.
    """
    require(actor, permission)
    with transaction.atomic():
        _one_at_a_time("bulletin editions")
        bulletin = Bulletin.objects.select_for_update().filter(pk=bulletin_id).first()
        if bulletin is None:
            raise NotFound("没有这份月报。")
        if said := why_not(bulletin, name, state, newest_edition(bulletin.month)):
            raise Conflict(said, code="not_now")
        yield bulletin
        bulletin.save()
        _note(bulletin, actor, name)


def _next_number() -> str:
    """张社月报〔2026〕1号, without a gap: issued rows never go, and writers wait here for each other."""
    prefix = f"{current_centre().abbreviation}社月报〔{clock.today().year}〕"
    return f"{prefix}{Bulletin.objects.filter(number__startswith=prefix).count() + 1}号"


def _one_at_a_time(what: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [what])


def _note(bulletin: Bulletin, actor: Actor, name: str) -> None:
    said: dict[str, Any] = {"month": f"{bulletin.month:%Y-%m}", "edition": bulletin.edition}
    if bulletin.number:
        said["number"] = bulletin.number
    audit.record(actor=actor, act=f"bulletin.{name}", subject=bulletin, **said)
