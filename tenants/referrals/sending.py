"""The home centre's side, answerable to the reporter to the end: draft, send, confirm.

What it does in between stands in `following`, what it hears in `hearing`.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from bancheng.centres.scope import current_centre
from bancheng.errors import Conflict, Invalid, NotAllowed
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import require
from bancheng.identity.roles import DEPARTMENT_ROLES
from bancheng.privacy import audit
from bancheng.timekeeping import clock
from bancheng.timekeeping.holders import Holder
from tenants.matters import workflow as matter_workflow
from tenants.matters.acting import Act, acting, locked
from tenants.matters.models import Matter
from tenants.matters.numbering import referral_number
from tenants.referrals import board, cargo, clocks, digest, envelopes, letters, onward, selectors, workflow
from tenants.referrals.hearing import matter_id_of, take_back
from tenants.referrals.locks import locked_referral
from tenants.referrals.models import UNDER_WAY, CarriedFile, Counterpart, Direction, Referral, State

RETURNS_BEFORE_APPEAL = 2
"""Returns of one matter, from whomever, after which no unit that gave it back is asked again (house rule)."""


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
    way at a time. Raises Invalid for an unknown unit, one that gave it back when there were two returns, a
    file that may not travel, or a reporter not told; Conflict, NotAllowed.
    """
    matter = locked(matter_id)
    check_draft(matter, actor)
    counterpart = _unit(unit, matter)
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
    counterpart = _unit(unit, locked(matter_id_of(referral)))
    _must_be_told(told)
    referral.counterpart, referral.unit_code = counterpart.kind, counterpart.code
    referral.unit_name, referral.reason, referral.requested = counterpart.name, reason, requested
    referral.contact_person, referral.contact_phone = contact_person, contact_phone
    referral.told_at = clock.now()
    referral.save()
    cargo.attach(referral, files=files, consents=consents)
    audit.record(actor=actor, act="referral.revise", subject=referral, unit=unit, told=told, files=len(files))
    return referral


@transaction.atomic
def discard(*, referral_id: UUID, actor: Actor) -> None:
    """Throw a draft away; nothing has left the house."""
    referral = locked_referral(referral_id)
    workflow.check(referral, actor, "discard")
    drop(referral, actor)


@transaction.atomic
def send(*, referral_id: UUID, actor: Actor, seen: str | None = None) -> Referral:
    """Send a drafted referral (审核送出): its number is taken, the matter is 已转办, the home clock runs on.

    `seen` is the version of the preview that the sender looked at; None where nobody looks. Raises Conflict
    with code "changed_since" where what would be sent is no longer that, "cargo_stale" where a file or a
    consent may no longer travel.

    To a centre an envelope is posted in the same transaction; to an office without a system there is the
    letter to print. Either leaves if and only if all of it commits.
    """
    referral = locked_referral(referral_id)
    workflow.check(referral, actor, "send")
    with acting("refer", matter_id=matter_id_of(referral), actor=actor) as act:
        cargo.check(referral)
        if seen is not None and seen != cargo.version(referral, act.matter):
            raise Conflict("随转内容在您查看后有变化，请重新核对后再送出。", code="changed_since")
        referral.approved_by_id = actor.id
        number_it(referral, act, brought=digest.of(act.matter))
    post_it(referral, act.matter)
    audit.record(actor=actor, act="referral.send", subject=referral, number=referral.number)
    return referral


def number_it(referral: Referral, act: Act, *, brought: dict[str, Any]) -> None:
    """Within the matter's act: the referral takes its number and clocks, and the timeline says where to."""
    matter, moment = act.matter, clock.now()
    referral.number = referral_number(clock.today().year, abbreviation=current_centre().abbreviation)
    referral.state, referral.sent_at = State.SENT, moment
    referral.sign_due_on = clocks.sign_due_on(moment)
    referral.digest, referral.first_number = brought, brought["first_number"]
    referral.copy_to = letters.copy_to(referral.unit_code) if referral.by_letter else ""
    referral.sensitive = matter.sensitive
    referral.round = 1 + _returns(matter).filter(unit_code=referral.unit_code).count()
    referral.save()
    act.holder = Holder.OUTSIDE if referral.by_letter else Holder.OTHER_CENTRE
    act.holder_label = referral.unit_name
    act.note = f"{referral.reason}\n请办理：{referral.requested}"
    act.data = {"referral": str(referral.pk), "number": referral.number, "unit": referral.unit_code}


def post_it(referral: Referral, matter: Matter) -> None:
    """After the matter's act: the other side gets it with what travels along; board and home centre hear."""
    board.show(referral)
    if not referral.by_letter:
        centre, along = current_centre().code, CarriedFile.With.SENT
        envelopes.post_sent(referral, matter, source=centre, cargo=cargo.manifest(referral, along))
        cargo.post_files(referral, along, centre)
    onward.tell(matter, referral.unit_name, clock.now())


@transaction.atomic
def confirm(*, referral_id: UUID, actor: Actor) -> Referral:
    """Confirm the answer (确认): the matter is back in our department's hands to be resolved and replied to.

    A centre that answered is told, and closes its own matter.
    """
    referral = locked_referral(referral_id)
    workflow.check(referral, actor, "confirm")
    referral.state, referral.ended_at = State.CONFIRMED, clock.now()
    referral.save()
    board.show(referral)
    take_back(referral, f"已确认{referral.unit_name}的反馈。")
    if not referral.by_letter:
        envelopes.post_confirmed(referral, source=current_centre().code)
    audit.record(actor=actor, act="referral.confirm", subject=referral)
    return referral


def drop(referral: Referral, actor: Actor) -> None:
    """Delete a draft, which is locked, and say so in the audit trail."""
    audit.record(actor=actor, act="referral.discard", subject=referral)
    cargo.empty(referral)
    referral.delete()


def _unit(code: str, matter: Matter) -> selectors.Unit:
    unit = selectors.counterpart(code)
    if unit is None:
        raise Invalid({"unit": ["没有这个单位，请从列表中选择。"]})
    gave_back = list(_returns(matter).values_list("unit_code", flat=True))
    disputed = code in gave_back and len(gave_back) >= RETURNS_BEFORE_APPEAL
    if disputed and unit.kind != Counterpart.LETTER:
        raise Invalid({"unit": [TWICE_RETURNED.format(unit=unit.name)]})
    return unit


TWICE_RETURNED = (
    "此件已被退回两次，不能再转曾经退回的{unit}；请在退回的那件转办中“提请指定”，由市级协调员指定承办单位。"
)


def _returns(matter: Matter) -> Any:
    return matter.referrals.filter(direction=Direction.SENT, state=State.RETURNED)


def _must_be_told(told: bool) -> None:
    if not told:
        raise Invalid({"told": ["请先告知反映人其信息将转给该单位，再起草转办。"]})
