"""What the city's coordinator decides, where it arrives: at home the system carries it out."""

from collections.abc import Collection

from bancheng.centres.models import Centre, Kind
from bancheng.centres.scope import current_centre
from bancheng.errors import NotFound
from bancheng.exchange.registry import Envelope, handler
from bancheng.identity.actors import Actor
from bancheng.identity.roles import Role
from bancheng.privacy import audit
from bancheng.timekeeping import clock
from tenants.matters import workflow as matter_workflow
from tenants.matters.acting import acting
from tenants.notices.kinds import NoticeKind
from tenants.referrals import (
    being_told,
    board,
    cargo,
    digest,
    envelopes,
    hearing,
    reading,
    receiving,
    selectors,
    sending,
)
from tenants.referrals.locks import locked_referral
from tenants.referrals.models import UNDER_WAY, Direction, Referral, State
from tenants.referrals.reading import OutOfPlace, Unsound

COORDINATOR = "市级协调员"
_IN_CHARGE = (Role.WINDOW_LEAD, Role.DIRECTOR)
_REDIRECTABLE = (State.SENT, State.SIGNED, State.ASKED, State.RECALLING)


@handler("referral.designated")
def hear_designated(envelope: Envelope) -> None:
    """The coordinator designates who handles what was given back (指定承办): any unit, ourselves included."""
    _carry_out(envelope, "指定承办", (State.RETURNED,))


@handler("referral.redirect")
def hear_redirect(envelope: Envelope) -> None:
    """The coordinator gives a referral under way to another unit (改派); who had it is told to leave it."""
    _carry_out(envelope, "改派", _REDIRECTABLE)


@handler("referral.urged")
def hear_urged(envelope: Envelope) -> None:
    """The coordinator urges us (催办): on the timeline and by notice to who leads."""
    referral = _of_the_office(envelope)
    said = f"{COORDINATOR}催办：{reading.text(envelope.body, 'reason')}"
    if referral.direction == Direction.SENT:
        matter = hearing.hear(referral, said, {"urged": True}, by=_system())
        hearing.tell(referral, matter, NoticeKind.URGED, key=str(clock.today()), roles=_IN_CHARGE)
    else:
        matter = receiving.at_home(referral, said, {"urged": True}, by=_system())
        being_told.tell(matter, NoticeKind.URGED, f"{referral.pk} {clock.today()}")
    audit.record(actor=_system(), act="referral.urged", subject=referral, number=referral.number)


# --- Carried out at home -----------------------------------------------------------------------------


def _carry_out(envelope: Envelope, word: str, fits: Collection[State]) -> None:
    """Give the case to the unit named, under a new letter number, with what travelled before.

    Where that cannot be done any more (it was answered, resolved or referred elsewhere meanwhile) it is
    noted, who leads is told, and the appeal is over.
    """
    referral = _of_the_office(envelope)
    code = reading.text(envelope.body, "unit", 20)
    reason = reading.text(envelope.body, "reason")
    obstacle = _obstacle(referral, code, fits)
    referral.designated_at = clock.now()
    referral.designation = f"未执行：{obstacle}\n{reason}" if obstacle else reason
    if obstacle:
        _leave(referral, word, obstacle)
    elif code == current_centre().code:
        _keep(referral, word, reason)
    else:
        _pass_to(referral, word, code, reason)
    audit.record(actor=_system(), act="referral.decided", subject=referral, number=referral.number, unit=code)


def _obstacle(referral: Referral, code: str, fits: Collection[State]) -> str:
    matter = referral.matter
    if referral.direction != Direction.SENT or matter is None:
        raise OutOfPlace("decided: this centre is not home")
    if referral.state not in fits:
        return f"此件现在是“{State(referral.state).label}”。"
    if code != current_centre().code and selectors.counterpart(code) is None:
        return "没有这个单位。"
    others = matter.referrals.filter(direction=Direction.SENT, state__in=UNDER_WAY).exclude(pk=referral.pk)
    if others.exists():
        return "此件已另行转办。"
    if referral.state == State.RETURNED:
        return matter_workflow.obstacle(matter, _system(), "refer") or ""
    return ""


def _leave(referral: Referral, word: str, obstacle: str) -> None:
    referral.save()
    board.show(referral)
    said = f"{COORDINATOR}{word}没有执行：{obstacle}"
    matter = hearing.hear(referral, said, {"decided": False}, by=_system())
    hearing.tell(referral, matter or referral.matter, NoticeKind.NOT_CARRIED_OUT, roles=_IN_CHARGE)


def _keep(referral: Referral, word: str, reason: str) -> None:
    """We are named ourselves: the matter is with our department."""
    _end(referral, f"{COORDINATOR}{word}本中心承办：{reason}")
    if referral.state == State.RETURNED:
        hearing.hear(referral, f"{COORDINATOR}{word}本中心承办：{reason}", {"decided": True}, by=_system())
    hearing.tell(referral, referral.matter, NoticeKind.DESIGNATED, roles=_IN_CHARGE)


def _pass_to(referral: Referral, word: str, code: str, reason: str) -> None:
    unit = selectors.counterpart(code)
    if unit is None:
        raise Unsound("decided: no such unit")
    _end(referral, f"{COORDINATOR}{word}{unit.name}承办：{reason}")
    _drop_drafts(referral)
    fresh = Referral(
        direction=Direction.SENT,
        counterpart=unit.kind,
        unit_code=unit.code,
        unit_name=unit.name,
        matter=referral.matter,
        subject=referral.subject,
        item_code=referral.item_code,
        reason=referral.reason,
        requested=referral.requested,
        created_at=clock.now(),
        designation=reason,
        designated_at=clock.now(),
    )
    fresh.save(force_insert=True)
    cargo.copy(referral, fresh)
    with acting("refer", matter_id=hearing.matter_id_of(referral), actor=_system()) as act:
        sending.number_it(fresh, act, brought=referral.digest or digest.of(act.matter))
        act.note = f"{COORDINATOR}{word}{unit.name}承办：{reason}"
    sending.post_it(fresh, act.matter)
    hearing.tell(fresh, act.matter, NoticeKind.DESIGNATED, roles=_IN_CHARGE)


def _end(referral: Referral, said: str) -> None:
    """What was under way ends as redirected, and its unit is told; what was given back keeps its state."""
    if referral.state == State.RETURNED:
        referral.save()
        board.show(referral)
        return
    referral.state, referral.ended_at = State.REDIRECTED, clock.now()
    referral.save()
    board.show(referral)
    hearing.take_back(referral, said, {"decided": True})
    if not referral.by_letter:
        envelopes.post_redirected(referral, source=current_centre().code)


def _drop_drafts(referral: Referral) -> None:
    drafts = Referral.objects.filter(matter=referral.matter_id, direction=Direction.SENT, state=State.DRAFT)
    for pk in list(drafts.values_list("pk", flat=True)):
        sending.drop(locked_referral(pk), _system())


def _of_the_office(envelope: Envelope) -> Referral:
    """The referral, locked. Raises PermissionError unless the city's office says it, OutOfPlace."""
    if not Centre.objects.filter(code=envelope.source, kind=Kind.OFFICE).exists():
        raise PermissionError(f"{envelope.source} does not coordinate")
    try:
        return locked_referral(envelope.case_id)
    except NotFound:
        raise OutOfPlace(f"{envelope.kind}: there is no such referral here") from None


def _system() -> Actor:
    return Actor.system(COORDINATOR, current_centre().code)
