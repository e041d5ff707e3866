"""The home centre's side, answerable to the reporter to the end: draft, send, follow up, confirm."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from bancheng.catalogue.words import Outcome
from bancheng.centres.scope import current_centre
from bancheng.errors import Conflict, Invalid, NotAllowed
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import require
from bancheng.identity.roles import DEPARTMENT_ROLES
from bancheng.privacy import audit
from bancheng.timekeeping import clock, due
from bancheng.timekeeping.calendar import current as current_calendar
from bancheng.timekeeping.holders import Holder
from tenants.matters import workflow as matter_workflow
from tenants.matters.acting import acting, locked
from tenants.matters.models import Matter
from tenants.matters.numbering import referral_number
from tenants.referrals import cargo, digest, envelopes, selectors, workflow
from tenants.referrals.locks import locked_referral
from tenants.referrals.models import AWAITED, UNDER_WAY, CarriedFile, Direction, Referral, State

SIGN_WITHIN_DAYS = 1
"""Working days within which the other side is to sign for a referral."""


SILENT_DAYS = 5
"""Working days without a word from the other side after which it is chased (house rule)."""


def check_draft(matter: Matter, actor: Actor) -> None:
    """Raise NotAllowed or Conflict unless this person may draft a referral of the matter now."""
    require(actor, "referral.draft")
    if matter.state not in matter_workflow.TRANSITIONS["refer"].sources:
        raise Conflict("只有办理中的反映件可以转办。", code="wrong_state")
    if actor.roles <= DEPARTMENT_ROLES and (why := matter_workflow.own_department(matter, actor)):
        raise NotAllowed(why)
    if matter.referrals.filter(direction=Direction.SENT, state__in=(State.DRAFT, *UNDER_WAY)).exists():
        raise Conflict("此件已有一件转办在办，请先了结。", code="already_referred")


@transaction.atomic
def draft(
    *,
    matter_id: UUID,
    actor: Actor,
    unit: str,
    reason: str,
    requested: str,
    contact_person: str = "",
    contact_phone: str = "",
    files: Sequence[UUID] = (),
    consents: Sequence[UUID] = (),
    told: bool = True,
) -> Referral:
    """Draft a referral of a matter in handling to `unit`, the code of a centre or of an outside office.

    `files` and `consents` are those of the matter that go along; nothing does that is not named. `told`: the
    reporter knows that the information goes to this unit (个人信息保护法第二十三条). One of a matter is under
    way at a time. Raises Invalid for an unknown unit, a file that may not travel, or a reporter not told;
    Conflict, NotAllowed.
    """
    matter = locked(matter_id)
    check_draft(matter, actor)
    counterpart = _unit(unit)
    _must_be_told(told)
    referral = Referral.objects.create(
        direction=Direction.SENT,
        counterpart=counterpart.kind,
        unit_code=counterpart.code,
        unit_name=counterpart.name,
        matter=matter,
        subject=matter.subject,
        item_code=matter.item_code,
        reason=reason,
        requested=requested,
        contact_person=contact_person,
        contact_phone=contact_phone,
        drafted_by_id=actor.id,
        created_at=clock.now(),
        told_at=clock.now(),
    )
    cargo.attach(referral, files=files, consents=consents)
    audit.record(actor=actor, act="referral.draft", subject=referral, unit=unit, told=told, files=len(files))
    return referral


@transaction.atomic
def revise(
    *,
    referral_id: UUID,
    actor: Actor,
    unit: str,
    reason: str,
    requested: str,
    contact_person: str = "",
    contact_phone: str = "",
    files: Sequence[UUID] = (),
    consents: Sequence[UUID] = (),
    told: bool = True,
) -> Referral:
    """Write a draft anew (修改草稿), with what goes along. Raises as `draft`."""
    referral = locked_referral(referral_id)
    workflow.check(referral, actor, "revise")
    counterpart = _unit(unit)
    _must_be_told(told)
    referral.counterpart, referral.unit_code = counterpart.kind, counterpart.code
    referral.unit_name, referral.reason, referral.requested = counterpart.name, reason, requested
    referral.contact_person, referral.contact_phone = contact_person, contact_phone
    referral.told_at = clock.now()
    referral.save()
    cargo.attach(referral, files=files, consents=consents)
    audit.record(actor=actor, act="referral.revise", subject=referral, unit=unit, told=told, files=len(files))
    return referral


def _unit(code: str) -> selectors.Unit:
    unit = selectors.counterpart(code)
    if unit is None:
        raise Invalid({"unit": ["没有这个单位，请从列表中选择。"]})
    return unit


def _must_be_told(told: bool) -> None:
    if not told:
        raise Invalid({"told": ["请先告知反映人其信息将转给该单位，再起草转办。"]})


@transaction.atomic
def discard(*, referral_id: UUID, actor: Actor) -> None:
    """Throw a draft away; nothing has left the house."""
    referral = locked_referral(referral_id)
    workflow.check(referral, actor, "discard")
    audit.record(actor=actor, act="referral.discard", subject=referral)
    cargo.empty(referral)
    referral.delete()


@transaction.atomic
def send(*, referral_id: UUID, actor: Actor, seen: str | None = None) -> Referral:
    """Send a drafted referral (送出): its number is taken, the matter is 已转办, the home clock runs on.

    `seen` is the version of the preview that the sender looked at; None where nobody looks. Raises Conflict
    with code "changed_since" where what would be sent is no longer that, "cargo_stale" where a file or a
    consent may no longer travel.

    To a centre of this deployment an envelope is posted in the same transaction; to an office without a
    system there is the letter to print. Either leaves if and only if all of it commits.
    """
    referral = locked_referral(referral_id)
    workflow.check(referral, actor, "send")
    centre, moment = current_centre(), clock.now()
    with acting("refer", matter_id=_matter_id(referral), actor=actor) as act:
        cargo.check(referral)
        if seen is not None and seen != cargo.version(referral, act.matter):
            raise Conflict("随转内容在您查看后有变化，请重新核对后再送出。", code="changed_since")
        referral.number = referral_number(clock.today().year, abbreviation=centre.abbreviation)
        referral.state, referral.sent_at = State.SENT, moment
        referral.sign_due_on = due.due(moment, SIGN_WITHIN_DAYS, current_calendar()).date
        referral.digest = digest.of(act.matter)
        referral.save()
        act.holder = Holder.OUTSIDE if referral.by_letter else Holder.OTHER_CENTRE
        act.holder_label = referral.unit_name
        act.note = f"{referral.reason}\n请办理：{referral.requested}"
        act.data = {"referral": str(referral.pk), "number": referral.number, "unit": referral.unit_code}
    if not referral.by_letter:
        along = CarriedFile.With.SENT
        envelopes.post_sent(referral, act.matter, source=centre.code, cargo=cargo.manifest(referral, along))
        cargo.post_files(referral, along, centre.code)
    audit.record(actor=actor, act="referral.send", subject=referral, number=referral.number)
    return referral


@transaction.atomic
def chase(*, referral_id: UUID, actor: Actor) -> Referral:
    """The system chases the other side (催办), of which nothing was heard for SILENT_DAYS working days.

    Raises Conflict (answered_already) where it is not for the other side to move.
    """
    referral = locked_referral(referral_id)
    if referral.state not in AWAITED:
        raise Conflict("对方已反馈，不必催办。", code="answered_already")
    hear(referral, f"{referral.unit_name}{SILENT_DAYS}个工作日没有回音，已自动催办。", {"chased": True})
    audit.record(actor=actor, act="referral.chase", subject=referral)
    return referral


@transaction.atomic
def confirm(*, referral_id: UUID, actor: Actor) -> Referral:
    """Confirm the answer (确认): the matter is back in our department's hands to be resolved and replied to.

    A centre that answered is told, and closes its own matter.
    """
    referral = locked_referral(referral_id)
    workflow.check(referral, actor, "confirm")
    referral.state, referral.ended_at = State.CONFIRMED, clock.now()
    referral.save()
    matter = take_back(referral, f"已确认{referral.unit_name}的反馈。")
    if not referral.by_letter:
        envelopes.post_confirmed(referral, matter, source=current_centre().code)
    audit.record(actor=actor, act="referral.confirm", subject=referral)
    return referral


# --- What arrives from the other side ----------------------------------------------------------------


def signed(referral: Referral, *, unit_matter_number: str) -> None:
    """The other centre has signed for it, under a number of its own."""
    referral.state, referral.signed_at = State.SIGNED, clock.now()
    referral.unit_matter_number = unit_matter_number
    referral.save()
    hear(referral, f"{referral.unit_name}已签收，对方编号{unit_matter_number}。", {"state": State.SIGNED})


def answered(referral: Referral, *, outcome: Outcome, answer: str) -> None:
    """The other centre has answered."""
    _answered(referral, outcome=outcome, answer=answer)


def returned(referral: Referral, *, reason: str) -> None:
    """The other side has sent it back; the matter is with our department again."""
    referral.state, referral.return_reason = State.RETURNED, reason
    referral.ended_at = clock.now()
    referral.save()
    take_back(referral, f"{referral.unit_name}退回：{reason}")


def _answered(referral: Referral, *, outcome: Outcome, answer: str) -> None:
    referral.state, referral.answered_at = State.ANSWERED, clock.now()
    referral.answer, referral.answer_outcome = answer, outcome
    referral.save()
    hear(
        referral,
        f"{referral.unit_name}反馈“{Outcome(outcome).label}”：{answer}",
        {"state": State.ANSWERED, "outcome": outcome},
        holder=Holder.WINDOW,
    )


def hear(referral: Referral, note: str, data: dict[str, object], holder: Holder | None = None) -> None:
    """Our matter's timeline says what was heard; the other side keeps it in hand, or `holder` has it now."""
    system = Actor.system(referral.unit_name, current_centre().code)
    with acting("hear", matter_id=_matter_id(referral), actor=system) as act:
        act.note, act.data = note, {"referral": str(referral.pk)} | data
        act.holder, act.holder_label = holder, referral.unit_name if holder is None else ""


def take_back(referral: Referral, note: str) -> Matter:
    """Our department has the matter again, and the timeline says why."""
    system = Actor.system(referral.unit_name, current_centre().code)
    with acting("take_back", matter_id=_matter_id(referral), actor=system) as act:
        act.note, act.data = note, {"referral": str(referral.pk), "state": referral.state}
    return act.matter


def _matter_id(referral: Referral) -> UUID:
    if referral.matter_id is None:
        raise RuntimeError(f"referral {referral.pk} has no matter on this side")
    return referral.matter_id
