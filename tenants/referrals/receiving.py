"""The receiving centre's side: sign for a referral or give it back, ask, report, answer."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from bancheng.catalogue import selectors as catalogue
from bancheng.catalogue.words import Kind, Mode, Outcome
from bancheng.centres.scope import current_centre
from bancheng.errors import Conflict, Invalid
from bancheng.identity.actors import Actor
from bancheng.privacy import audit
from bancheng.timekeeping import clock
from bancheng.timekeeping.holders import Holder
from tenants.matters import actions as matters
from tenants.matters.acting import acting, locked
from tenants.matters.models import Matter
from tenants.matters.states import State as MatterState
from tenants.matters.workflow import TRANSITIONS
from tenants.referrals import board, cargo, digest, envelopes, workflow
from tenants.referrals.locks import locked_referral
from tenants.referrals.models import CarriedFile, MaterialAsk, Referral, State

REFERRED_LEVEL = 5
"""A matter that crosses regions or levels is handled as level 5: 15 working days."""
ACROSS_LEVELS = "C06"
"""The principal cause of a referral whose causes are none of ours: 跨层级."""


@transaction.atomic
def sign(*, referral_id: UUID, actor: Actor) -> Referral:
    """Sign for a referral (签收): our own matter is registered and accepted under our own number.

    The home centre is told the number and until when we handle it; it stays answerable to the reporter. A
    sensitive one is sensitive here too: whoever signs registers it, and is thereby on it.
    """
    referral = locked_referral(referral_id)
    workflow.check(referral, actor, "sign")
    if referral.digest is None:
        raise Conflict("转来的内容不完整，无法签收。", code="no_digest")
    matter = matters.register(
        actor=actor,
        reporter=digest.reporter_of(referral.digest),
        story=replace(digest.story_of(referral.digest), sensitive=referral.sensitive),
        origin_referral=referral.pk,
    )
    first, *others = _causes(referral.digest["triage"]["causes"])
    matter = matters.triage(
        matter_id=matter.pk,
        actor=actor,
        kind=Kind(matter.kind),
        item_code=matter.item_code,
        level=REFERRED_LEVEL,
        mode=_mode(referral.digest["triage"]["mode"]),
        principal_cause=first,
        other_causes=others,
    )
    matter = matters.accept(matter_id=matter.pk, actor=actor)
    referral.matter, referral.state, referral.signed_at = matter, State.SIGNED, clock.now()
    referral.handle_due_on = matter.due_on
    referral.save()
    board.show(referral)
    envelopes.post_signed(referral, matter, source=current_centre().code)
    audit.record(actor=actor, act="referral.sign", subject=referral, number=referral.number)
    return referral


@transaction.atomic
def give_back(
    *,
    referral_id: UUID,
    actor: Actor,
    reason: str,
    basis: str,
    suggested: str = "",
    suggested_unit: str = "",
    ground: str = "",
) -> Referral:
    """Give a referral back (退回) before signing: on what ground, why, on what basis, and who should have it.

    `suggested_unit` is a unit's code, `suggested` its name in free words. Raises Conflict the second time,
    and for what the coordinator designated.
    """
    referral = locked_referral(referral_id)
    workflow.check(referral, actor, "give_back")
    referral.state, referral.ended_at = State.RETURNED, clock.now()
    referral.return_ground, referral.suggested_unit = ground, suggested_unit
    referral.return_reason = f"{reason}\n依据：{basis}" + (f"\n建议承办：{suggested}" if suggested else "")
    referral.save()
    cargo.release(referral)
    board.show(referral)
    envelopes.post_returned(referral, source=current_centre().code)
    audit.record(actor=actor, act="referral.return", subject=referral, number=referral.number)
    return referral


@transaction.atomic
def ask(*, referral_id: UUID, actor: Actor, items: str, due_on: date) -> Referral:
    """Ask the home centre for material (要求补正), everything at once, until `due_on`.

    Our own clock runs on; the matter is in the home centre's hands until the material is given.
    """
    referral = locked_referral(referral_id)
    workflow.check(referral, actor, "ask")
    if due_on < clock.today():
        raise Invalid({"due_on": ["补正期限不能早于今天。"]})
    wanted = MaterialAsk.objects.create(
        referral=referral, at=clock.now(), items=items, due_on=due_on, by_id=actor.id
    )
    referral.state = State.ASKED
    referral.save()
    board.show(referral)
    said = f"要求{referral.unit_name}补正，{due_on}前补齐：{items}"
    at_home(
        referral,
        said,
        {"state": State.ASKED, "due_on": str(due_on)},
        (Holder.OTHER_CENTRE, referral.unit_name),
        by=actor,
    )
    envelopes.post_asked(referral, wanted, source=current_centre().code)
    audit.record(actor=actor, act="referral.ask", subject=referral, number=referral.number)
    return referral


@transaction.atomic
def report(*, referral_id: UUID, actor: Actor, text: str) -> Referral:
    """Tell the home centre how it stands (反馈进展); it tells the reporter."""
    referral = locked_referral(referral_id)
    workflow.check(referral, actor, "report")
    board.show(referral)
    at_home(referral, f"向{referral.unit_name}反馈进展：{text}", {"reported": True}, by=actor)
    envelopes.post_progress(referral, text=text, source=current_centre().code)
    audit.record(actor=actor, act="referral.report", subject=referral, number=referral.number)
    return referral


@transaction.atomic
def answer(*, referral_id: UUID, actor: Actor, text: str, files: Sequence[UUID] = ()) -> Referral:
    """Answer a referral (办结反馈) once our matter is resolved; the home centre tells the reporter.

    `files` are those of our matter that go along. Raises Conflict while the matter is not resolved, Invalid
    for a file that may not travel.
    """
    referral = locked_referral(referral_id)
    workflow.check(referral, actor, "answer")
    if referral.matter_id is None:
        raise Conflict("请先签收。", code="wrong_state")
    with acting("answer", matter_id=referral.matter_id, actor=actor) as act:
        act.matter.replied_at = clock.now()
        act.note, act.data = text, {"referral": str(referral.pk), "outcome": act.matter.outcome}
    referral.state, referral.answered_at = State.ANSWERED, clock.now()
    referral.answer, referral.answer_outcome = text, Outcome(act.matter.outcome)
    referral.save()
    board.show(referral)
    centre, leg = current_centre().code, CarriedFile.With.ANSWER
    cargo.attach(referral, files=files, travels=leg)
    envelopes.post_answered(referral, act.matter, source=centre, cargo=cargo.manifest(referral, leg))
    cargo.post_files(referral, leg, centre)
    audit.record(actor=actor, act="referral.answer", subject=referral, number=referral.number)
    return referral


# --- On our matter -----------------------------------------------------------------------------------


def at_home(
    referral: Referral,
    note: str,
    data: Mapping[str, Any],
    holder: tuple[Holder, str] | None = None,
    *,
    by: Actor | None = None,
) -> Matter | None:
    """The timeline of the matter that came of it says what home said, or what `by` said to home.

    `holder` and its name have it from now, unless it went on to a third unit, which keeps it. None where
    there is no matter yet, or where it has ended.
    """
    if referral.matter_id is None:
        return None
    if locked(referral.matter_id).state not in TRANSITIONS["hear_home"].sources:
        return None
    system = Actor.system(by.label if by is not None else referral.unit_name, current_centre().code)
    with acting("hear_home", matter_id=referral.matter_id, actor=system) as act:
        act.note, act.data = note, {"referral": str(referral.pk)} | dict(data)
        if holder is not None and act.matter.state != MatterState.REFERRED:
            act.holder, act.holder_label = holder
    return act.matter


def _causes(codes: Sequence[str]) -> list[str]:
    """Those that our catalogue knows, the principal one first: another deployment may have others."""
    known = {cause.code for cause in catalogue.causes()}
    return [code for code in codes if code in known] or [ACROSS_LEVELS]


def _mode(mode: str) -> Mode:
    # Another centre's special case is not signed here; ours to judge anew.
    return Mode.COORDINATE if mode == Mode.SPECIAL else Mode(mode)
