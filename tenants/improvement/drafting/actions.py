"""The acts on a precedent, from its draft to its withdrawal, and that it helped with a matter."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from bancheng.centres.scope import current_centre
from bancheng.errors import Conflict, NotFound
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import require
from bancheng.identity.roles import Role
from bancheng.precedents.models import Help, Precedent, Standing
from bancheng.precedents.search import pairs_of, words_of
from bancheng.privacy import audit
from bancheng.timekeeping import clock
from tenants.improvement.drafting import workflow
from tenants.improvement.models import DraftState, PrecedentDraft
from tenants.matters import numbering
from tenants.matters import selectors as matters
from tenants.matters.models import Matter
from tenants.matters.presentation import cause_name, item_name
from tenants.matters.states import State
from tenants.notices.actions import notify_of
from tenants.notices.kinds import NoticeKind

YEARS: Final = 2
"""A precedent holds for so many years unless its reviewer says otherwise (house rule)."""
YEARS_AT_MOST: Final = 5
TOLD_BEFORE: Final = timedelta(days=30)
"""So long before it expires the centre is told (house rule)."""
REVIEWERS: Final = (Role.WINDOW_LEAD, Role.DEPUTY, Role.DIRECTOR)


def draft(
    *,
    matter_id: UUID,
    actor: Actor,
    title: str,
    situation: str,
    solution: str,
    basis: str,
    units: str,
    causes: Sequence[str],
    working_days: int | None,
    reason: str = "",
) -> PrecedentDraft:
    """Begin a precedent (起草先例) from a closed matter; one that was no first of its kind needs a reason.

    Raises NotAllowed, NotFound as the matter's page does, Conflict where it is too early or there is one.
    """
    require(actor, "precedent.draft")
    with transaction.atomic():
        matter = matters.matter_for(actor, matter_id)
        Matter.objects.select_for_update().get(pk=matter.pk)  # of two who begin at once, one is told
        if why := why_not_begin(matter):
            raise Conflict(why, code="not_now")
        made = PrecedentDraft.objects.create(
            matter=matter,
            title=title,
            situation=situation,
            solution=solution,
            basis=basis,
            units=units,
            causes=list(causes),
            working_days=working_days,
            drafted_at=clock.now(),
            drafted_by_id=actor.staff_id,
            authors=[actor.staff_id],
        )
        audit.record(actor=actor, act="precedent.draft", subject=made, reason=reason, matter=matter.number)
    return made


def why_not_begin(matter: Matter) -> str | None:
    """Why no precedent can be begun from this matter now, or None."""
    if matter.state != State.CLOSED:
        return "销号后才能起草先例。"
    if PrecedentDraft.objects.filter(matter=matter).exists():
        return "此件已有先例稿。"
    return None


def amend(
    *,
    draft_id: UUID,
    actor: Actor,
    title: str,
    situation: str,
    solution: str,
    basis: str,
    units: str,
    causes: Sequence[str],
    working_days: int | None,
) -> PrecedentDraft:
    """Write at it (修改); whoever does is one of its authors from then on and cannot review it."""
    with _doing("amend", draft_id, actor) as act:
        row = act.draft
        row.title, row.situation, row.solution, row.basis = title, situation, solution, basis
        row.units, row.causes, row.working_days = units, list(causes), working_days
        row.authors = list(dict.fromkeys([*row.authors, actor.staff_id]))
    return act.draft


def submit(*, draft_id: UUID, actor: Actor) -> PrecedentDraft:
    """Ask for the review (送审); those who may review are told."""
    with _doing("submit", draft_id, actor) as act:
        act.draft.submitted_at = clock.now()
        _tell(act.draft, NoticeKind.PRECEDENT_SUBMITTED, roles=REVIEWERS)
    return act.draft


def send_back(*, draft_id: UUID, actor: Actor, note: str) -> PrecedentDraft:
    """Ask for changes (退回修改); the authors are told. `note` is kept encrypted."""
    with _doing("send_back", draft_id, actor, note) as act:
        _reviewed(act.draft, actor, note)
        _tell(act.draft, NoticeKind.PRECEDENT_SENT_BACK, staff=act.draft.authors)
    return act.draft


def publish(*, draft_id: UUID, actor: Actor, expires_on: date, note: str = "") -> PrecedentDraft:
    """Publish it to all centres (审核发布) under the next number of the year; the authors are told."""
    with _doing("publish", draft_id, actor, note) as act:
        row = act.draft
        if Precedent.objects.filter(pk=row.pk).exists():
            raise Conflict("这份先例稿已经发布。", code="published")
        _reviewed(row, actor, note)
        row.expires_on = expires_on
        row.number = numbering.precedent_number(
            clock.today().year, abbreviation=current_centre().abbreviation
        )
        Precedent.objects.create(**_public(row))
        act.said = {"number": row.number, "expires_on": expires_on}
        _tell(row, NoticeKind.PRECEDENT_PUBLISHED, staff=row.authors)
    return act.draft


def renew(*, draft_id: UUID, actor: Actor, expires_on: date, note: str = "") -> PrecedentDraft:
    """Let it hold on (续期), also after it expired."""
    with _doing("renew", draft_id, actor, note) as act:
        act.draft.expires_on = expires_on
        _theirs(draft_id).update(expires_on=expires_on)
        act.said = {"number": act.draft.number, "expires_on": expires_on}
    return act.draft


def withdraw(*, draft_id: UUID, actor: Actor, reason: str) -> PrecedentDraft:
    """Take it back (撤下): it stays to be read with the reason, which is public, but is suggested no more."""
    with _doing("withdraw", draft_id, actor, reason) as act:
        _theirs(draft_id).update(withdrawn_on=clock.today(), withdrawn_reason=reason)
        act.said = {"number": act.draft.number}
    return act.draft


def helped(*, matter_id: UUID, precedent_id: UUID, actor: Actor) -> Precedent:
    """Say that a precedent helped with a matter (有帮助); counted once for each matter.

    Raises NotAllowed, NotFound, and Conflict where it was counted, or may no longer be gone by.
    """
    require(actor, "precedent.helped")
    with transaction.atomic():
        matter = matters.matter_for(actor, matter_id)
        row = Precedent.objects.select_for_update().filter(pk=precedent_id).first()
        if row is None:
            raise NotFound("没有这个先例。")
        if row.standing != Standing.CURRENT:
            raise Conflict(f"这个先例{row.standing.label}，请不要再参照。", code="not_current")
        if PrecedentDraft.objects.filter(pk=row.pk, matter=matter).exists():
            raise Conflict("这个先例就是由此件起草的，不计入。", code="own")
        _, new = Help.objects.get_or_create(
            precedent=row, matter=matter.pk, defaults={"centre": current_centre().code, "at": clock.now()}
        )
        if not new:
            raise Conflict("此件已经记过“有帮助”。", code="counted")
        row.helped = F("helped") + 1
        row.save(update_fields=["helped"])
        audit.record(actor=actor, act="precedent.helped", subject=matter, number=row.number)
    row.refresh_from_db(fields=["helped"])
    return row


def tell_of_expiring() -> int:
    """Tell the centre's reviewers of what expires soon or has expired, once each; how many were told anew."""
    told = 0
    soon = PrecedentDraft.objects.filter(
        state=DraftState.PUBLISHED, expires_on__lte=clock.today() + TOLD_BEFORE
    )
    for row in soon.order_by("expires_on"):
        told += notify_of(
            thing=row.pk,
            number=row.number,
            kind=NoticeKind.PRECEDENT_EXPIRING,
            key=f"{row.expires_on}",
            roles=REVIEWERS,
        )
    return told


# --- The one shape of an act ---------------------------------------------------------------------------


@dataclass
class _Act:
    draft: PrecedentDraft
    said: dict[str, Any] = field(default_factory=dict)


@contextmanager
def _doing(name: str, draft_id: UUID, actor: Actor, reason: str = "") -> Iterator[_Act]:
    """Lock the draft, check, and on leaving move its state and write down who did it; of two one is refused.

    Raises NotFound, NotAllowed, Conflict.
    """
    with transaction.atomic():
        try:
            row = PrecedentDraft.objects.select_for_update().get(pk=draft_id)
        except PrecedentDraft.DoesNotExist:
            raise NotFound("没有这份先例稿。") from None
        transition = workflow.check(row, actor, name)
        act = _Act(row)
        yield act
        row.state = transition.target or row.state
        row.save()
        audit.record(actor=actor, act=f"precedent.{name}", subject=row, reason=reason, **act.said)


def _theirs(draft_id: UUID) -> QuerySet[Precedent]:
    """The published row of a draft of this centre; other centres' cannot be changed from here."""
    return Precedent.objects.filter(pk=draft_id, centre=current_centre().code)


def _reviewed(row: PrecedentDraft, actor: Actor, note: str) -> None:
    row.review_note, row.reviewed_at, row.reviewed_by_id = note, clock.now(), actor.staff_id


def _tell(row: PrecedentDraft, kind: NoticeKind, **whom: Any) -> None:
    """By its title, which was checked; a draft that goes round twice is told of twice."""
    notify_of(
        thing=row.pk, number=f"“{row.title[:36]}”", kind=kind, key=f"{clock.now():%Y%m%d%H%M%S%f}", **whom
    )


def _public(row: PrecedentDraft) -> dict[str, Any]:
    """The row that all centres see: codes, and the texts that were checked and reviewed."""
    matter = row.matter
    texts = {"title": row.title, "situation": row.situation, "solution": row.solution}
    texts |= {"basis": row.basis or "", "units": row.units}
    words = words_of(*texts.values(), item_name(matter.item_code), *(cause_name(code) for code in row.causes))
    return texts | {
        "id": row.pk,
        "number": row.number,
        "centre": current_centre().code,
        "item": matter.item_code,
        "kind": matter.kind,
        "causes": row.causes,
        "working_days": row.working_days,
        "words": words,
        "pairs": pairs_of(words),
        "published_on": clock.today(),
        "expires_on": row.expires_on,
    }
