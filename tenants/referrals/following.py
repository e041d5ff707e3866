"""What the home centre does while its case is away: recall it, give material, chase, escalate, appeal."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from bancheng.centres.scope import current_centre
from bancheng.errors import Conflict
from bancheng.identity.actors import Actor
from bancheng.privacy import audit
from bancheng.timekeeping import clock
from bancheng.timekeeping.holders import Holder
from tenants.notices.kinds import NoticeKind
from tenants.referrals import board, cargo, clocks, envelopes, hearing, workflow
from tenants.referrals.locks import locked_referral
from tenants.referrals.models import AWAITED, CarriedFile, Referral, State


@transaction.atomic
def recall(*, referral_id: UUID, actor: Actor, reason: str) -> Referral:
    """Ask a referral back that was not signed for (撤回); the matter stays away until the other side says so.

    If it had signed or returned it first, that word is on its way to us and counts; the recall then failed.
    """
    referral = locked_referral(referral_id)
    workflow.check(referral, actor, "recall")
    request_recall(referral, reason=reason, actor=actor)
    return referral


def request_recall(referral: Referral, *, reason: str, actor: Actor) -> None:
    """Post the request for a referral that is locked and was only sent."""
    referral.state, referral.recall_reason = State.RECALLING, reason
    referral.save()
    board.show(referral)
    hearing.hear(referral, f"申请从{referral.unit_name}撤回：{reason}", {"state": State.RECALLING}, by=actor)
    envelopes.post_recall(referral, source=current_centre().code)
    audit.record(actor=actor, act="referral.recall", subject=referral, number=referral.number)


@transaction.atomic
def give_material(*, referral_id: UUID, actor: Actor, given: str, files: Sequence[UUID] = ()) -> Referral:
    """Give what the other side asked for (补正), or say why there is none; it goes on handling it.

    `files` are those of our matter that go along. Raises Invalid for one that may not travel.
    """
    referral = locked_referral(referral_id)
    workflow.check(referral, actor, "give_material")
    ask = referral.asks.select_for_update().get(given_at=None)
    ask.given, ask.given_at, ask.given_by_id = given, clock.now(), actor.id
    ask.save()
    referral.state = State.SIGNED
    referral.save()
    board.show(referral)
    along = cargo.attach(referral, files=files, travels=CarriedFile.With.MATERIAL)
    there = Holder.OUTSIDE if referral.by_letter else Holder.OTHER_CENTRE
    data = {"state": State.SIGNED, "files": len(along)}
    hearing.hear(referral, f"已向{referral.unit_name}补正：{given}", data, there, by=actor)
    centre, leg = current_centre().code, CarriedFile.With.MATERIAL
    manifest = cargo.manifest(referral, leg, only=along)
    envelopes.post_material_given(referral, ask, source=centre, cargo=manifest)
    cargo.post_files(referral, leg, centre, only=along)
    audit.record(actor=actor, act="referral.give_material", subject=referral, files=len(along))
    return referral


@transaction.atomic
def chase(*, referral_id: UUID, actor: Actor, text: str = "") -> Referral:
    """Chase the other side (催办): by hand once a day, or by the system where it is silent or has not signed.

    The other centre is told, on its matter's timeline and by notice. Raises Conflict; for the system with
    code "answered_already" where it is not for the other side to move.
    """
    referral = locked_referral(referral_id)
    if not actor.is_system:
        workflow.check(referral, actor, "chase")
    elif referral.state not in AWAITED:
        raise Conflict("对方已反馈，不必催办。", code="answered_already")
    heard = clocks.last_heard(referral, clocks.last_called(referral))
    unheard = referral.chased_at is not None and heard <= referral.chased_at
    referral.chases_unheard = referral.chases_unheard + 1 if unheard else 1
    referral.chases, referral.chased_at = referral.chases + 1, clock.now()
    referral.save(update_fields=["chases", "chased_at", "chases_unheard"])
    board.show(referral, heard=False)
    by = None if actor.is_system else actor
    hearing.hear(referral, _chased(referral, actor, text), {"chased": True, "times": referral.chases}, by=by)
    if not referral.by_letter:
        envelopes.post_chased(referral, text=text, source=current_centre().code)
    audit.record(actor=actor, act="referral.chase", subject=referral, times=referral.chases)
    return referral


@transaction.atomic
def escalate(*, referral_id: UUID, actor: Actor, reason: str) -> Referral:
    """Ask the city's coordinator to step in (提请协调); both sides and the board see it. Once.

    By the system after CHASES_BEFORE_ESCALATION chases in a row were not heard (house rule). Raises Conflict.
    """
    referral = locked_referral(referral_id)
    if not actor.is_system:
        workflow.check(referral, actor, "escalate")
    elif referral.state not in AWAITED:
        raise Conflict("对方已反馈，不必提请协调。", code="answered_already")
    elif referral.escalated_at is not None:
        raise Conflict("此件已提请协调。", code="already_escalated")
    referral.escalated_at = clock.now()
    referral.save(update_fields=["escalated_at"])
    board.show(referral, heard=False)
    by = None if actor.is_system else actor
    said = f"就{referral.unit_name}承办的转办提请市级协调员协调：{reason}"
    matter = hearing.hear(referral, said, {"escalated": True}, by=by)
    if actor.is_system:
        hearing.tell(referral, matter, NoticeKind.REFERRAL_ESCALATED)
    if not referral.by_letter:
        envelopes.post_escalated(referral, text=reason, source=current_centre().code)
    audit.record(actor=actor, act="referral.escalate", subject=referral, number=referral.number)
    return referral


@transaction.atomic
def appeal(*, referral_id: UUID, actor: Actor, reason: str) -> Referral:
    """Disagree with a return and have the city's coordinator designate who handles it (提请指定). Once.

    The matter stays in our hands until then.
    """
    referral = locked_referral(referral_id)
    workflow.check(referral, actor, "appeal")
    referral.appeal, referral.appealed_at = reason, clock.now()
    referral.save(update_fields=["appeal", "appealed_at"])
    board.show(referral)
    said = f"不同意{referral.unit_name}退回，提请市级协调员指定承办单位：{reason}"
    hearing.hear(referral, said, {"appealed": True}, by=actor)
    audit.record(actor=actor, act="referral.appeal", subject=referral, number=referral.number)
    return referral


def _chased(referral: Referral, actor: Actor, text: str) -> str:
    if not actor.is_system:
        return f"催办{referral.unit_name}：{text}" if text else f"催办{referral.unit_name}。"
    if referral.state == State.SENT and referral.chases == 1:
        return f"{referral.unit_name}逾期没有签收，已自动催办。"
    return f"{referral.unit_name}{clocks.SILENT_DAYS}个工作日没有回音，已自动催办。"
